"""When local clocks strike: a wait until nine o'clock at the customer's reads a table that is made here.

A local time that daylight saving skips strikes at the next one that exists; an ambiguous one strikes the first time.

A clock is `09:00`, `mon-fri 09:00` (the next such day), or `3 business RO 09:00` (the third business day after the day on which
it is asked, by the public holidays of a country; `-` knows weekends only). `rest FR 08:00` answers on Sundays and public holidays
only, from their midnight on: eight o'clock of the next other day.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)


class Strike(NamedTuple):
    """Whoever asks in `(after, asked_until]` is answered `at`."""

    after: datetime
    asked_until: datetime
    at: datetime


def business_clock(days: int, holidays: str, hour: str) -> str:
    """The clock that strikes so many business days later."""
    return f"{days} business {holidays or '-'} {hour}"


def strikes(zone: str, clock: str, since: date, until: date) -> Iterator[Strike]:
    """Each strike of `clock` in `zone` that answers somebody on the days since…until."""
    if " business " in clock:
        yield from _business(zone, clock, since, until)
        return
    if clock.startswith("rest "):
        yield from _rest(zone, clock, since, until)
        return
    days, hour = weekdays(clock)
    place = place_of(zone)
    before: datetime | None = None
    day = since - timedelta(days=8)  # every clock has struck once in the week before, so the first `after` is true as well
    while day <= until:
        if day.weekday() in days:
            at = instant(day, hour, place)
            if before is not None and day >= since:
                yield Strike(before, at, at)
            before = at
        day += timedelta(days=1)


def _business(zone: str, clock: str, since: date, until: date) -> Iterator[Strike]:
    """Days with the same answer are one strike: all of a weekend leads to the same business day."""
    count, _, calendar, time_of_day = clock.split()
    hour, place = time.fromisoformat(time_of_day), place_of(zone)
    off = days_off(calendar, since.year - 1, until.year + 1)
    asked = [since + n * DAY for n in range(-14, (until - since).days + 1)]
    for answer, days in groupby(asked, key=lambda day: business_day(day, int(count), off)):
        same = list(days)
        if same[-1] >= since:
            first, last = (instant(day, time.min, place) - INSTANT for day in (same[0], same[-1] + DAY))
            yield Strike(first, last, instant(answer, hour, place))


def _rest(zone: str, clock: str, since: date, until: date) -> Iterator[Strike]:
    """Days of rest that follow one another are one strike: the morning after the last of them."""
    _, calendar, time_of_day = clock.split()
    hour, place = time.fromisoformat(time_of_day), place_of(zone)
    off = days_off(calendar, since.year - 1, until.year + 1)

    def rests(day: date) -> bool:
        return day.weekday() == 6 or day in off

    def after(day: date) -> date:
        while rests(day):
            day += DAY
        return day

    asked = (since + n * DAY for n in range(-14, (until - since).days + 1))
    for answer, days in groupby(filter(rests, asked), key=after):
        same = list(days)
        if same[-1] >= since:
            first, last = (instant(day, time.min, place) - INSTANT for day in (same[0], same[-1] + DAY))
            yield Strike(first, last, instant(answer, hour, place))


def business_day(day: date, count: int, off: AbstractSet[date]) -> date:
    """The so-many-th business day after a day."""
    while count:
        day += DAY
        if day.weekday() < 5 and day not in off:
            count -= 1
    return day


def days_off(calendar: str, first_year: int, last_year: int) -> AbstractSet[date]:
    """The public holidays of a country by its ISO code; none for `-`. Source: the package `holidays`."""
    if calendar == "-":
        return frozenset()
    import holidays

    return frozenset(holidays.country_holidays(calendar, years=range(first_year, last_year + 1)))


def knows_holidays(calendar: str) -> bool:
    """Whether the public holidays of this country are known."""
    import holidays

    return calendar in holidays.list_supported_countries(include_aliases=False)


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
