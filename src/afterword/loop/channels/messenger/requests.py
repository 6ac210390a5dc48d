"""A note → the Send API's request (POST /{version}/{page id}/messages, JSON, Bearer)."""

from __future__ import annotations

import json
from typing import Any

from ..types import CannotSay, Field, Note, Request, Settings
from ..whatsapp.requests import API, VERSION

LONGEST, LONGEST_BESIDE_A_BUTTON, LONGEST_LABEL, MOST_BUTTONS = 2000, 640, 20, 3
TAGS = ("", "POST_PURCHASE_UPDATE", "CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "HUMAN_AGENT")
FIELDS = (
    Field("page", "Page ID"),
    Field("name", "Name of the page", "as in m.me/name"),
    Field("token", "Page access token", secret=True),
    Field("secret", "App secret", "Meta signs with it what it tells us", secret=True),
    Field("verify", "Verify token", "any words; given to Meta with the address for receipts", secret=True),
    Field("tag", "Message tag", "for what concerns an order, once 24 hours have passed; none: nothing goes", required=False, choices=TAGS),
    Field("api", "Address of the API", required=False, default=API),
)  # fmt: skip


def request(note: Note, settings: Settings) -> Request:
    """The request. Raises CannotSay where the 24 hours are over and no tag covers this message."""
    tag = settings.get("tag", "")
    if not note.open and (not tag or note.category != "transactional"):
        raise CannotSay(provider="Messenger", fault="24 hours have passed since the customer wrote, and no message tag covers this")
    how = {"messaging_type": "RESPONSE"} if note.open else {"messaging_type": "MESSAGE_TAG", "tag": tag}
    body = {"recipient": {"id": note.recipient}, **how, "message": {**_message(note), "metadata": str(note.id)}}
    headers = {"authorization": f"Bearer {settings['token']}", "content-type": "application/json"}
    url = f"{(settings.get('api') or API).rstrip('/')}/{VERSION}/{settings['page']}/messages"
    return Request("POST", url, headers, json.dumps(body, ensure_ascii=False).encode())


def _message(note: Note) -> dict[str, Any]:
    text = note.text.strip()
    if note.links and len(text) <= LONGEST_BESIDE_A_BUTTON:
        buttons = [{"type": "web_url", "url": one.url, "title": one.label[:LONGEST_LABEL] or "→"} for one in note.links[:MOST_BUTTONS]]
        return {"attachment": {"type": "template", "payload": {"template_type": "button", "text": text, "buttons": buttons}}}
    whole = "\n".join([text, *(one.url for one in note.links)])
    if not text or len(whole) > LONGEST:
        raise CannotSay(provider="Messenger", fault=f"{len(whole)} characters, and it takes 1 to {LONGEST}")
    return {"text": whole}


def welcome(settings: Settings, token: str) -> str:
    """The address that opens a conversation with the page for one customer."""
    return f"https://m.me/{settings['name']}?ref={token}"
