"""What the worker does for journeys."""

from __future__ import annotations

from datetime import datetime

from afterword.loop.events import door as events

from .actions.tick import tick as tick_until


def tick(now: datetime) -> int:
    """Move every run to the sealed frontier, which never goes back; how many visits ended."""
    until = events.frontier()
    return tick_until(until).visits if until else 0
