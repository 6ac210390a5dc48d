"""Publish a draft as a version that never changes; take it off."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import ibis
from django.db import transaction
from django.db.models import Max

from afterword.kernel.errors import Refused
from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.conditions.door import World
from afterword.loop.events import door as events
from afterword.loop.messages import door as messages
from afterword.loop.segments import door as segments

from ..models import Journey as JourneyRow
from ..models import Version
from ..rules.yaml import loaded
from ..steps import Errand, Send
from ..tables.compose import compose
from ..types import EVERYWHERE, Journey, NoSuchJourney
from .approvals import need_approval
from .clocks import strike
from .drafts import KIND, digest, understood, written_out

LONG = 50_000  # characters of a journey in full, above which what was made of it is not kept
PRIORITIES = {"high": 0, "normal": 1, "low": 2}


BEFORE = (
    "select max(coalesce(o.until, v.ticked_until)) from journey_on o join journey_version v on v.id = o.version_id where v.journey_id = %s"
)


def publish(key: str, *, at: datetime, by: str = "", until: datetime | None = None, since: datetime | None = None) -> Version:
    """Publish the draft of a journey: from the sealed frontier on (or `until`) its trigger starts runs.

    With `since` also those enter who did what it waits for since then, as if it had been on: every wait counts from what happened,
    and what is of no use any more is not sent. It never reaches back to where a former version let people in.
    """
    with transaction.atomic():
        row = JourneyRow.objects.select_for_update().filter(key=key).first()
        if row is None:
            raise NoSuchJourney(key=key)
        journey = understood(row.draft)
        mark = digest(row.draft)
        if row.live and row.live.hash == mark and row.live.is_live:
            return row.live
        need_approval(row, mark, by)
        accounts.withdraw_approval(KIND, key)
        strike(journey.clocks())
        number = (row.versions.aggregate(Max("number"))["number__max"] or 0) + 1
        # What is sealed and not yet passed by the version that goes is for the one that comes.
        reached = row.live.ticked_until if row.live and row.live.is_live and row.live.paused_at is None else None
        row.versions.filter(is_live=True).update(is_live=False)
        version = Version.objects.create(
            journey=row,
            number=number,
            text=row.draft,
            document=plain(written_out(loaded(row.draft))),
            hash=mark,
            trigger=journey.trigger.event,
            statements=list(statements(journey).items()),
            sends=sends(journey),
            errands=errands(journey),
            listens=journey.wakes(),
            pinned={**segments.texts(), EVERYWHERE: str(accounts.installation().global_holdout)},
            published_at=at,
            published_by=by,
            ticked_until=_from(row.pk, until or reached or events.frontier() or at, since),
        )
        row.live = version
        row.save(update_fields=["live"])
    return version


def recompile() -> tuple[int, list[tuple[str, str]]]:
    """Say every version anew in the words of this edition of the product, where they have changed. What it means stays.

    Returns:
        How many, and of each version that this edition cannot read its name and why: it goes on as it was compiled, and stops no other.
    """
    renewed, unread = 0, list[tuple[str, str]]()
    for version in Version.objects.select_related("journey"):
        try:
            journey = understood(version.text, version.pinned)
        except Refused as fault:
            unread.append((f"{version.journey.name}, version {version.number}", str(fault)))
            continue
        fresh = {
            "statements": [list(pair) for pair in statements(journey).items()], "listens": journey.wakes(), "sends": sends(journey),
            "errands": errands(journey),
        }  # fmt: skip
        if any(getattr(version, name) != value for name, value in fresh.items()):
            strike(journey.clocks())
            renewed += Version.objects.filter(pk=version.pk).update(**fresh)
    return renewed, unread


def _from(journey: int, at: datetime, since: datetime | None) -> datetime:
    """From when on the trigger is asked: now, or since an earlier moment at which no other version was on."""
    if since is None:
        return at
    before: datetime | None = sql.value(BEFORE, [journey])
    return min(at, max(since, before) if before else since)


def enters_from(key: str, at: datetime, since: datetime) -> datetime:
    """From when on people would be let in if the draft were published at `at` with everybody since `since`."""
    row = JourneyRow.objects.filter(key=key).first()
    return _from(row.pk, at, since) if row else min(at, since)


def withdraw(key: str) -> None:
    """No new runs enter; those under way go on."""
    with transaction.atomic():
        row = JourneyRow.objects.select_for_update().filter(key=key).first()
        if row is None:
            raise NoSuchJourney(key=key)
        row.versions.filter(is_live=True).update(is_live=False)
        row.live = None
        row.save(update_fields=["live"])


def statements(journey: Journey, dialect: str = "postgres") -> dict[str, str]:
    """The text of one pass of each step, in order, for an engine."""
    words = repr(journey)
    put = _statements if len(words) < LONG else _statements.__wrapped__
    return dict(put(_Said(journey, words), dialect, events.vocabulary.names))


@dataclass(frozen=True)
class _Said:
    """A journey that equals whichever is written out in the same words: it takes half a second to put one into an engine's."""

    journey: Journey = field(compare=False)
    words: str


@lru_cache(128)
def _statements(said: _Said, dialect: str, _names: tuple[str, ...]) -> dict[str, str]:
    return {step: str(ibis.to_sql(expr, dialect=dialect)) for step, expr in compose(said.journey, World(events.vocabulary)).items()}


def sends(journey: Journey) -> list[dict[str, Any]]:
    """What each sending step means: message, channel, category, priority, and for how many seconds it is of use."""
    found = []
    for key, step in journey.steps.items():
        if isinstance(step, Send):
            category = messages.category(step.message)
            found.append(
                {
                    "step": key,
                    "message": step.message,
                    "channel": step.channel,
                    "category": category,
                    "priority": PRIORITIES[journey.priority],
                    "useful_for": step.useful_for,
                }
            )
    return found


def errands(journey: Journey) -> list[dict[str, Any]]:
    """What each step that has something done means: kind, settings, and for how many seconds it is of use."""
    return [
        {"step": key, "kind": step.name, "settings": dict(step.settings), "useful_for": step.useful_for}
        for key, step in journey.steps.items() if isinstance(step, Errand)
    ]  # fmt: skip


def plain(document: Any) -> Any:
    """A document as plain JSON values."""
    return json.loads(json.dumps(document, default=str))
