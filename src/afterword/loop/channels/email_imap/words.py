"""Why a mailbox cannot be read, in words of people: what went wrong, and what to do about it."""

from __future__ import annotations

import errno
import ssl
from imaplib import IMAP4
from socket import gaierror

from ..types import Settings
from .requests import port_of

Word = tuple[str, str]  # what went wrong, how to mend it
UNREACHED = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL)
PORTS = "The usual ones are 993 with TLS from the beginning and 143 with STARTTLS."
AGAIN = "It is tried again by itself."


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
    if isinstance(fault, ssl.SSLError):
        return _sealed(fault, host, port, later=settings.get("tls") == "starttls")
    if isinstance(fault, gaierror):
        return f"there is no server called {host}", "Look at the name under Server: it should look like imap.example.com."
    if isinstance(fault, ConnectionRefusedError):
        return f"nothing answers on port {port} of {host}", f"Look at Server and Port. {PORTS}"
    if isinstance(fault, TimeoutError):
        mend = f"Look at Server, Port and Encryption, which belong together. {PORTS} A firewall may stand between, too."
        return f"{host} does not answer on port {port}", mend
    if isinstance(fault, OSError) and fault.errno in UNREACHED:
        return f"{host} cannot be reached from here", "Look at the name under Server, and whether this machine may reach the network."
    lost = isinstance(fault, IMAP4.abort | OSError)
    return _said(str(fault) or type(fault).__name__, settings, choosing=choosing, lost=lost)


def _sealed(fault: ssl.SSLError, host: str, port: int, *, later: bool) -> Word:
    """What went wrong as the line was sealed."""
    text = str(fault)
    if isinstance(fault, ssl.SSLCertVerificationError):
        if "expired" in text:
            return "the server's certificate has expired", "Whoever keeps the server has to renew it."
        if "match" in text:
            mend = "Write the server as its certificate names it, or ask whoever keeps it."
            return f"the server's certificate is not made out to {host}", mend
        mend = "Have it signed by an authority that this machine trusts, or make that authority known to this machine."
        return "the server's certificate is signed by nobody whom this machine trusts", mend
    if later:
        return "the server offers STARTTLS and then cannot do it", f"Choose TLS from the beginning under Encryption. {PORTS}"
    if "WRONG_VERSION" in text or "RECORD" in text or "UNEXPECTED_EOF" in text:
        return f"port {port} of {host} does not begin with TLS", f"Choose STARTTLS under Encryption, or another port. {PORTS}"
    return f"the line could not be sealed ({text[:160]})", "The server may be too old for today's encryption: ask whoever keeps it."


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
