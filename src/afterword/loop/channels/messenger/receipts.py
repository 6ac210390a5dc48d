"""What a page is told: deliveries, readings (all up to a moment), messages, and who came by a link of theirs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from ..types import Call, Heard, Settings


def heard(call: Call, settings: Settings) -> Sequence[Heard]:
    """All that a call says about our page."""
    try:
        said = json.loads(call.body)
    except ValueError:
        return ()
    if not isinstance(said, dict) or said.get("object") != "page":
        return ()
    entries = [one for one in _dicts(said.get("entry")) if str(one.get("id")) == settings["page"]]
    return tuple(found for entry in entries for one in _dicts(entry.get("messaging")) for found in _one(one))


def _one(said: dict[str, Any]) -> Iterator[Heard]:
    person, at = str(_part(said, "sender").get("id") or ""), _at(said.get("timestamp"))
    if not person:
        return
    delivery, read, message = _part(said, "delivery"), _part(said, "read"), _part(said, "message")
    for mid in delivery.get("mids") or []:
        yield Heard("delivered", f"{mid}:delivered", provider_id=str(mid), address=person, at=at)
    if read and (until := _at(read.get("watermark"))):
        yield Heard("read", f"{person}:{read['watermark']}:read", address=person, at=at, until=until)
    ref = str(
        _part(said, "referral").get("ref") or _part(_part(said, "postback"), "referral").get("ref") or _part(said, "optin").get("ref") or ""
    )
    if ref:
        yield Heard("linked", f"{person}:{said.get('timestamp')}:linked", address=person, at=at, token=ref)
    if message and not message.get("is_echo") and (mid := str(message.get("mid") or "")):
        answers = str(_part(message, "reply_to").get("mid") or "")
        yield Heard("replied", mid, provider_id=answers, address=person, at=at, text=str(message.get("text") or "[attachment]"))


def _part(said: dict[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _at(value: object) -> datetime | None:
    return datetime.fromtimestamp(value / 1000, UTC) if isinstance(value, int) and 0 < value < 1 << 45 else None
