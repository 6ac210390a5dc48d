"""A note → sendMessage of the Bot API; and the address by which a customer comes to the bot."""

from __future__ import annotations

import json
from typing import Any

from ..types import CannotSay, Field, Note, Request, Settings

API = "https://api.telegram.org"
LONGEST = 4096
FIELDS = (
    Field("bot", "Name of the bot", "as in t.me/name, without @"),
    Field("token", "Token", "from @BotFather", secret=True),
    Field("secret", "Secret of the webhook", "1 to 256 letters, digits, _ and -; given to setWebhook as secret_token", secret=True),
    Field("api", "Address of the API", "where you run a Bot API server of your own", required=False, default=API),
)


def request(note: Note, settings: Settings) -> Request:
    """The request. Links become buttons below the words."""
    text = note.text.strip()
    if not text or len(text) > LONGEST:
        raise CannotSay(provider="Telegram", fault=f"{len(text)} characters, and it takes 1 to {LONGEST}")
    body: dict[str, Any] = {"chat_id": note.recipient, "text": text, "link_preview_options": {"is_disabled": True}}
    if note.links:
        body["reply_markup"] = {"inline_keyboard": [[{"text": link.label or link.url, "url": link.url}] for link in note.links]}
    url = f"{(settings.get('api') or API).rstrip('/')}/bot{settings['token']}/sendMessage"
    return Request("POST", url, {"content-type": "application/json"}, json.dumps(body, ensure_ascii=False).encode())


def welcome(settings: Settings, token: str) -> str:
    """The address that opens the bot for one customer. A token has at most 64 letters, digits, _ and -."""
    return f"https://t.me/{settings['bot']}?start={token}"
