"""Segments as they are read: sizes, people, overlaps, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.identity import door as identity
from afterword.loop.segments import door
from afterword.loop.segments.rules.cells import cell

from .test_actions import DAY, T0, keep, live, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> None:
    """Two segments, four buyers."""
    live(T0)
    keep("buyers", "ever(order.placed)")
    keep("lately", 'ever(order.placed, last="5d") and customer.country in ("RO", "MD")')
    live(T0 + 2 * DAY, *(order(who, T0 + DAY) for who in ("ana", "bo", "cy")))
    live(T0 + 9 * DAY, order("di", T0 + 8 * DAY))


def test_the_list_says_size_change_and_days(shop: None, django_assert_num_queries: Callable[[int], Any]) -> None:
    with django_assert_num_queries(3):
        lines = door.overview(T0 + 9 * DAY)
    assert [(line.key, line.size, line.change) for line in lines] == [("buyers", 4, 1), ("lately", 1, -2)]
    assert len(lines[0].days) == 30


def test_sizes_are_those_at_the_end_of_each_day(shop: None) -> None:
    days = door.sizes("lately", T0.date(), (T0 + 9 * DAY).date())
    assert [many for _, many in days] == [0, 3, 3, 3, 3, 3, 0, 0, 1, 1]


def test_a_day_is_a_day_where_the_shop_is(shop: None) -> None:
    accounts.save_store("main", by=None, zone="Europe/Bucharest")
    late = T0.replace(hour=22, minute=40) + 10 * DAY  # past midnight in Bucharest
    live(late, order("eli", late))
    assert [many for _, many in door.sizes("buyers", (late - DAY).date(), (late + DAY).date())] == [4, 4, 5]
    accounts.save_store("main", by=None, zone="UTC")
    assert [many for _, many in door.sizes("buyers", (late - DAY).date(), (late + DAY).date())] == [4, 5, 5]
    assert door.overview(late)[0].size == 5


def test_people_come_a_page_at_a_time_and_a_sample_stays_the_same(shop: None) -> None:
    first = door.people("buyers", most=3)
    assert len(first) == 4
    rest = door.people("buyers", place=(first[2].since, first[2].customer_id), most=3)
    assert {one.customer_id for one in (*first[:3], *rest)} == door.members_at("buyers", T0 + 9 * DAY)
    assert door.sample("buyers", most=2) == door.sample("buyers", most=2)
    assert door.people("buyers", stores=["elsewhere"]) == []
    assert len(door.sample("buyers", stores=["main"])) == 4


def test_overlaps_are_counted_apart(shop: None) -> None:
    assert door.overlap(["buyers", "lately"]) == {frozenset({"buyers"}): 3, frozenset({"buyers", "lately"}): 1}


def test_a_customer_knows_their_segments(shop: None) -> None:
    di = identity.customer_by("external", "main", "di")
    assert di is not None
    assert [one["key"] for one in door.segments_of([di])] == ["buyers", "lately"]


def test_why_shows_each_part_with_what_was_seen(shop: None) -> None:
    ana = identity.customer_by("external", "main", "ana")
    assert ana is not None
    now = door.why("lately", ana)
    assert (now.inside, [(part.text, part.holds, part.value) for part in now.parts]) == (
        False, [('ever(order.placed, last="5d")', False, False), ('customer.country in ("RO", "MD")', True, "RO")],
    )  # fmt: skip
    assert door.why("lately", ana, T0 + 3 * DAY).inside
    assert not door.why("lately", ana, T0 - DAY).there


def test_counting_reads_everybody_and_names_some(shop: None) -> None:
    plan = door.compiled('last(order.placed).age < "3d"', {})
    found = door.counted(plan.everybody, T0 + 9 * DAY, seconds=5)
    assert (found.inside, found.of, len(found.sample)) == (1, 4, 1)


def test_what_is_kept_is_what_asking_everybody_gives(shop: None) -> None:
    known = door.known("lately")
    plan = door.compiled(known.text, {})
    assert door.differing(known.id, plan.everybody, T0 + 9 * DAY) == []
    assert len(door.differing(known.id, plan.everybody, T0 + 3 * DAY)) == 4


def test_an_export_has_everybody_and_no_formulas(shop: None) -> None:
    rows = list(door.exported("buyers"))
    assert len(rows) == 4
    assert len(rows[0]) == len(door.EXPORTED)
    assert [cell(text) for text in ("=cmd|' /C calc'!A0", "+40 721", "Ana", 3)] == ["'=cmd|' /C calc'!A0", "'+40 721", "Ana", 3]


def test_the_next_look_is_found_by_an_index(shop: None) -> None:
    from afterword.loop.segments.jobs import next_due

    assert next_due(T0 + 9 * DAY) == T0 + 13 * DAY
    sql.run("set local enable_seqscan = off")
    plan = "\n".join(row[0] for row in sql.rows("explain select min(due_at) from segment_look_again where due_at > now()"))
    assert "segment_due" in plan
    assert next_due(T0 + 99 * DAY + timedelta(1)) is None
