"""What the worker does for the ways out."""

from __future__ import annotations

from datetime import datetime

from .actions import pace, pulls


def forget_paces(now: datetime) -> int:
    """Counts of days that are over."""
    return pace.forget_paces(now)


def forget_pulled(now: datetime) -> int:
    """Marks of mails that were read from mailboxes long ago."""
    return pulls.forget_pulled(now)
