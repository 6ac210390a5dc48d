"""Whether mails from a domain can arrive: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), the way back, one-click, complaints.

Pure: what the DNS and the log say comes in, findings go out, each with how to mend it. The shares that receivers ask for are those
of Google's and Yahoo's rules for senders: complaints below 0.1 %, never 0.3 %.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Grade = Literal["well", "look", "wrong", "unknown"]
COMPLAINTS_LOOK, COMPLAINTS_WRONG = 0.001, 0.003
BOUNCES_LOOK, BOUNCES_WRONG = 0.02, 0.05
ENOUGH = 100  # messages below which a share says nothing
SERVER = "your-mail-server.example"
LOOKUPS = 10  # of the DNS that SPF may cost (RFC 7208, 4.6.4)
_COSTS = re.compile(r"^[+?~-]?(include:|a\b|mx\b|ptr\b|exists:)|^redirect=", re.IGNORECASE)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: how it is, in words, and what to do where it is not well."""

    key: str
    grade: Grade
    words: str
    mend: str = ""


@dataclass(frozen=True)
class Sent:
    """What became of the mails of a domain lately. `one_click` of `wanting`: that unsubscribe with one click, of those that must."""

    sent: int = 0
    bounced: int = 0
    complained: int = 0
    wanting: int = 0
    one_click: int = 0


def wanted(domain: str, selector: str, public_key: str, return_host: str, server: str) -> dict[str, tuple[str, str, str]]:
    """The records to publish: key → (name, kind, value). A mail server that is known by its number alone is left to be filled in."""
    server = server if re.search("[a-z]", server, re.IGNORECASE) and server != "localhost" else SERVER
    found = {
        "dkim": (f"{selector}._domainkey.{domain}", "TXT", f"v=DKIM1; k=rsa; p={public_key}"),
        "spf": (domain, "TXT", f"v=spf1 a:{server} ~all"),
        "dmarc": (f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}"),
    }
    if return_host:
        found["return"] = (return_host, "MX", f"10 {server}.")
    return found


