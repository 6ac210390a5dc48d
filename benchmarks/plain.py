"""The other rival: the naive interpreter that the laws are held against, one run after another, in worlds as small as suit it best.

It keeps all in memory, writes nothing down and looks only at the events of a hundred customers at a time, so what it is compared
with is generous to it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from .ground import ROOT, timed

sys.path.insert(0, str(ROOT))

WORLD, WORLDS = 100, 5  # customers in a world, worlds
NAMES = UUID(int=0)
FAR = timedelta(days=36500)


def visits_a_second(document: str, shares: Sequence[tuple[str, float, timedelta]], at: datetime, horizon: datetime) -> float:
    """How many visits of a journey the interpreter makes in a second.

    Args:
        document: the journey, as YAML.
        shares: events as (name, for what share of the orders, how long after the order).
        at: when the first order was placed.
        horizon: up to when the runs are walked.
    """
    from tests.laws.naive import Naive

    from afterword.loop.events import door as events
    from afterword.loop.journeys.rules.document import read
    from afterword.loop.journeys.rules.yaml import loaded

    journey, made = read(loaded(document), events.vocabulary), 0
    worlds = [_world(n, shares, at) for n in range(WORLDS)]

    def walk() -> None:
        nonlocal made
        made = sum(len(Naive(journey, world, horizon).visits()) for world in worlds)

    took = timed(walk)
    return made / took


def customers_a_second(condition: str, shares: Sequence[tuple[str, float, timedelta]], at: datetime, moment: datetime) -> float:
    """Of how many customers the interpreter says in a second whether a condition is true of them."""
    from tests.laws.naive import Naive

    from afterword.loop.conditions.door import Scope, parse
    from afterword.loop.events import door as events

    node = parse(condition, Scope(events.vocabulary))
    worlds = [_world(n, shares, at) for n in range(WORLDS)]

    def ask() -> None:
        for world in worlds:
            naive = Naive.__new__(Naive)
            naive.universe, naive.horizon, naive.events = world, moment, world.events
            for start in {e.customer: e for e in world.events}.values():
                naive.true(node, moment, start)

    return WORLD * WORLDS / timed(ask)


def _world(n: int, shares: Sequence[tuple[str, float, timedelta]], at: datetime) -> Any:
    from tests.laws.naive import Happened, Universe

    told, orders, customers = [], {}, {}
    for c in range(WORLD):
        customer, order = uuid5(NAMES, f"c{n}-{c}"), uuid5(NAMES, f"o{n}-{c}")
        for name, share, after in shares:
            if c < share * WORLD:
                for k in range(max(1, int(share))):
                    moment = at + after + timedelta(seconds=c, minutes=k)
                    told.append(Happened(uuid5(NAMES, f"{name}{n}-{c}-{k}"), name, moment, moment, customer, order, c, c))
        orders[order] = [(at, at + FAR, {"total_base_minor": 4200, "status": "placed"})]
        customers[customer] = [(at, at + FAR, {"country": "RO", "zone": "UTC"})]
    return Universe(sorted(told, key=lambda e: e.known_at), orders, customers, {})
