"""What an answer means, by what success was said to look like. The check against the settings is added by `send`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..types import Meaning, Settings


def understood(status: int, headers: Mapping[str, str], body: bytes) -> Meaning:
    """The meaning of a status where nothing else was set."""
    return meant(status, headers, body, {})


def meant(status: int, headers: Mapping[str, str], body: bytes, settings: Settings) -> Meaning:
    """What an answer means to whoever set the provider up."""
    text = body.decode("utf-8", "replace")
    said = f"HTTP {status} {text[:200]}".strip()
    wanted, _, words = (settings.get("success") or "2xx").partition(" ")
    fits = str(status) == wanted or (wanted.endswith("xx") and str(status)[:1] == wanted[:1])
    if fits and (not words or words.strip().lower() in text.lower()):
        return Meaning("accepted", "accepted", provider_id=picked(body, settings.get("their_id", "")))
    if status == 429:
        wait = headers.get("retry-after", "")
        return Meaning("deferred", "busy", said, wait=float(wait) if wait.isdigit() else 30.0)
    if status in (401, 403, 404):
        return Meaning("deferred", "no_server", said, whole=True)
    return Meaning("deferred" if status >= 500 or status == 408 else "refused", "refused", said)


def picked(body: bytes, where: str) -> str:
    """What stands at a place such as `messages.0.id` of a JSON body; nothing where there is no such place."""
    if not where:
        return ""
    try:
        found: Any = json.loads(body)
        for part in where.split("."):
            found = found[int(part)] if isinstance(found, list) else found[part]
    except (ValueError, KeyError, IndexError, TypeError):
        return ""
    return str(found) if isinstance(found, str | int) else ""
