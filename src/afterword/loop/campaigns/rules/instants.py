"""When it is everybody's turn: the same local hour in each zone, as one instant a zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LONGEST_GAP = 24 * 60  # minutes; one island once left out a whole day


def instant(day: date, hour: time, zone: str) -> datetime:
    """The instant of a local time. One that daylight saving skips is the next that exists, an ambiguous one the first."""
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        place = ZoneInfo("UTC")
    wanted = datetime.combine(day, hour)
    for minutes in range(LONGEST_GAP + 1):
        local = wanted + minutes * MINUTE
        at = local.replace(tzinfo=place, fold=0).astimezone(UTC)
        if at.astimezone(place).replace(tzinfo=None) == local:
            return at
    return wanted.replace(tzinfo=place).astimezone(UTC)


def turns(zones: Iterable[str], day: date, hour: time, not_before: datetime, late: Literal["at_once", "next_day"]) -> dict[str, datetime]:
    """For each zone, when its people's turn is; where the hour has passed, at once or on the next day, as was chosen."""
    found = {}
    for zone in zones:
        at = instant(day, hour, zone)
        if at < not_before and late == "at_once":
            at = not_before
        next_day = day
        while at < not_before:
            next_day += DAY
            at = instant(next_day, hour, zone)
        found[zone] = at
    return found
