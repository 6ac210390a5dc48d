"""A note → send_message of the bot API (POST /pa/send_message, JSON, X-Viber-Auth-Token)."""

from __future__ import annotations

import json
from typing import Any

from ..types import CannotSay, Field, Note, Request, Settings

API = "https://chatapi.viber.com"
LONGEST, LONGEST_NAME = 7000, 28
FIELDS = (
    Field("uri", "URI of the bot", "as in viber://pa?chatURI=…"),
    Field("token", "Token", "signs what Viber tells us, too", secret=True),
    Field("name", "Name that is shown", "at most 28 characters; the store's name otherwise", required=False),
    Field("price", "Price of one message", "in hundredths of the currency", required=False),
    Field("currency", "Currency", required=False),
    Field("api", "Address of the API", required=False, default=API),
)


def request(note: Note, settings: Settings) -> Request:
    """The request. Links become buttons below the words; a bot may write for 24 hours freely, and later as its account allows."""
    if not note.text.strip() or len(note.text) > LONGEST:
        raise CannotSay(provider="Viber", fault=f"{len(note.text)} characters, and it takes 1 to {LONGEST}")
    name = (settings.get("name") or note.sender or "Shop")[:LONGEST_NAME]
    body: dict[str, Any] = {
        "receiver": note.recipient, "min_api_version": 3, "sender": {"name": name}, "tracking_data": str(note.id), "type": "text",
        "text": note.text,
    }  # fmt: skip
    if note.links:
        buttons = [
            {
                "Columns": 6,
                "Rows": 1,
                "ActionType": "open-url",
                "ActionBody": link.url,
                "Text": link.label or link.url,
                "TextSize": "regular",
            }
            for link in note.links
        ]
        body["keyboard"] = {"Type": "keyboard", "DefaultHeight": False, "Buttons": buttons}
    headers = {"x-viber-auth-token": settings["token"], "content-type": "application/json"}
    url = f"{(settings.get('api') or API).rstrip('/')}/pa/send_message"
    return Request("POST", url, headers, json.dumps(body, ensure_ascii=False).encode())


def welcome(settings: Settings, token: str) -> str:
    """The address that opens the bot for one customer."""
    return f"viber://pa?chatURI={settings['uri']}&context={token}"
