"""Updates of a bot: somebody came by their link, wrote, or blocked it. Telegram tells neither deliveries nor readings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ..types import Call, Heard, Settings


def heard(call: Call, settings: Settings) -> Sequence[Heard]:
    """What an update says; of groups, channels and other bots nothing."""
    try:
        update = json.loads(call.body)
    except ValueError:
        return ()
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        return ()
    mark = f"{settings['bot']}:{update['update_id']}"
    if isinstance(update.get("message"), dict):
        return _message(update["message"], mark)
    if isinstance(update.get("my_chat_member"), dict):
        return _member(update["my_chat_member"], mark)
    return ()


def _message(message: dict[str, Any], mark: str) -> Sequence[Heard]:
    chat = _chat(message)
    if not chat:
        return ()
    text = str(message.get("text") or message.get("caption") or "")
    command, _, rest = text.strip().partition(" ")
    at = _at(message)
    if command == "/start":
        return (Heard("linked", mark, address=chat, at=at, token=rest.strip()),)
    if command == "/stop":
        return (Heard("stopped", mark, address=chat, at=at, text=text),)
    answers = message.get("reply_to_message")
    id = str(answers.get("message_id") or "") if isinstance(answers, dict) else ""
    return (Heard("replied", mark, provider_id=id, address=chat, at=at, text=text or "[no text]"),)


def _member(change: dict[str, Any], mark: str) -> Sequence[Heard]:
    chat, now = _chat(change), change.get("new_chat_member")
    if chat and isinstance(now, dict) and now.get("status") == "kicked":
        return (Heard("unlinked", mark, address=chat, at=_at(change), word="stopped"),)
    return ()


def _chat(about: dict[str, Any]) -> str:
    chat = about.get("chat")
    return str(chat["id"]) if isinstance(chat, dict) and chat.get("type") == "private" and isinstance(chat.get("id"), int) else ""


def _at(about: dict[str, Any]) -> datetime | None:
    date = about.get("date")
    return datetime.fromtimestamp(date, UTC) if isinstance(date, int) and 0 < date < 1 << 36 else None
