"""Why a mailbox cannot be read, in words of people: what went wrong, and what to do about it."""

from __future__ import annotations

from imaplib import IMAP4

from afterword.kernel import faults

from ..types import Settings
from .requests import port_of

Word = tuple[str, str]  # what went wrong, how to mend it
PORTS = "The usual ones are 993 with TLS from the beginning and 143 with STARTTLS."
AGAIN = "It is tried again by itself."
MENDS: dict[faults.Kind, str] = {
    "nameless": "Look at the name under Server: it should look like imap.example.com.",
    "unasked": f"{AGAIN} If it never succeeds, look at the name under Server, and whether this machine may reach the network.",
    "refused": f"Look at Server and Port. {PORTS}",
    "silent": f"Look at Server, Port and Encryption, which belong together. {PORTS} A firewall may stand between, too.",
    "unreached": "Look at the name under Server, and whether this machine may reach the network.",
    "expired": "Whoever keeps the server has to renew it.",
    "misnamed": "Write the server as its certificate names it, or ask whoever keeps it.",
    "unsigned": "Have it signed by an authority that this machine trusts, or make that authority known to this machine.",
    "unsealed": f"Choose STARTTLS under Encryption, or another port. {PORTS}",
    "badly_sealed": "The server may be too old for today's encryption: ask whoever keeps it.",
}


def why(fault: BaseException, settings: Settings, *, signing_in: bool = False, choosing: bool = False) -> Word:
    """What a fault of the line means.

    Args:
        signing_in: whether the server refused who we are.
        choosing: whether it happened as the folder was opened.
    """
    host, port = settings.get("host", ""), port_of(settings)
    if signing_in:
        mend = "Write both anew. Many providers want a password made for this program alone, or IMAP turned on in the mailbox's settings."
        return "the user name or the password is not accepted", mend
    found = None if isinstance(fault, IMAP4.error) else faults.kind(fault)
    if found is None or found == "broken_off":
        lost = isinstance(fault, IMAP4.abort) or found is not None
        return _said(str(fault) or type(fault).__name__, settings, choosing=choosing, lost=lost)
    if found in ("unsealed", "badly_sealed") and settings.get("tls") == "starttls":
        return "the server offers STARTTLS and then cannot do it", f"Choose TLS from the beginning under Encryption. {PORTS}"
    return faults.told(fault, host, port), MENDS[found]


def _said(text: str, settings: Settings, *, choosing: bool, lost: bool) -> Word:
    """What the server's own words mean, as far as we know them."""
    low, folder = text.lower(), settings.get("folder") or "INBOX"
    if choosing and not lost:
        return f"its folder “{folder}” cannot be opened", "Look at its name, as your mail program shows it; the usual one is INBOX."
    if "starttls" in low:
        return "the server does not offer STARTTLS", f"Choose TLS from the beginning under Encryption. {PORTS}"
    if lost:
        mend = f"{AGAIN} If it never succeeds, look at Port and Encryption, which belong together. {PORTS}"
        return "the server broke the line off", mend
    return f"the server said: {text[:200].rstrip('. ')}", f"{AGAIN} If it stays so, ask whoever keeps the mailbox, with these words."
