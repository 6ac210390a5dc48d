"""Callbacks of a bot: delivered, seen, failed; somebody came, wrote, went."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ..types import Call, Heard, Settings

KINDS = {"delivered": "delivered", "seen": "read", "failed": "failed"}


def heard(call: Call, settings: Settings) -> Sequence[Heard]:
    """What a callback says."""
    try:
        said = json.loads(call.body)
    except ValueError:
        return ()
    if not isinstance(said, dict):
        return ()
    event, token, at = said.get("event"), str(said.get("message_token") or ""), _at(said.get("timestamp"))
    person = str(said.get("user_id") or "")
    if event in KINDS and token:
        word = "not_reachable" if event == "failed" else ""
        kind: Any = KINDS[event]
        return (Heard(kind, f"{token}:{event}", provider_id=token, address=person, at=at, word=word, said=str(said.get("desc") or "")),)
    if event == "unsubscribed" and person:
        return (Heard("unlinked", f"{token or at}:unsubscribed:{person}", address=person, at=at, word="stopped"),)
    if event in ("conversation_started", "subscribed") and (user := _id(said.get("user"))):
        context = str(said.get("context") or "")
        return (Heard("linked", f"{token or at}:{event}:{user}", address=user, at=at, token=context),) if context else ()
    if event == "message" and (sender := _id(said.get("sender"))):
        message = said.get("message")
        text = str(message.get("text") or f"[{message.get('type')}]") if isinstance(message, dict) else ""
        return (Heard("replied", token, address=sender, at=at, text=text),)
    return ()


def _id(person: object) -> str:
    return str(person.get("id") or "") if isinstance(person, dict) else ""


def _at(value: object) -> datetime | None:
    return datetime.fromtimestamp(value / 1000, UTC) if isinstance(value, int) and 0 < value < 1 << 45 else None
