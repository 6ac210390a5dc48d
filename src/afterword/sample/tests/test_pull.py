"""The simulated shop as a source: whatever is asked, and in whatever order, it tells the same."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from afterword.loop.events import door as events
from afterword.loop.events.types import Told
from afterword.loop.identity.actions.record import check
from afterword.sample.simulator.payloads import AFTER, BEFORE
from afterword.sample.simulator.payloads import events as events_of
from afterword.sample.simulator.pull import Shop

END = datetime(2026, 6, 1, tzinfo=UTC)


def shop(customers: int = 300, days: int = 90) -> Shop:
    return Shop(seed=7, ends_at=END, customers=customers, days=days)


@pytest.fixture(scope="module")
def whole() -> list[Told]:
    made = shop()
    return list(made.told(made.starts_at, made.ends_at))


def test_windows_tell_what_the_whole_tells(whole: list[Told]) -> None:
    made, random = shop(), Random(2)
    cuts = sorted([made.starts_at, made.ends_at, *(made.starts_at + timedelta(days=90) * random.random() for _ in range(40))])
    windows = [list(made.told(since, until)) for since, until in pairwise(cuts)]
    assert [told for window in windows for told in window] == whole
    backwards = [list(made.told(since, until)) for since, until in reversed(list(pairwise(cuts)))]
    assert backwards == windows[::-1]


def test_chunks_tell_what_the_whole_tells(whole: list[Told]) -> None:
    told = [t for chunk in shop().in_chunks() for t in chunk]
    assert sorted(told, key=lambda t: (t.occurred_at, t.source_id)) == whole


@pytest.mark.django_db
def test_each_event_has_a_source_id_of_its_own_and_is_understood(whole: list[Told]) -> None:
    assert len({t.source_id for t in whole}) == len(whole)
    received = END + timedelta(days=1)
    assert [(t.name, c) for t in whole[::3] for c in check(t, received)] == []
    assert {t.name for t in whole} <= set(events.vocabulary.names)


def test_an_order_is_told_in_the_order_of_things(whole: list[Told]) -> None:
    steps = ("order.placed", "order.paid", "order.fulfilled", "shipment.accepted", "shipment.delivered")
    by_order: dict[str, dict[str, datetime]] = {}
    for told in whole:
        if told.order and told.name in steps:
            by_order.setdefault(told.order, {}).setdefault(told.name, told.occurred_at)
    assert len(by_order) > 300
    for order, found in by_order.items():
        instants = [found[step] for step in steps if step in found and step != "order.paid"]
        assert instants == sorted(instants), order


def test_nothing_is_told_outside_the_days_around_an_order() -> None:
    made = shop()
    for bought in made.purchases(made.starts_at, made.ends_at):
        for told in events_of(bought, 7):
            assert -BEFORE < told.occurred_at - bought.at < AFTER, told


def test_promises_are_kept_or_broken_as_fate_has_it() -> None:
    made = shop(900)
    for bought in made.purchases(made.starts_at, made.ends_at):
        told = {t.name: t for t in events_of(bought, 7)}
        if "shipment.delivered" not in told:
            continue
        last = datetime.fromisoformat(told["order.placed"].properties["promised_to"])
        came = max(t.occurred_at for t in events_of(bought, 7) if t.name == "shipment.delivered")
        assert (came > last) == (bought.fate.late_days > 0), bought.reference


def test_it_goes_on_after_its_past_and_looks_are_more_frequent_where_parcels_are_late() -> None:
    made = shop(2000, 60)
    assert Counter(t.name for t in made.told(END, END + timedelta(days=3)))["order.placed"] > 20
    looks: dict[bool, list[int]] = {True: [], False: []}
    for bought in made.purchases(made.starts_at, made.ends_at):
        if not bought.fate.cancelled_by and not bought.is_experience:
            looks[bought.fate.late_days > 3].append(sum(t.name == "order_status.viewed" for t in events_of(bought, 7)))
    assert sum(looks[True]) / len(looks[True]) > 2 * sum(looks[False]) / len(looks[False])
