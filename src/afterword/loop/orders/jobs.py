"""What the worker does for orders: telling broken promises and silences when they fall due."""

from __future__ import annotations

from datetime import datetime

from .actions import derive


def tell_delays(now: datetime) -> int:
    """Broken promises; says how many were new."""
    return derive.tell_delays(now)


def tell_stalls(now: datetime) -> int:
    """Silent parcels; says how many were new."""
    return derive.tell_stalls(now)
