"""SMTP's words → ours. RFC 5321 reply codes, RFC 3463 enhanced codes, and what servers write where codes say too little."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from afterword.loop.channels.types import Result

Word = Literal[
    "accepted", "no_such_mailbox", "mailbox_full", "mailbox_closed", "bad_address", "no_such_domain", "too_large", "spam", "policy",
    "sender_not_allowed", "too_many", "greylisted", "network", "busy", "connection_lost", "no_utf8", "syntax", "unknown",
    "not_begun",
]  # fmt: skip


@dataclass(frozen=True)
class Meaning:
    """What an answer means: our word, and whether this address should not be written to again."""

    word: Word
    suppress: bool = False


ENHANCED: dict[str, Meaning] = {
    "1.0": Meaning("bad_address"), "1.1": Meaning("no_such_mailbox", True), "1.2": Meaning("no_such_domain", True),
    "1.3": Meaning("bad_address", True), "1.6": Meaning("no_such_mailbox", True), "1.10": Meaning("no_such_domain", True),
    "1.7": Meaning("sender_not_allowed"), "1.8": Meaning("sender_not_allowed"),
    "2.0": Meaning("mailbox_closed"), "2.1": Meaning("mailbox_closed", True), "2.2": Meaning("mailbox_full"), "2.3": Meaning("too_large"),
    "3.1": Meaning("busy"), "3.2": Meaning("busy"), "3.4": Meaning("too_large"),
    "4.1": Meaning("network"), "4.2": Meaning("network"), "4.4": Meaning("no_such_domain"), "4.5": Meaning("too_many"),
    "4.7": Meaning("network"),
    "5.1": Meaning("syntax"), "5.2": Meaning("syntax"), "5.3": Meaning("too_many"), "5.4": Meaning("syntax"), "6.7": Meaning("no_utf8"),
    "7.0": Meaning("policy"), "7.1": Meaning("policy"), "7.20": Meaning("sender_not_allowed"), "7.23": Meaning("sender_not_allowed"),
    "7.25": Meaning("sender_not_allowed"), "7.26": Meaning("sender_not_allowed"), "7.27": Meaning("sender_not_allowed"),
    "7.28": Meaning("too_many"),
}  # fmt: skip

CODES: dict[int, Meaning] = {
    250: Meaning("accepted"), 251: Meaning("accepted"), 252: Meaning("accepted"),
    421: Meaning("busy"), 450: Meaning("busy"), 451: Meaning("busy"), 452: Meaning("mailbox_full"),
    500: Meaning("syntax"), 501: Meaning("syntax"), 502: Meaning("syntax"), 503: Meaning("syntax"), 504: Meaning("syntax"),
    550: Meaning("no_such_mailbox", True), 551: Meaning("no_such_mailbox", True), 552: Meaning("mailbox_full"),
    553: Meaning("bad_address", True), 554: Meaning("policy"), 556: Meaning("no_such_domain", True),
}  # fmt: skip

_ABSENT = r"(?:unknown|not found|does ?n.t exist|no such|invalid|not exist)"
# Read only where the codes leave it open, first match wins.
PHRASES: tuple[tuple[re.Pattern[str], Meaning], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        (r"gr[ea]y-?list", Meaning("greylisted")),
        (r"spam|blacklist|blocklist|block list|reputation|listed (?:at|by|in)|content rejected", Meaning("spam")),
        (r"rate|too many|throttl|limit exceeded|try again later", Meaning("too_many")),
        (r"over ?quota|mailbox (?:is )?full|quota exceeded|insufficient (?:system )?storage", Meaning("mailbox_full")),
        (r"dmarc|spf|dkim|not authori[sz]ed|relay", Meaning("sender_not_allowed")),
        (rf"(?:user|mailbox|recipient|address|account).{{0,40}}{_ABSENT}", Meaning("no_such_mailbox", True)),
        (r"no such (?:user|mailbox|recipient)", Meaning("no_such_mailbox", True)),
        (r"disabled|inactive|deactivated|suspended", Meaning("mailbox_closed", True)),
        (r"domain.{0,30}(?:not found|does ?n.t exist|unknown)|host (?:unknown|not found)", Meaning("no_such_domain", True)),
    )
)
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3}\.\d{1,3})\b")
# Words that say something about our mail or our server, never about the mailbox: they must not close an address for ever.
_ABOUT_US = frozenset({"spam", "policy", "sender_not_allowed", "too_many", "greylisted"})


def understood(code: int, said: str) -> tuple[Result, Meaning]:
    """What a reply means. Only a final answer about the mailbox itself asks for suppression."""
    result: Result = "accepted" if 200 <= code < 300 else "refused" if 500 <= code < 600 else "deferred"
    if result == "accepted":
        return result, CODES[250]
    found = _ENHANCED.search(said)
    meaning = ENHANCED.get(found.group(2)) if found else None
    spoken = next((given for pattern, given in PHRASES if pattern.search(said)), None)
    if meaning is None or meaning.word in {"policy", "busy", "bad_address", "mailbox_closed"} or (spoken and spoken.word in _ABOUT_US):
        meaning = spoken or meaning
    meaning = meaning or CODES.get(code, Meaning("unknown"))
    return result, Meaning(meaning.word, meaning.suppress and result == "refused")
