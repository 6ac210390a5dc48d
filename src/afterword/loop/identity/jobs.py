"""What the worker does for identity."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

KEPT_FOR = timedelta(days=90)


def forget_strangers(now: datetime) -> int:
    """Drop what has waited too long for a name; says how many events."""
    with connection.cursor() as cursor:
        cursor.execute("delete from identity_waiting where received_at < %s", [now - KEPT_FOR])
        return cursor.rowcount
