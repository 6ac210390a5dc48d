"""When local clocks strike: a wait until nine o'clock at the customer's reads a table that is made here.

A local time that daylight saving skips strikes at the next one that exists; an ambiguous one strikes the first time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def strikes(zone: str, clock: str, since: date, until: date) -> Iterator[tuple[datetime, datetime]]:
    """For each strike of `clock` in `zone` on the days since…until: whoever asks in (after, at] is answered `at`."""
    days, hour = weekdays(clock)
    place = place_of(zone)
    before: datetime | None = None
    day = since - timedelta(days=8)  # every clock has struck once in the week before, so the first `after` is true as well
    while day <= until:
        if day.weekday() in days:
            at = instant(day, hour, place)
            if before is not None and day >= since:
                yield before, at
            before = at
        day += timedelta(days=1)


def place_of(zone: str) -> ZoneInfo:
    """The zone by its IANA name; a name that is not known is taken as UTC."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def weekdays(clock: str) -> tuple[frozenset[int], time]:
    """The days (0 is Monday) and the time of day of a clock such as `09:00`, `sat 10:00` or `mon-fri 09:00`."""
    words = clock.split()
    hour = time.fromisoformat(words[-1])
    if len(words) == 1:
        return frozenset(range(7)), hour
    first, _, last = words[0].partition("-")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return frozenset((start + i) % 7 for i in range((end - start) % 7 + 1)), hour


def instant(day: date, hour: time, place: ZoneInfo) -> datetime:
    """The UTC instant of a local time; the first of two, the next existing one where it is skipped."""
    local = datetime.combine(day, hour, place)
    back = local.astimezone(UTC).astimezone(place)
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        # In a gap: the offset before it gives the time just as far behind the gap; the first that exists is the gap's end.
        low, high = local.replace(fold=1).astimezone(UTC), local.replace(fold=0).astimezone(UTC)
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) / 2
            if middle.astimezone(place).replace(tzinfo=None) >= local.replace(tzinfo=None):
                high = middle
            else:
                low = middle
        return high.replace(microsecond=0)
    return local.astimezone(UTC)
