"""Receipts and answers, by the names of their fields that were set; from a form, JSON or the address itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import parse_qsl

from ..types import Call, Heard, Settings
from ..whatsapp.requests import pairs


def heard(call: Call, settings: Settings) -> Sequence[Heard]:
    """The one thing that a call says."""
    names, given = pairs(settings.get("receipts", "")), fields(call)
    text, sender = given.get(names.get("text", "text"), ""), given.get(names.get("from", "from"), "")
    id, state = given.get(names.get("id", "id"), ""), given.get(names.get("state", "state"), "")
    if text and sender:
        sender = sender if sender.startswith("+") else f"+{sender}"
        return (Heard("replied", id or f"{sender}:{call.body.decode('utf-8', 'replace')[:200]}", address=sender, text=text),)
    if not id or not state:
        return ()
    for kind in ("delivered", "failed"):
        if (
            state.upper()
            in names.get(kind, "DELIVERED DELIVRD" if kind == "delivered" else "FAILED UNDELIV EXPIRED REJECTD").upper().split()
        ):
            return (Heard(kind, f"{id}:{kind}", provider_id=id, word="" if kind == "delivered" else "not_reachable", said=state),)
    return ()


def fields(call: Call) -> dict[str, str]:
    """What a call gives by name."""
    try:
        said = json.loads(call.body) if call.body.lstrip()[:1] in (b"{", b"[") else None
    except ValueError:
        said = None
    if isinstance(said, list) and said:
        said = said[0]
    if isinstance(said, dict):
        return {**call.query, **{str(name): str(value) for name, value in said.items() if isinstance(value, str | int)}}
    return {**call.query, **dict(parse_qsl(call.body.decode("utf-8", "replace")))}
