"""The drafts of journeys: read, keep, compare before keeping, throw away, take up again. Light: nothing is compiled for it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any, Literal

from django.db import transaction

from afterword.loop.accounts import door as accounts
from afterword.loop.errands import door as errands
from afterword.loop.events import door as events
from afterword.loop.messages import door as messages
from afterword.loop.segments import door as segments

from ..models import Journey as JourneyRow
from ..rules.document import read
from ..rules.holdouts import completed
from ..rules.yaml import loaded
from ..steps import Send
from ..types import EVERYWHERE, AnotherKey, BadJourney, DraftMoved, DraftMovedOn, Journey, KeyTaken, NoSuchJourney, NoSuchVersion

KIND = "journey"  # of questions for a second person


def understood(text: str, pinned: Mapping[str, str] | None = None) -> Journey:
    """The journey that a YAML text describes, or a refusal that names what is wrong.

    `pinned`: what segments meant when a version was published, by key; what they mean now, if not given.
    """
    checks = {kind.name: kind.check for kind in errands.kinds().values()}
    known_segments = segments.texts() if pinned is None else {key: text for key, text in pinned.items() if key != EVERYWHERE}
    document = written_out(loaded(text), pinned)
    journey = read(document, events.vocabulary, default_zone=messages.fallback_zone(), segments=known_segments, errands=checks)
    known = messages.message_keys()
    for key, step in journey.steps.items():
        if isinstance(step, Send) and step.message not in known:
            expected = "one of " + ", ".join(known)
            raise BadJourney(
                place=f"steps.{key}.send.message", fault=f"is “{step.message}”, and there is no such message", expected=expected
            )
    return journey


def written_out(document: Any, pinned: Mapping[str, str] | None = None) -> Any:
    """A document with the holdouts that it has by default."""
    share = accounts.installation().global_holdout if pinned is None else float(pinned.get(EVERYWHERE, 0))
    kinds = messages.kinds()
    return completed(document, lambda message: kinds[message].category if message in kinds else None, everywhere=share)


def digest(text: str) -> str:
    """By what a text is known again."""
    return hashlib.sha256(text.encode()).hexdigest()


def keep_draft(text: str, *, at: datetime, origin: str = "") -> JourneyRow:
    """Keep a document word for word as the draft of the journey that it names. It must be a journey; it need not be live."""
    journey = understood(text)
    kept = {"name": journey.name, "about": journey.about, "draft": text, "changed_at": at, **({"origin": origin} if origin else {})}
    row, _ = JourneyRow.objects.update_or_create(
        key=journey.key, defaults=kept, create_defaults={**kept, "created_at": at, "origin": origin}
    )
    return row


@transaction.atomic
def save_draft(key: str, text: str, *, base: str, at: datetime) -> str:
    """Keep a text as the draft of this journey; the text it replaces.

    Args:
        base: the digest of the draft that was changed. Refused when somebody has kept another one since.
    """
    row = _locked(key)
    journey = understood(text)
    if journey.key != key:
        raise AnotherKey(found=journey.key, key=key)
    if base != digest(row.draft):
        raise DraftMoved(name=row.name)
    keep_draft(text, at=at)
    return row.draft


def need_base(key: str, base: str) -> None:
    """Refuse an edit of a draft in whose place somebody has kept another one since. No base: it is not known, so it is not asked."""
    row = JourneyRow.objects.filter(key=key).first()
    if row is not None and base and base != digest(row.draft):
        raise DraftMovedOn(name=row.name)


@transaction.atomic
def begin_journey(text: str, *, at: datetime) -> JourneyRow:
    """A new journey, as a draft. Its key must be free."""
    journey = understood(text)
    if JourneyRow.objects.filter(key=journey.key).exists():
        raise KeyTaken(key=journey.key)
    return keep_draft(text, at=at)


@transaction.atomic
def discard_draft(key: str, *, at: datetime) -> tuple[Literal["version", "shipped", "gone"], str]:
    """Back to what was last published; what never was goes back to the shipped text, or goes. What it is now, and the text it was."""
    row = _locked(key)
    newest = row.live or row.versions.order_by("-number").first()
    text = newest.text if newest else shipped().get(key)
    if text is None:
        row.delete()
        accounts.withdraw_approval(KIND, key)
        return "gone", row.draft
    keep_draft(text, at=at)
    return "version" if newest else "shipped", row.draft


@transaction.atomic
def restore_version(key: str, number: int, *, at: datetime) -> str:
    """Make the text of a published version the draft; the text it replaces. Nothing runs differently until it is published."""
    row = _locked(key)
    version = row.versions.filter(number=number).first()
    if version is None:
        raise NoSuchVersion(number=number, name=row.name)
    keep_draft(version.text, at=at)
    return row.draft


def _locked(key: str) -> JourneyRow:
    row = JourneyRow.objects.select_for_update().filter(key=key).first()
    if row is None:
        raise NoSuchJourney(key=key)
    return row


def shipped() -> dict[str, str]:
    """The journeys that every shop begins with: key → text."""
    return _documents("shipped")


def more() -> dict[str, str]:
    """The other ready-made journeys, which somebody may take: key → text."""
    return _documents("shipped", "gallery")


def _documents(*folder: str) -> dict[str, str]:
    found = files("afterword.loop.journeys").joinpath(*folder).iterdir()
    return {
        f.name.removesuffix(".yaml"): f.read_text(encoding="utf-8") for f in sorted(found, key=lambda f: f.name) if f.name.endswith(".yaml")
    }


def keep_shipped(*, at: datetime) -> list[str]:
    """Make drafts of the shipped journeys that are not here yet; those that are, are left as they stand. The new keys."""
    there = set(JourneyRow.objects.values_list("key", flat=True))
    new = {key: text for key, text in shipped().items() if key not in there}
    for key, text in new.items():
        keep_draft(text, at=at, origin=f"shipped:{key}:{digest(text)[:12]}")
    return list(new)


def text_of(key: str) -> str:
    """The document of a journey: its draft, or the ready-made one where there is none."""
    row = JourneyRow.objects.filter(key=key).first()
    if row is not None:
        return row.draft
    text = {**more(), **shipped()}.get(key)
    if text is None:
        raise NoSuchJourney(key=key)
    return text
