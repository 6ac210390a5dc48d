"""The law catches what it must: each mutant breaks one rule on purpose, and some world tells it from the real thing.

A mutant is the product's own source with one phrase replaced. Where the phrase is gone the test fails too, so this list
cannot outlive the code.
"""

from __future__ import annotations

import inspect
import sys
from random import Random
from types import ModuleType

import ibis
import pytest

from afterword.loop.conditions.door import World
from afterword.loop.journeys.actions import tick as live
from afterword.loop.journeys.tables import compose as composer

from . import engines
from .shapes import VOCABULARY
from .test_horizon import END, defined, differing
from .worlds import hour, universe

IN_ONE_PASS = {
    "a visit also hears what was known when it began": (
        "mine & (told.known_at > rows.entered_at)",
        "mine & (told.known_at >= rows.entered_at)",
    ),
    "the window is open at its end": (
        "told.known_at <= ibis.least(ibis.greatest(rows.due_at, rows.free_at), until())",
        "told.known_at < ibis.least(ibis.greatest(rows.due_at, rows.free_at), until())",
    ),
    "an event beats an exit known at the same instant": (
        "(exit_at <= ibis.coalesce(at, exit_at))",
        "(exit_at < ibis.coalesce(at, later(exit_at, 1)))",
    ),
    "nobody is kept from entering twice": ('return rows.filter(rows.place == 0).drop("place")', 'return rows.drop("place")'),
    "the event that brought a run here counts as look-back": ("& ~rows.by_event)", ")"),
    "a date is read as it was on arrival": (
        "history.known_to > rows.entered_at",
        "history.known_from <= rows.entered_at, history.known_to > rows.entered_at",
    ),
    "whoever goes on as another may have left before": (
        "ibis.ifelse(decision.at < heard.free_at, heard.free_at, decision.at)",
        "decision.at",
    ),
    "all exits are deaf": ("exits = (*journey.exit_on, *_drops(journey))", "exits = ()"),
}
IN_TICKS = {
    "an event wakes nobody": ("and e.known_at <= %(until)s)\n", "and e.known_at <= %(until)s and false)\n"),
    "whoever is due exactly now is left for later": (
        "step is not null and due_at <= %(until)s\nunion",
        "step is not null and due_at < %(until)s\nunion",
    ),
    "the next stay begins with the tick": (
        "case when left_at is null then entered_at else left_at end,",
        "case when left_at is null then until() else left_at end,",
    ),
    "who has ended is forgotten": ("or (outcome is not null and next_step is null)", "or false"),
    "a merge leaves runs with whom they were": ("    sql.run(MERGED,", "    (lambda *_: None)(MERGED,"),
    "a pass goes on beyond a merge": ("min(edge or until, merge or until)", "min(edge or until, until)"),
    "how a run came here is forgotten": (
        "case when left_at is null then by_event else next_by_event end",
        "coalesce(next_by_event, by_event)",
    ),
}


def mutated(module: ModuleType, phrase: str, other: str) -> ModuleType:
    """A module with one phrase replaced, as a module of its own."""
    source = inspect.getsource(module)
    plain = " ".join(source.split())
    assert phrase in source, f"the phrase of this mutant is no longer in {module.__name__}: {phrase!r} {plain[:0]}"
    made = ModuleType(module.__name__)
    made.__package__ = module.__package__
    made.__file__ = module.__file__
    kept = sys.modules[module.__name__]
    try:
        sys.modules[module.__name__] = made
        exec(compile(source.replace(phrase, other), str(module.__file__), "exec"), made.__dict__)
    finally:
        sys.modules[module.__name__] = kept
    return made


@pytest.mark.slow
@pytest.mark.parametrize("name", IN_ONE_PASS)
def test_the_law_catches_in_one_pass(name: str) -> None:
    mutant = mutated(composer, *IN_ONE_PASS[name])
    world = World(VOCABULARY)
    texts = {
        key: {step: str(ibis.to_sql(expr, dialect="duckdb")) for step, expr in mutant.compose(journey, world).items()}
        for key, journey in engines.journeys().items()
    }
    for seed in range(4):
        made = universe(Random(seed), 80)
        if differing(made, defined(made), engines.in_one_pass(made, END, texts)):
            return
    pytest.fail("no world tells this mutant from the real thing")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", IN_TICKS)
def test_the_law_catches_in_ticks(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant = mutated(live, *IN_TICKS[name])
    with monkeypatch.context() as patch:
        patch.setattr(live, "tick", mutant.tick)
        for seed in range(4):
            random = Random(seed)
            made = universe(random, 80)
            # The end lies in the middle of things, at an instant when much is due and much is still waited for.
            end = hour(110)
            ticks = sorted({hour(random.randint(0, 109)) for _ in range(14)} | {end})
            try:
                if differing(made, defined(made, end), engines.in_ticks(made, ticks)):
                    return
            except AssertionError:
                return  # a visit stands twice in the history
    pytest.fail("no world tells this mutant from the real thing")
