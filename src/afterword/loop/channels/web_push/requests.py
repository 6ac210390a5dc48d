"""A note → the request that a push service wants (RFC 8030): encrypted, vouched for, with how long and how urgently."""

from __future__ import annotations

import json

from ..types import CannotSay, Field, Note, Request, Settings
from .payloads import LONGEST, encrypted, new_key, voucher

KEEP_FOR = {"transactional": 2 * 86_400, "service": 86_400, "marketing": 4 * 3600}
URGENCY = {"transactional": "high", "service": "normal", "marketing": "low"}
FIELDS = (
    Field("contact", "Contact", "an address of mail or of a page, where a push service may ask when something is wrong"),
    Field("private", "Private key", "made here when it is left empty; whoever changes it loses all browsers", secret=True, fresh=new_key),
)


def request(note: Note, settings: Settings) -> Request:
    """The request. The address is the browser's subscription, as JSON. Raises CannotSay."""
    try:
        given = json.loads(note.recipient)
        endpoint, keys = str(given["endpoint"]), given["keys"]
        body = encrypted(payload(note), str(keys["p256dh"]), str(keys["auth"]))
    except (ValueError, KeyError, TypeError) as fault:
        raise CannotSay(provider="Web push", fault=f"this is no subscription ({fault})") from fault
    if not endpoint.startswith("https://") and not endpoint.startswith("http://127.0.0.1"):
        raise CannotSay(provider="Web push", fault="its address does not begin with https://")
    headers = {
        "authorization": voucher(endpoint, settings["private"], reached(settings["contact"]), int(note.at.timestamp()) + 12 * 3600),
        "content-encoding": "aes128gcm", "content-type": "application/octet-stream", "ttl": str(KEEP_FOR.get(note.category, 86_400)),
        "urgency": URGENCY.get(note.category, "normal"), "topic": note.id.hex,
    }  # fmt: skip
    return Request("POST", endpoint, headers, body)


def reached(contact: str) -> str:
    """The contact as an address of its own kind: services refuse a bare `shop@example.com` (RFC 8292, 2.1)."""
    given = contact.strip()
    return given if given.lower().startswith(("mailto:", "https://")) else f"mailto:{given}" if "@" in given else f"https://{given}"


def payload(note: Note) -> bytes:
    """What the service worker shows. Words that are too long for one record lose their end."""
    url = note.links[0].url if note.links else ""
    text = note.text
    while True:
        plain = json.dumps(
            {"title": note.title, "body": text, "url": url, "tag": note.id.hex, "lang": note.locale}, ensure_ascii=False
        ).encode()
        if len(plain) <= LONGEST:
            return plain
        if not text:
            raise CannotSay(provider="Web push", fault="its title and its link alone are too long")
        text = text[: max(0, len(text) - max(1, (len(plain) - LONGEST) // 4))]
