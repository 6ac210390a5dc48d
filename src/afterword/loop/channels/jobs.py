"""What the worker does for the ways out."""

from __future__ import annotations

from datetime import datetime

from .actions import pace


def forget_paces(now: datetime) -> int:
    """Counts of days that are over."""
    return pace.forget_paces(now)
