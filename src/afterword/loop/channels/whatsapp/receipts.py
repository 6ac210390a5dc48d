"""What the Cloud API tells us: statuses of what we sent, and what customers write."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ..types import Call, Heard, Settings
from .words import failure, of_error


def heard(call: Call, settings: Settings) -> Sequence[Heard]:
    """All that a call says about our number; calls about other numbers of the same app say nothing."""
    return tuple(_heard(call, settings))


def _heard(call: Call, settings: Settings) -> Iterator[Heard]:
    for value in values(call.body):
        meta = value.get("metadata")
        if not isinstance(meta, dict) or str(meta.get("phone_number_id")) != settings["number"]:
            continue
        for status in _dicts(value.get("statuses")):
            yield from _status(status)
        for message in _dicts(value.get("messages")):
            yield from _message(message)


def values(body: bytes) -> Iterator[dict[str, Any]]:
    """What changed, of a body in the form that Meta gives all its notices."""
    try:
        said = json.loads(body)
    except ValueError:
        return
    for entry in _dicts(said.get("entry") if isinstance(said, dict) else None):
        for change in _dicts(entry.get("changes")):
            if isinstance(change.get("value"), dict):
                yield change["value"]


def _status(status: dict[str, Any]) -> Iterator[Heard]:
    state, id = status.get("status"), str(status.get("id") or "")
    if state not in ("delivered", "read", "failed") or not id:
        return
    errors = _dicts(status.get("errors"))
    code, said = of_error(errors[0]) if errors else (0, "")
    word, suppress = failure(code) if state == "failed" else ("", False)
    to, at = _phone(status.get("recipient_id")), _at(status.get("timestamp"))
    ours = _id(status.get("biz_opaque_callback_data"))
    yield Heard(state, f"{id}:{state}", ours, id, to, at, word=word, said=said, suppress=suppress)


def _message(message: dict[str, Any]) -> Iterator[Heard]:
    id, sender = str(message.get("id") or ""), _phone(message.get("from"))
    if not id or not sender:
        return
    context = message.get("context")
    answers = str(context.get("id") or "") if isinstance(context, dict) else ""
    yield Heard("replied", id, provider_id=answers, address=sender, at=_at(message.get("timestamp")), text=words_of(message))


def words_of(message: dict[str, Any]) -> str:
    """What somebody wrote or pressed; of what is no text, its kind in brackets, with its caption."""
    kind = str(message.get("type") or "unknown")
    part = message.get(kind)
    if not isinstance(part, dict):
        return f"[{kind}]"
    if kind == "interactive":
        reply = part.get(str(part.get("type")))
        return str(reply.get("title") or "") if isinstance(reply, dict) else "[interactive]"
    found = (
        part.get("body") if kind == "text" else part.get("text") if kind == "button" else part.get("emoji") if kind == "reaction" else None
    )
    return str(found) if found else f"[{kind}] {part.get('caption') or ''}".strip()


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _phone(value: object) -> str:
    text = str(value or "").lstrip("+")
    return f"+{text}" if text.isdigit() else ""


def _at(value: object) -> datetime | None:
    text = str(value or "")
    return datetime.fromtimestamp(int(text), UTC) if text.isdigit() and len(text) < 12 else None


def _id(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