def tags(record: str) -> dict[str, str]:
    """The `name=value` pairs of a DKIM or DMARC record."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, sign, value in pairs if sign}


def spf(texts: Sequence[str], want: tuple[str, str, str]) -> Check:
    """Who may send for the domain."""
    found = [t for t in texts if t.lower().split(" ")[0] == "v=spf1"]
    publish = f"Publish at {want[0]} (TXT): {want[2]}"
    if not found:
        return Check("spf", "wrong", "no SPF record says who may send for this domain", publish)
    if len(found) > 1:
        return Check("spf", "wrong", f"{len(found)} SPF records; receivers then believe none", "Make one of them, with all their parts.")
    terms = found[0].split()[1:]
    costs = sum(bool(_COSTS.match(term)) for term in terms)
    if any(term.lower() in ("all", "+all") for term in terms):
        return Check("spf", "wrong", "the SPF record lets everybody send", "End it with ~all.")
    if costs > LOOKUPS:
        return Check(
            "spf", "wrong", f"the SPF record costs {costs} look-ups of {LOOKUPS} allowed", "Take out what no longer sends for you."
        )
    if not any(term.lower() in ("~all", "-all") or term.lower().startswith("redirect=") for term in terms):
        return Check("spf", "look", "the SPF record does not say what to do with others", "End it with ~all.")
    return Check("spf", "well", found[0])


def dkim(texts: Sequence[str], want: tuple[str, str, str]) -> Check:
    """Whether the key that we sign with is published."""
    publish = f"Publish the record for {want[0]} that stands below."
    found = [tags(t) for t in texts if "p" in tags(t)]
    if not found:
        return Check("dkim", "wrong", "the key that our mails are signed with is not published", publish)
    if not found[0]["p"]:
        return Check("dkim", "wrong", "the published key was withdrawn", publish)
    if all(one["p"] != tags(want[2])["p"] for one in found):
        return Check("dkim", "wrong", "another key is published than the one we sign with", publish)
    if "y" in found[0].get("t", ""):
        return Check("dkim", "look", "the record says that it is a test (t=y)", "Take t=y out.")
    return Check("dkim", "well", f"the key at {want[0]} is ours")


def dmarc(texts: Sequence[str], want: tuple[str, str, str]) -> Check:
    """What receivers are asked to do with what is neither."""
    found = [tags(t) for t in texts if t.lower().replace(" ", "").startswith("v=dmarc1")]
    publish = f"Publish at {want[0]} (TXT): {want[2]}"
    if not found:
        return Check("dmarc", "wrong", "no DMARC record; Gmail and Yahoo ask one of whoever sends many mails", publish)
    if len(found) > 1:
        return Check("dmarc", "wrong", f"{len(found)} DMARC records; receivers then believe none", "Keep one of them.")
    policy = found[0].get("p", "").lower()
    if policy not in ("none", "quarantine", "reject"):
        return Check("dmarc", "wrong", f"the DMARC record says p={policy or 'nothing'}", publish)
    if policy == "none" and "rua" not in found[0]:
        return Check("dmarc", "look", "p=none, and nobody is told", f"Add rua=mailto:postmaster@{want[0].removeprefix('_dmarc.')}.")
    return Check("dmarc", "well", f"p={policy}")


def way_back(return_host: str, mx: Sequence[str]) -> Check:
    """Whether bounces come back to us."""
    if not return_host:
        return Check(
            "return", "look", "bounces go to the sender's own mailbox, where nobody counts them",
            "Name a host for bounces, such as bounces.your-shop.example, whose mail is handed to Afterword.",
        )  # fmt: skip
    if not mx:
        return Check("return", "wrong", f"{return_host} takes no mail", f"Publish an MX record for {return_host}.")
    return Check("return", "well", f"bounces come back to {return_host}")


def one_click(sent: Sent) -> Check:
    """Whether what must can be unsubscribed from with one click (RFC 8058)."""
    if not sent.wanting:
        return Check("one_click", "unknown", "nothing was sent yet that must have it")
    if sent.one_click < sent.wanting:
        lacking = sent.wanting - sent.one_click
        return Check(
            "one_click", "wrong", f"{lacking:,} of {sent.wanting:,} mails had no one-click unsubscribe", "Look at the store's address."
        )
    return Check("one_click", "well", f"all of {sent.wanting:,} mails that must have it")


def share(key: str, part: int, sent: int, look: float, wrong: float, words: str, mend: str) -> Check:
    """A share of what was sent, and whether it is too much."""
    if sent < ENOUGH:
        return Check(key, "unknown", f"{part:,} of {sent:,}: too few to say")
    found = part / sent
    grade: Grade = "wrong" if found >= wrong else "look" if found >= look else "well"
    return Check(key, grade, f"{found:.2%} {words} ({part:,} of {sent:,})", "" if grade == "well" else mend)


def complaints(sent: Sent) -> Check:
    """How many called it spam."""
    return share(
        "complaints", sent.complained, sent.sent, COMPLAINTS_LOOK, COMPLAINTS_WRONG, "were called spam",
        "Write less, to those who react, and see which journey it is. Receivers want less than 0.1 %, and never 0.3 %.",
    )  # fmt: skip


def bounces(sent: Sent) -> Check:
    """How many came back."""
    return share(
        "bounces", sent.bounced, sent.sent, BOUNCES_LOOK, BOUNCES_WRONG, "came back",
        "See where the addresses came from: import no old lists, and confirm addresses that people type.",
    )  # fmt: skip


def all_of(want: Mapping[str, tuple[str, str, str]], found: Mapping[str, Sequence[str] | str], return_host: str, sent: Sent) -> list[Check]:
    """Every check of a domain. What the DNS did not answer comes as its fault, a text in place of records."""
    checks = []
    for key, look in (("spf", spf), ("dkim", dkim), ("dmarc", dmarc)):
        said = found[key]
        checks.append(Check(key, "unknown", said, "Ask again in a minute.") if isinstance(said, str) else look(said, want[key]))
    back = found.get("return", ())
    checks.append(Check("return", "unknown", back, "Ask again in a minute.") if isinstance(back, str) else way_back(return_host, back))
    return [*checks, one_click(sent), complaints(sent), bounces(sent)]
