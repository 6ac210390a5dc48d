"""What the worker does for errands."""

from __future__ import annotations

from datetime import datetime

from . import queries
from .actions.perform import perform as carry_out


def perform(now: datetime) -> int:
    """Carry out what is due; how many errands were looked at."""
    return carry_out(now).total


def next_due(now: datetime) -> datetime | None:
    """When the next errand is due."""
    return queries.next_due(now)
