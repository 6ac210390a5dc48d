"""The law on Spark: what the cluster says is what the naive interpreter says, merges and pauses included."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest

from afterword.insight.backtests.actions.replay import Hand
from afterword.insight.backtests.actions.spark import TYPES, SparkReplay, empty, show_wide, statements
from tests.laws import engines
from tests.laws.naive import Happened, Universe, Visit
from tests.laws.shapes import EVENTS
from tests.laws.test_horizon import defined, differing
from tests.laws.worlds import START, hour, universe

pytestmark = pytest.mark.spark


def lay(session: Any, world: Universe) -> None:
    """The universe as views."""
    for name, (types, rows) in engines.tables(world).items():
        columns = {c: TYPES[t] for c, t in types.items()}
        if not rows:
            empty(session, name, columns)
            continue
        schema = ", ".join(f"`{c}` {t}" for c, t in columns.items())
        values = [tuple(_plain(row.get(c), types[c]) for c in types) for row in rows]
        session.createDataFrame(values, schema).localCheckpoint().createOrReplaceTempView(name)
    show_wide(session, EVENTS)


def _plain(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "uuid":
        return bytes.fromhex(str(value).replace("-", ""))
    return value


def told(session: Any) -> set[Visit]:
    """The visits of the pass."""
    rows = session.sql("select run, step, entered_at, left_at, outcome from pass").collect()
    return {
        Visit(UUID(bytes=bytes(r[0])), r[1], r[2].replace(tzinfo=UTC), r[3].replace(tzinfo=UTC) if r[3] else None, r[4]) for r in rows
    }  # fmt: skip


@pytest.mark.timeout(1800)
def test_the_cluster_says_what_the_naive_interpreter_says(session: Any) -> None:
    world, end = universe(Random(11), 40), hour(150)
    lay(session, world)
    expected, found = defined(world, end), {}
    for key, journey in engines.journeys().items():
        laid = [Hand(kind, at) for kind, at in world.hands(key) if at <= end]
        SparkReplay(session, key, statements_of(key), journey.subject == "customer", laid).run(START.replace(year=2020), end)
        found[key] = told(session)
    assert not (said := differing(world, expected, found)), said


@pytest.mark.timeout(1800)
def test_a_merge_that_is_taken_back_gives_back_what_was_theirs(session: Any) -> None:
    world, end = universe(Random(12), 40), hour(150)
    before = engines.in_one_pass(world, end)
    merges = [event for event in world.events if event.name == "customer.merged" and event.known_at == hour(45)]
    assert merges
    world.events += [_taken_back(event, hour(120)) for event in merges]
    lay(session, world)
    expected, found = engines.in_one_pass(world, end), {}
    assert expected != before, "taking a merge back changes who waits for whom"
    for key, journey in engines.journeys().items():
        laid = [Hand(kind, at) for kind, at in world.hands(key) if at <= end]
        SparkReplay(session, key, statements_of(key), journey.subject == "customer", laid).run(START.replace(year=2020), end)
        found[key] = told(session)
    assert not (said := differing(world, expected, found)), said


def _taken_back(event: Happened, at: datetime) -> Happened:
    """The event that says that a merge was none."""
    id = UUID(int=event.id.int ^ (1 << 40))
    return replace(event, id=id, known_at=at, occurred_at=at, props={**event.props, "undone": True})


def statements_of(key: str) -> dict[str, str]:
    """A shape's statements; `statements` compiles the house's own vocabulary, the law has its own."""
    import ibis

    _ = statements, ibis.pyspark
    return engines.compiled("pyspark")[key]
