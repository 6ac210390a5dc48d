"""Local clocks: when they strike, and that nobody waits for a strike that was never written down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from afterword.kit import clock, sql
from afterword.loop.journeys.actions.clocks import strike
from afterword.loop.journeys.rules.clocks import strikes


def at(zone: str, wish: str, day: date) -> datetime:
    return next(struck.at for struck in strikes(zone, wish, day, day + timedelta(days=7)))


def test_nine_oclock_follows_daylight_saving() -> None:
    assert at("Europe/Bucharest", "09:00", date(2026, 3, 28)) == datetime(2026, 3, 28, 7, tzinfo=UTC)
    assert at("Europe/Bucharest", "09:00", date(2026, 3, 29)) == datetime(2026, 3, 29, 6, tzinfo=UTC)


def test_a_time_that_is_skipped_strikes_when_time_goes_on() -> None:
    assert at("Europe/Bucharest", "03:30", date(2026, 3, 29)) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_time_that_comes_twice_strikes_the_first_time() -> None:
    assert at("Europe/Bucharest", "03:30", date(2026, 10, 25)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_weekly_clock_strikes_on_its_days_only() -> None:
    days = [struck.at.weekday() for struck in strikes("UTC", "sat-mon 10:00", date(2026, 5, 1), date(2026, 5, 14))]
    assert set(days) == {5, 6, 0}


def answered(asked: datetime, wish: str, zone: str = "Europe/Bucharest") -> datetime:
    days = strikes(zone, wish, asked.date() - timedelta(days=3), asked.date() + timedelta(days=3))
    return next(struck.at for struck in days if struck.after < asked <= struck.asked_until)


def test_business_days_leave_out_weekends_and_public_holidays() -> None:
    friday = datetime(2026, 4, 24, 12, tzinfo=UTC)
    assert answered(friday, "2 business - 09:00") == datetime(2026, 4, 28, 6, tzinfo=UTC)
    thursday = datetime(2026, 4, 30, 12, tzinfo=UTC)  # the first of May is a holiday in Romania, and a Friday
    assert answered(thursday, "1 business RO 09:00") == datetime(2026, 5, 4, 6, tzinfo=UTC)
    assert answered(thursday, "1 business - 09:00") == datetime(2026, 5, 1, 6, tzinfo=UTC)


def test_a_business_day_begins_at_midnight_of_the_customer() -> None:
    midnight = datetime(2026, 4, 26, 21, tzinfo=UTC)  # Monday begins in Bucharest
    assert answered(midnight, "1 business - 09:00") == datetime(2026, 4, 28, 6, tzinfo=UTC)
    assert answered(midnight - timedelta(seconds=1), "1 business - 09:00") == datetime(2026, 4, 27, 6, tzinfo=UTC)


@pytest.mark.django_db
def test_strikes_of_one_clock_touch_and_never_overlap_however_often_they_are_filled() -> None:
    for moment in (datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 9, 5, tzinfo=UTC), datetime(2025, 3, 5, tzinfo=UTC)):
        with clock.travel(moment):
            strike(("mon-fri 09:00", "08:30", "2 business RO 09:00"), zones=("Asia/Bangkok",))
    gaps = sql.rows(
        "select count(*) from (select after, lag(asked_until) over (partition by zone, clock order by strikes_at) as before "
        "from local_clock "
        "where zone = 'Asia/Bangkok' and clock not like 'rest %') x where before is not null and after <> before"
    )
    assert gaps == [(0,)]


def test_days_of_rest_are_answered_together_with_the_morning_after_and_other_days_not_at_all() -> None:
    since, until = date(2026, 4, 26), date(2026, 5, 31)
    found = list(strikes("Europe/Paris", "rest FR 08:00", since, until))
    assert [struck.at.strftime("%a %-d %b %H:%M") for struck in found] == [
        "Mon 27 Apr 06:00", "Sat 2 May 06:00", "Mon 4 May 06:00", "Sat 9 May 06:00", "Mon 11 May 06:00", "Fri 15 May 06:00",
        "Mon 18 May 06:00", "Tue 26 May 06:00", "Mon 1 Jun 06:00",
    ]  # fmt: skip
    may_day = next(struck for struck in found if struck.at.day == 2)
    midnight = datetime(2026, 4, 30, 22, tzinfo=UTC)
    assert (may_day.after < midnight, may_day.asked_until < midnight + timedelta(days=1)) == (True, True)
    whitsun = next(struck for struck in found if struck.at.day == 26)
    assert whitsun.asked_until - whitsun.after == timedelta(days=2), "a Sunday and the holiday behind it are one rest"


@pytest.mark.django_db
def test_days_of_rest_are_the_same_however_often_they_are_filled() -> None:
    for moment in (datetime(2026, 5, 24, 12, tzinfo=UTC), datetime(2026, 9, 6, 12, tzinfo=UTC), datetime(2025, 3, 5, tzinfo=UTC)):
        with clock.travel(moment):
            strike(zones=("Europe/Paris",))
    kept = sql.rows(
        "select after, asked_until, strikes_at from local_clock where zone = 'Europe/Paris' and clock = 'rest FR 08:00' order by 1"
    )
    low, high = kept[0][0].date() + timedelta(days=1), kept[-1][1].date()
    assert [tuple(one) for one in strikes("Europe/Paris", "rest FR 08:00", low, high)] == kept
