"""Counts that nobody waits for any more end: few at once, of each person only the newest, none for longer than it may."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection

from afterword.kit import clock, sql
from afterword.loop.segments import door
from afterword.loop.segments.actions import asking
from afterword.loop.segments.types import Busy, TooHeavy

pytestmark = pytest.mark.django_db(transaction=True)
T0 = datetime(2026, 3, 2, 10, tzinfo=UTC)
LONG = "select id as customer_id, pg_sleep(20) is null as inside, null::timestamptz as again from generate_series(1, 2) id"
QUICK = LONG.replace("pg_sleep(20) is null", "true")
RUNNING = "select count(*) from pg_stat_activity where query like '%%pg_sleep(20)%%' and state = 'active' and pid <> pg_backend_pid()"


def asked(who: str, plan: str = LONG) -> str:
    try:
        with door.turn(who):
            return str(door.counted(plan, T0, seconds=15).inside)
    except (TooHeavy, Busy) as refusal:
        return type(refusal).__name__
    finally:
        connection.close()


def running(wanted: int) -> bool:
    """Whether so many counts run, within some seconds."""
    until = clock.elapsed() + 5
    while clock.elapsed() < until:
        if sql.value(RUNNING) == wanted:
            return True
        threading.Event().wait(0.02)
    return False


def test_what_somebody_asks_next_ends_what_was_still_counted_for_them_and_few_count_at_once() -> None:
    with ThreadPoolExecutor(4) as others:
        first = others.submit(asked, "ana")
        assert running(1)
        second = others.submit(asked, "ana")
        assert first.result(timeout=5) == "TooHeavy"
        assert running(1)
        third = others.submit(asked, "bogdan")
        assert running(asking.MOST)
        assert others.submit(asked, "carla").result(timeout=5) == "Busy"
        assert others.submit(asked, "ana", QUICK).result(timeout=5) == "2"
        assert second.result(timeout=5) == "TooHeavy"
        assert others.submit(asked, "bogdan", QUICK).result(timeout=5) == "2"
        assert third.result(timeout=5) == "TooHeavy"
    assert running(0)
    with door.turn("ana"), door.turn("bogdan"):
        assert asking._asking.keys() == {"ana", "bogdan"}
    assert not asking._asking


def test_the_sample_of_a_count_has_no_more_time_than_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    from afterword.loop.segments.actions import fill

    monkeypatch.setattr(fill, "SOME", "select pg_sleep(5)::text from segment_found limit %s")
    with pytest.raises(TooHeavy):
        door.counted(QUICK, T0, seconds=0.1)


def test_who_asks_something_else_before_the_count_began_has_the_first_one_not_counted_at_all() -> None:
    with ThreadPoolExecutor(1) as other, door.turn("ana") as still_asked:
        assert still_asked()
        assert other.submit(asked, "ana", QUICK).result(timeout=5) == "2"
        assert not still_asked()
