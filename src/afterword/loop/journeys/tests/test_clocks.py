"""Local clocks: when they strike, and that nobody waits for a strike that was never written down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from afterword.kit import clock, sql
from afterword.loop.journeys.actions.clocks import strike
from afterword.loop.journeys.rules.clocks import strikes


def at(zone: str, wish: str, day: date) -> datetime:
    return next(at for _, at in strikes(zone, wish, day, day + timedelta(days=7)))


def test_nine_oclock_follows_daylight_saving() -> None:
    assert at("Europe/Bucharest", "09:00", date(2026, 3, 28)) == datetime(2026, 3, 28, 7, tzinfo=UTC)
    assert at("Europe/Bucharest", "09:00", date(2026, 3, 29)) == datetime(2026, 3, 29, 6, tzinfo=UTC)


def test_a_time_that_is_skipped_strikes_when_time_goes_on() -> None:
    assert at("Europe/Bucharest", "03:30", date(2026, 3, 29)) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_time_that_comes_twice_strikes_the_first_time() -> None:
    assert at("Europe/Bucharest", "03:30", date(2026, 10, 25)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_weekly_clock_strikes_on_its_days_only() -> None:
    days = [when.weekday() for _, when in strikes("UTC", "sat-mon 10:00", date(2026, 5, 1), date(2026, 5, 14))]
    assert set(days) == {5, 6, 0}


@pytest.mark.django_db
def test_strikes_of_one_clock_touch_and_never_overlap_however_often_they_are_filled() -> None:
    for moment in (datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 9, 5, tzinfo=UTC), datetime(2025, 3, 5, tzinfo=UTC)):
        with clock.travel(moment):
            strike(("mon-fri 09:00", "08:30"), zones=("Asia/Bangkok",))
    gaps = sql.rows(
        "select count(*) from (select after, lag(strikes_at) over (partition by zone, clock order by strikes_at) as before "
        "from local_clock "
        "where zone = 'Asia/Bangkok') x where before is not null and after <> before"
    )
    assert gaps == [(0,)]
