"""What the worker does for journeys."""

from __future__ import annotations

from datetime import datetime

from afterword.kit import clock, sql
from afterword.loop.events import door as events

from .actions.clocks import missing, strike
from .actions.drafts import keep_shipped
from .actions.tick import tick as tick_until
from .actions.walks import go_on
from .actions.walks import next_stride as next_stride


def tick(now: datetime) -> int:
    """Move every run to the sealed frontier, which never goes back; how many visits ended."""
    until = events.frontier()
    return tick_until(until).visits if until else 0


def keep_clocks(now: datetime) -> int:
    """Strike the local clocks ahead of time: all of them once an hour, a clock that a store has just come to need at once."""
    return strike() if now.minute == 0 or missing() else 0


def offer_shipped(now: datetime) -> int:
    """Make drafts of the journeys that come with this version and are not here yet; how many. None of them runs by that."""
    return len(keep_shipped(at=now))


def take_strides(now: datetime) -> int:
    """Let those of the team who walk through a journey go on, in real time; how many steps were taken."""
    return go_on(clock.real_now())


def next_due(now: datetime) -> datetime | None:
    """When the next waiting run is due. Uses standing_due."""
    due: datetime | None = sql.value("select min(due_at) from standing where step is not null and due_at > %s", [now])
    return due
