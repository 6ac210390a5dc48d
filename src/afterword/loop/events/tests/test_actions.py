"""Appending and sealing, on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterword.loop.events import door
from afterword.loop.events.types import Told
from afterword.loop.identity.door import record

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def told(n: int, at: datetime = T0, **more: object) -> Told:
    return Told("page.viewed", at, "test", f"p{n}", who=_who(n), properties={"path": f"/{n}"}, **more)  # type: ignore[arg-type]


def _who(n: int) -> object:
    from afterword.loop.events.types import Who

    return Who(external_id=f"c{n % 3}")


def log() -> list[tuple[datetime, str]]:
    with connection.cursor() as cursor:
        cursor.execute("select known_at, properties->>'path' from event where name = 'page.viewed' order by known_at")
        return list(cursor.fetchall())


def test_an_event_told_twice_is_kept_once_and_counted() -> None:
    first = record([told(1), told(1), told(2)], received_at=T0)
    again = record([told(2), told(3)], received_at=T0)
    assert (first.accepted, first.repeated) == (2, 1)
    assert (again.accepted, again.repeated) == (1, 1)
    door.seal(T0)
    assert [path for _, path in log()] == ["/1", "/2", "/3"]


def test_the_last_event_of_a_seal_is_known_at_its_end_and_the_order_is_that_of_receipt() -> None:
    record([told(n, T0 - timedelta(hours=n)) for n in range(5)], received_at=T0)
    sealed = door.seal(T0 + timedelta(seconds=1))
    assert sealed.count == 8  # three customers became known
    assert log()[-1] == (T0 + timedelta(seconds=1), "/4")
    assert [path for _, path in log()] == [f"/{n}" for n in range(5)]


def test_in_a_replay_events_are_known_when_they_occurred() -> None:
    record([told(n, T0 - timedelta(hours=5 - n)) for n in (2, 0, 1)], received_at=T0)
    door.seal(T0 - timedelta(hours=4), known="occurred")
    assert [path for _, path in log()] == ["/0", "/1"]
    door.seal(T0, known="occurred")
    assert log()[2] == (T0 - timedelta(hours=3), "/2")


def test_a_clock_that_went_back_seals_nothing() -> None:
    door.seal(T0)
    record([told(1)], received_at=T0)
    assert door.seal(T0 - timedelta(seconds=1)).count == 0
    assert door.frontier() == T0


def test_an_event_is_found_in_its_typed_view_and_in_its_month() -> None:
    record([told(1)], received_at=T0)
    door.seal(T0)
    with connection.cursor() as cursor:
        cursor.execute("select v.path, v.customer_dice, e.tableoid::regclass::text from event_page_viewed v join event e using (id)")
        path, dice, table = cursor.fetchone()
    assert (path, table) == ("/1", "event_2026_q2")
    assert dice >= 0


def test_a_projection_runs_inside_the_seal_over_its_window() -> None:
    seen: list[tuple[datetime, datetime]] = []
    from afterword.loop.events.actions import seal as module

    before = dict(module._projections)
    door.register_projection("test", lambda since, until: seen.append((since, until)))
    try:
        door.seal(T0)
        record([told(1)], received_at=T0)
        door.seal(T0 + timedelta(seconds=1))
    finally:
        module._projections.clear()
        module._projections.update(before)
    assert seen == [(T0, T0 + timedelta(seconds=1))]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 30), st.integers(0, 40), st.booleans()), min_size=1, max_size=8))
def test_known_at_rises_strictly_within_each_window_whatever_comes(steps: list[tuple[int, int, int, bool]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from event; delete from event_inbox; delete from event_source; delete from frontier")
    n, last = 0, None
    for count, occurred, move, by_occurrence in steps:
        record([told(n + i, T0 + timedelta(microseconds=occurred % (i + 1))) for i in range(count)], received_at=T0 + timedelta(days=1))
        n += count
        until = T0 + timedelta(microseconds=move)
        sealed = door.seal(until, known="occurred" if by_occurrence else "until", most=4)
        with connection.cursor() as cursor:
            cursor.execute("select known_at from event where known_at > %s order by known_at", [sealed.since])
            new = [row[0] for row in cursor.fetchall()]
        assert len(new) == sealed.count == len(set(new))
        assert all(sealed.since < at <= until for at in new)
        assert last is None or sealed.since == last or sealed.count == 0
        last = door.frontier()
