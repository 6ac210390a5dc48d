"""What the worker does with the log."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from .actions.seal import seal

AHEAD = 3


def seal_inbox(now: datetime) -> int:
    """Seal what has arrived; says how many events."""
    return seal(now).count


def make_partitions(now: datetime) -> int:
    """Make the log's partitions of this month and the next ones; says how many were new."""
    months = {(now + timedelta(days=31 * n)).replace(day=1) for n in range(AHEAD)}
    with connection.cursor() as cursor:
        made = 0
        for month in sorted(months):
            cursor.execute("select make_event_partition(%s)", [month])
            made += bool(cursor.fetchone()[0])
    return made
