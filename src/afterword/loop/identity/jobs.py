"""What the worker does for identity."""

from __future__ import annotations

from datetime import datetime, timedelta

from afterword.kit import sql

KEPT_FOR = timedelta(days=90)


def forget_strangers(now: datetime) -> int:
    """Drop what has waited too long for a name; says how many events."""
    return sql.run("delete from identity_waiting where received_at < %s", [now - KEPT_FOR])
