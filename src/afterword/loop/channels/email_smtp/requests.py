"""The bytes an SMTP conversation is made of: pure, nothing is sent here."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass

from afterword.kernel.errors import Refused
from afterword.loop.channels.types import Envelope

_UNSAFE = re.compile(r"[\x00-\x20\x7f<>]")


class UnsafeAddress(Refused):
    """“{address}” cannot be written into an SMTP command."""


@dataclass(frozen=True)
class Offers:
    """What a server said it can do, from its answer to EHLO."""

    pipelining: bool = False
    starttls: bool = False
    utf8: bool = False
    auth: frozenset[str] = frozenset()
    size: int = 0


def offers(lines: list[str]) -> Offers:
    """The abilities listed in the lines of an EHLO answer, the first (the greeting) included."""
    words = [line.upper().split() for line in lines[1:] if line.strip()]
    names = {w[0]: w[1:] for w in words}
    size = names.get("SIZE") or ["0"]
    return Offers(
        pipelining="PIPELINING" in names, starttls="STARTTLS" in names, utf8="SMTPUTF8" in names,
        auth=frozenset(names.get("AUTH", [])), size=int(size[0]) if size[0].isdigit() else 0,
    )  # fmt: skip


def commands(envelope: Envelope) -> bytes:
    """MAIL, RCPT and DATA of one envelope. Raises UnsafeAddress."""
    for address in (envelope.sender, envelope.recipient):
        if _UNSAFE.search(address) or not address:
            raise UnsafeAddress(address=address[:80])
    more = " SMTPUTF8" if envelope.utf8 else ""
    return f"MAIL FROM:<{envelope.sender}>{more}\r\nRCPT TO:<{envelope.recipient}>\r\nDATA\r\n".encode()


def body(raw: bytes) -> bytes:
    """A message as DATA wants it: leading dots doubled, closed by a dot of its own."""
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")


def sign_in(auth: frozenset[str], username: str, password: str) -> list[bytes]:
    """The lines that sign in, in order: PLAIN where it is offered, LOGIN else. Empty: no way that we know."""
    if "PLAIN" in auth:
        return [b"AUTH PLAIN " + b64encode(f"\0{username}\0{password}".encode()) + b"\r\n"]
    if "LOGIN" in auth:
        return [b"AUTH LOGIN\r\n", b64encode(username.encode()) + b"\r\n", b64encode(password.encode()) + b"\r\n"]
    return []
