"""Small decisions about one thing: where a list goes on, what a message is called, whether a text is an id."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

Place = tuple[datetime, UUID]

_WORDS = {
    "lead": "First lines",
    "more": "Further lines",
    "short": "In few words",
    "low": "Low end of the scale",
    "high": "High end of the scale",
}


def place_text(at: datetime, id: UUID) -> str:
    """Where a page of a list ended: the next one goes on after this."""
    return urlsafe_b64encode(f"{at.isoformat()}|{id}".encode()).decode().rstrip("=")


def place_of(text: str) -> Place | None:
    """The place that such a text names; None for one that is none."""
    try:
        at, _, id = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition("|")
        found = datetime.fromisoformat(at), UUID(id)
    except ValueError:
        return None
    return found if found[0].tzinfo is not None else None


def word_name(word: str) -> str:
    """What a text of a message is called among people: `@.subject.plain` → `Subject, where a part of it is not known`."""
    key = word.removeprefix("@.")
    whole = key.removesuffix(".plain")
    name = _WORDS.get(whole) or whole.replace("_", " ").replace(".", ", ").capitalize()
    return f"{name}, where a part of it is not known" if key.endswith(".plain") else name


def plain(value: Any) -> dict[str, Any]:
    """A JSON object as values; some connections give it back as text."""
    return dict(msgspec.json.decode(value)) if isinstance(value, str) else dict(value or {})


def uuid_in(text: str) -> UUID | None:
    """The id somebody has pasted, if it is one."""
    text = text.strip()
    return UUID(text) if re.fullmatch(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", text) else None
