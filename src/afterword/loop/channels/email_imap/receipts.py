"""Whom a mail was brought to, as its headers say: mailboxes do not keep the envelope."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.utils import getaddresses

# Written by whoever delivered it, the surest first; then what the sender wrote.
HEADERS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "to", "cc")
MOST = 50


def brought_to(raw: bytes) -> tuple[str, ...]:
    """The addresses, in small letters, each once."""
    head = message_from_bytes(raw.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n", policy=policy.compat32)
    values = [str(value) for name in HEADERS for value in head.get_all(name, [])]
    found = (address.strip().lower() for _, address in getaddresses(values))
    return tuple(dict.fromkeys(address for address in found if "@" in address))[:MOST]
