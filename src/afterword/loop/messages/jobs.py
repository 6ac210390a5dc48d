"""What the worker does for messages."""

from __future__ import annotations

from datetime import datetime

from .actions.hand_over import hand_over as hand_over_due
from .actions.judge import judge as judge_due


def judge(now: datetime) -> int:
    """Ask the guard of every intent whose time has come."""
    return judge_due(now).total


def hand_over(now: datetime) -> int:
    """Send what was let go."""
    return hand_over_due(now).total
