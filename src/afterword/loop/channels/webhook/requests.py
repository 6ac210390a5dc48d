"""A note → a signed call (Standard Webhooks 1.0). Its id is the delivery's, so a repetition is known as one."""

from __future__ import annotations

import json

from ..types import Field, Note, Request, Settings
from .payloads import headers

FIELDS = (
    Field("url", "Address", "begins with https://"),
    Field("secret", "Secret", "whsec_ and at least 24 bytes in base64; the receiver checks with it", secret=True),
)


def request(note: Note, settings: Settings) -> Request:
    """The call. The customer is named by their id; whoever needs more asks for it."""
    told = {
        "type": "message.send",
        "timestamp": note.at.isoformat(),
        "data": {
            "id": str(note.id), "customer_id": note.recipient, "message": note.message, "category": note.category, "locale": note.locale,
            "title": note.title, "text": note.text, "links": [{"label": link.label, "url": link.url} for link in note.links],
        },
    }  # fmt: skip
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return Request(
        "POST", settings["url"], {"content-type": "application/json", **headers(str(note.id), note.at, body, [settings["secret"]])}, body
    )
