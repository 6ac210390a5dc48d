"""The gallery: ready-made journeys for the time after the sale, which become drafts when somebody takes one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import transaction

from ..models import Journey as JourneyRow
from ..rules.yaml import loaded
from ..types import KeyTaken, NoSuchJourney
from .drafts import digest, keep_draft, more, shipped


@dataclass(frozen=True)
class Entry:
    """A ready-made journey: what it is called, what it is for, its tags, and how many examples prove it.

    `here`: the shop has a journey of this key already. `ships`: it is one of those that every shop begins with.
    """

    key: str
    name: str
    about: str
    tags: tuple[str, ...]
    messages: tuple[str, ...]
    examples: int
    text: str
    ships: bool
    here: bool = False


def gallery() -> tuple[Entry, ...]:
    """Every ready-made journey, those that ship first; with which of them are here. One statement."""
    there = set(JourneyRow.objects.values_list("key", flat=True))
    return tuple(Entry(**{**entry.__dict__, "here": entry.key in there}) for entry in entries())


@cache
def entries() -> tuple[Entry, ...]:
    """The same, whatever the shop has."""
    return tuple(_entry(key, text, ships=ships) for ships, those in ((True, shipped()), (False, more())) for key, text in those.items())


@transaction.atomic
def take(key: str, *, at: datetime) -> JourneyRow:
    """Make a draft of a ready-made journey. Nothing runs by that; a journey that is here already is not touched."""
    text = {**more(), **shipped()}.get(key)
    if text is None:
        raise NoSuchJourney(key=key)
    if JourneyRow.objects.filter(key=key).exists():
        raise KeyTaken(key=key)
    return keep_draft(text, at=at, origin=f"shipped:{key}:{digest(text)[:12]}")


def _entry(key: str, text: str, *, ships: bool) -> Entry:
    document = loaded(text)
    sent = [step["send"] for step in document["steps"] if "send" in step]
    keys = dict.fromkeys(str(one["message"] if isinstance(one, dict) else one) for one in sent)
    return Entry(
        key, str(document.get("name", key)), str(document.get("about", "")), tuple(document.get("tags", ())), tuple(keys),
        len(document.get("examples", ())), text, ships,
    )  # fmt: skip
