"""Nightly: journeys that nobody drew. Random graphs of random steps, held to the naive interpreter on DuckDB."""

from __future__ import annotations

import os
from random import Random
from typing import Any

import ibis
import pytest

from afterword.loop.conditions.door import World
from afterword.loop.journeys.rules.document import read
from afterword.loop.journeys.tables.compose import compose

from . import engines
from .naive import Naive
from .shapes import VOCABULARY
from .worlds import HOURS, hour, universe

JOURNEYS = int(os.environ.get("LAW_JOURNEYS", "60"))
CONDITIONS = (
    "count(order.placed) >= 2", "order.total > 20", "ever(survey.answered, where=score <= 4)", 'customer.country in ("RO", "TH")',
    'last(survey.answered).age < "40h"', "event.total_minor > 30", 'not ever(order.delivered, same="order")',
)  # fmt: skip
EVENTS = ("survey.answered", "page.viewed", "order.delivered", "order.cancelled")


def drawn(random: Random, n: int) -> dict[str, Any]:
    """A journey of two to seven steps whose ways lead forward to any later step, or end."""
    names = "abcdefg"[: random.randint(2, 7)]
    steps = []
    for i, name in enumerate(names):
        later = [*names[i + 1 :], "end"]
        kind, outcomes = _step(random)
        # Every step is reached: the first way out leads to the next one.
        then = {o: (later[0] if k == 0 else random.choice(later)) for k, o in enumerate(outcomes)}
        steps.append({"id": name, **kind, "then": then})
    document: dict[str, Any] = {
        "journey": f"r{n}", "subject": "order", "steps": steps,
        "trigger": {"event": "order.placed", "reentry": random.choice(("once", "every", "once_per_customer"))},
    }  # fmt: skip
    if random.random() < 0.5:
        document["exit_on"] = random.sample(EVENTS, random.randint(1, 2))
    return document


def _step(random: Random) -> tuple[dict[str, Any], tuple[str, ...]]:
    length = f"{random.choice((0, 1, 3, 8, 20, 45))}h"
    return random.choice((
        ({"wait": length}, ("done",)),
        ({"wait": {"for": length, "at": random.choice(("09:00", "18:00", "mon-fri 09:00"))}}, ("done",)),
        ({"wait": {"until": f"order.{random.choice(('delivered_at', 'promised_to'))} + {length}", "limit": "60h"}}, ("done", "timed_out")),
        ({"wait_for": {"event": random.choice(EVENTS), "within": "30h", "look_back": length}}, ("happened", "timed_out")),
        ({"branch": {"x": random.choice(CONDITIONS), "y": random.choice(CONDITIONS)}}, ("x", "y", "otherwise")),
        ({"split": {"l": 1, "r": random.randint(1, 4)}}, ("l", "r")),
        ({"holdout": "20%"}, ("in", "held_out")),
        ({"send": "hello"}, ("done",)),
    ))  # fmt: skip


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(5))
def test_a_journey_that_nobody_drew_runs_as_the_naive_interpreter_says(seed: int) -> None:
    random = Random(seed)
    world, end = universe(random, 120), hour(random.choice((90, HOURS + 100)))
    journeys = [read(drawn(random, n), VOCABULARY) for n in range(JOURNEYS // 5)]
    texts = {
        j.key: {step: str(ibis.to_sql(expr, dialect="duckdb")) for step, expr in compose(j, World(VOCABULARY)).items()} for j in journeys
    }
    found = engines.in_one_pass(world, end, texts)
    for journey in journeys:
        assert found[journey.key] == Naive(journey, world, end).visits(), journey
