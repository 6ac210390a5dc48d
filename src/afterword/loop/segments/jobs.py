"""What the worker does for segments."""

from __future__ import annotations

from datetime import datetime

from afterword.kit import sql
from afterword.loop.events import door as events

from .actions.follow import follow


def follow_log(now: datetime) -> int:
    """Bring every segment to the sealed frontier; how many customers came or left."""
    until = events.frontier()
    return follow(until) if until else 0


def next_due(now: datetime) -> datetime | None:
    """When the next answer may turn by time alone. Uses segment_due."""
    due: datetime | None = sql.value("select min(due_at) from segment_look_again where due_at > %s", [now])
    return due
