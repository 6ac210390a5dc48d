"""The only place that reads a clock.

`now()` is the time that is *shown*: a row (real_at, shown_at, rate) that every process reads, so that a shop may live at
an earlier time and catch up. `real_now()` is the world's: sign-in, the expiry of links and TLS use it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

TABLE = "accounts_shownclock"
FRESH_FOR = 1.0  # seconds that a process may go on with the row it has read


@dataclass(frozen=True)
class Shown:
    """At `real_at` the shown time was `shown_at`; since then it runs `rate` times as fast as the real one (0: it stands)."""

    real_at: datetime
    shown_at: datetime
    rate: float

    def at(self, real: datetime) -> datetime:
        """The shown time at a real one."""
        return self.shown_at + timedelta(seconds=(real - self.real_at).total_seconds() * self.rate)


_fixed: datetime | None = None
_row: Shown | None = None
_read_at = float("-inf")


def real_now() -> datetime:
    """The world's time, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """The time the shop lives at, in UTC: the real one unless a clock is set."""
    if _fixed is not None:
        return _fixed
    row = shown()
    return real_now() if row is None else row.at(real_now())


def shown() -> Shown | None:
    """The row that decides what time is shown, at most a second old; None where the real time is shown."""
    global _row, _read_at
    if elapsed() - _read_at >= FRESH_FOR:
        with connection.cursor() as cursor:
            cursor.execute(f"select real_at, shown_at, rate from {TABLE}")
            found = cursor.fetchone()
        _row, _read_at = (Shown(*found) if found else None), elapsed()
    return _row


def set_shown(shown_at: datetime, *, rate: float = 1.0) -> None:
    """From now on every process shows `shown_at`, running `rate` times as fast as the real time."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into {TABLE} (id, real_at, shown_at, rate) values (1, %s, %s, %s) "
            "on conflict (id) do update set real_at = excluded.real_at, shown_at = excluded.shown_at, rate = excluded.rate",
            [real_now(), shown_at, rate],
        )
    forget()


def show_real() -> None:
    """From now on every process shows the real time."""
    with connection.cursor() as cursor:
        cursor.execute(f"delete from {TABLE}")
    forget()


def forget() -> None:
    """Read the row again at the next question."""
    global _read_at
    _read_at = float("-inf")


@contextmanager
def travel(to: datetime) -> Iterator[datetime]:
    """For tests: inside, in this process, the shown time stands at `to`. The real time is left alone."""
    global _fixed
    before, _fixed = _fixed, to
    try:
        yield to
    finally:
        _fixed = before


def elapsed() -> float:
    """Seconds since some fixed moment: for measuring how long something took, never for telling the time."""
    return time.monotonic()


def rest(seconds: float) -> None:
    """Do nothing for so many real seconds."""
    time.sleep(seconds)
