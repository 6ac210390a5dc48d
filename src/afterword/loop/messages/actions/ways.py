"""Notes leave the house: each over whoever carries its channel for its store; a provider that fails as a whole is left in peace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError

from afterword.kit import clock
from afterword.loop.channels import door as channels
from afterword.loop.channels.door import Note, OpenWay, Outcome

from ..types import NoProvider
from .lease import Begun
from .outcomes import UNCOUNTED, once

BREATH = 0.05
UNHEARD = ("network", "no_server", "connection_lost")


def over_ways(notes: Sequence[Note], due: dict[UUID, dict[str, Any]], now: datetime, until: float) -> Iterator[Outcome | None]:
    """One outcome for each note; None when nothing was heard for a breath. What has not begun by `until` (`clock.elapsed`) is put off."""
    if not notes:
        return
    known, groups = channels.ways(), defaultdict[str, list[Note]](list)
    by_key: dict[str, OpenWay] = {}
    for note in notes:
        row = due[note.id]
        way = channels.way_of(known, row["channel"], row["store"])
        if way is None:
            yield Outcome(note.id, "refused", "no_provider", said=str(NoProvider(channel=row["channel"])))
            continue
        by_key[way.key] = way
        groups[way.key].append(note)
    for key, those in groups.items():
        yield from _over(by_key[key], those, due, now, until)


def _over(way: OpenWay, notes: list[Note], due: dict[UUID, dict[str, Any]], now: datetime, until: float) -> Iterator[Outcome | None]:
    """A provider that knows a repetition by its key is asked again; of any other, what was begun and may not go twice is given up."""
    rests = channels.resting(way.key, now)
    if rests is not None:
        said = f"{way.provider.title} fails and is left in peace for a while"
        yield from (Outcome(note.id, "deferred", "resting", said=said, again_at=rests) for note in notes)
        return
    single = {note.id for note in notes if once(due[note.id]) and not channels.knows_repetitions(way.provider, way.settings)}
    doubtful = {id for id in single if due[id]["begun_at"]}
    yield from (Outcome(id, "refused", "in_doubt", said="in doubt") for id in doubtful)
    rest = [replace(note, once=note.id in single) for note in notes if note.id not in doubtful]
    begun = Begun()
    try:
        left = max(0.0, until - clock.elapsed())
        carried = channels.carry(way.provider, rest, way.settings, now, begin=begun, within=left, breath=BREATH)
        yield from watched(way.key, carried, now)
    finally:
        begun.close()


def watched(key: str, outcomes: Iterator[Outcome | None], now: datetime) -> Iterator[Outcome | None]:
    """The same outcomes; whether the provider answered anybody is remembered when they end."""
    anybody, fault = False, ""
    try:
        for outcome in outcomes:
            if outcome is not None and outcome.word in UNHEARD:
                fault = outcome.said or outcome.word
            elif outcome is not None and outcome.word not in (*UNCOUNTED, "cannot_say"):
                anybody = True
            yield outcome
    finally:
        _conclude(key, anybody, fault, now)


def _conclude(key: str, anybody: bool, fault: str, now: datetime) -> None:
    """Remember how the provider fares; a database that is away just now hears it the next time."""
    with suppress(OperationalError):
        if anybody:
            channels.answered(key)
        elif fault:
            channels.failed(key, fault, now)
