"""The Horizon law: any sequence of ticks gives the same visits and intents as one tick, as a backtest, as the naive interpreter."""

from __future__ import annotations

import os
from datetime import datetime
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from afterword.kit import sql

from . import engines
from .naive import Naive, Universe, Visit
from .worlds import HOURS, hour, universe

WORLDS = int(os.environ.get("LAW_WORLDS", "40"))
EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "2"))
END = hour(HOURS + 100)


def defined(world: Universe, end: datetime = END) -> dict[str, set[Visit]]:
    """What the naive interpreter says."""
    return {key: Naive(journey, world, end).visits() for key, journey in engines.journeys().items()}


def differing(world: Universe, expected: dict[str, set[Visit]], found: dict[str, set[Visit]]) -> str:
    """The first journey and run in which two answers differ, told so that a person can follow it."""
    for key in expected:
        odd = {v.run for v in expected[key] ^ found[key]}
        if odd:
            run = min(odd)
            lines = [f"{key}: {len(odd)} runs differ, for instance {run}"]
            for label, visits in (("should", expected[key]), ("does", found[key])):
                lines += [
                    f"  {label} {v.step}: {v.entered:%d %H:%M} → {v.left and v.left.strftime('%d %H:%M')} {v.outcome}"
                    for v in sorted((v for v in visits if v.run == run), key=lambda v: (v.entered, v.step))
                ]
            customer = next(e.customer for e in world.events if e.id == run)
            lines += [
                f"  {e.known_at:%d %H:%M} {e.name} {e.props} order {str(e.order)[:4]}"
                for e in sorted(world.events, key=lambda e: e.known_at)
                if e.customer == customer
            ]
            return "\n".join(lines)
    return ""


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_one_pass_on_duckdb_is_what_the_naive_interpreter_says(seed: int) -> None:
    random = Random(seed)
    world = universe(random, WORLDS)
    end = hour(random.choice((60, 110, HOURS, HOURS + 100)))
    told = differing(world, defined(world, end), engines.in_one_pass(world, end))
    assert not told, told


@pytest.mark.django_db(transaction=True)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_any_ticks_on_postgresql_are_what_the_naive_interpreter_says(seed: int) -> None:
    random = Random(seed)
    world = universe(random, WORLDS)
    # Ticks fall on the world's own instants and between them, some far apart, some an hour.
    # The end often lies in the middle of things, so that what is still waited for is compared too.
    end = hour(random.choice((60, 110, HOURS, HOURS + 100)))
    own = random.sample(sorted({e.known_at for e in world.events}), 12)
    ticks = sorted({t for t in (*own, *(hour(random.randint(0, HOURS + 90)) for _ in range(6))) if t < end} | {end})
    expected = defined(world, end)
    told = differing(world, expected, engines.in_ticks(world, ticks))
    assert not told, told
    planned = {(j, r, s, at) for j, r, s, at in sql.rows("select origin, run, step, planned_at from message_intent")}
    sends = {
        (key, v.run, v.step, v.entered)
        for key, visits in expected.items()
        for v in visits
        if v.outcome == "done" and v.step != "trigger" and engines.journeys()[key].steps[v.step].kind == "send"
    }
    assert planned == sends
