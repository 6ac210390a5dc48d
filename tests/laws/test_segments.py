"""The law of segments: however often membership is followed, it is what asking everybody gives, at every instant there ever was."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from functools import cache
from random import Random
from types import ModuleType
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from afterword.kit import sql
from afterword.loop.conditions.door import World
from afterword.loop.conditions.rules import turns as turning
from afterword.loop.conditions.tables import ask as asking
from afterword.loop.conditions.types import Node
from afterword.loop.segments.actions import fill, follow
from afterword.loop.segments.actions.compile import _statement
from afterword.loop.segments.models import Revision, Segment
from afterword.loop.segments.rules.condition import reads, understood
from afterword.loop.segments.tables import _present, everybody, some

from . import engines
from .naive import Happened, Naive, Universe
from .shapes import VOCABULARY
from .test_mutants import mutated
from .worlds import FAR, HOURS, START, hour, universe

WORLDS = int(os.environ.get("LAW_WORLDS", "30"))
EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "2"))
MICROSECOND = timedelta(microseconds=1)
CONDITIONS = {
    "known": 'customer.country in ("RO", "MD")',
    "nobody_else": "not has(customer.country)",
    "young": 'customer.created_at.age < "40h"',
    "grown": 'customer.created_at.age >= "25h"',
    "ever": "ever(order.placed) and not ever(order.cancelled)",
    "lately": 'ever(page.viewed, last="7h")',
    "often": 'count(order.placed, last="30h") >= 2',
    "once": 'count(survey.answered, last="25h", where=score <= 6) == 1',
    "spent": 'sum(order.placed, "total_minor", last="50h") >= 80',
    "mean": 'avg(order.placed, "total_minor", last="60h") / 2 > 15',
    "best": 'max(survey.answered, "score", last="40h") >= 8 or min(survey.answered, "score") < 2',
    "last_word": 'last(survey.answered, last="45h").word == "good"',
    "first_word": 'first(survey.answered).score > 4 and first(survey.answered, last="20h").word != "bad"',
    "quiet": 'last(order.placed).age > "20h" and last(order.placed).age <= "60h"',
    "at_least": 'last(page.viewed, last="90h").age >= "11h"',
    "in_order": "last(order.delivered).at > last(order.placed).at",
    "gift": "last(order.placed).gift and has(last(order.placed).gift)",
    "more_here": 'count(order.placed, last="30h") > count(page.viewed, last="60h")',
    "nested": 'in_segment("often") or not in_segment("quiet")',
    "sometimes": '"5h" <= last(survey.answered).age < "30h"',
}


@cache
def nodes() -> dict[str, Node]:
    return {key: understood(text, VOCABULARY, CONDITIONS, key=key) for key, text in CONDITIONS.items()}


@cache
def compiled() -> dict[str, tuple[str, str]]:
    """Each condition for everybody, and for some."""
    world = World(VOCABULARY)
    return {key: (_statement(everybody(node, world)), _statement(some(node, world))) for key, node in nodes().items()}


def lay(made: Universe, texts: dict[str, tuple[str, str]]) -> dict[str, int]:
    """The world, a log that also tells when something was learned of a customer, and the segments, empty."""
    engines._lay_world(made)
    rows = [("customer.updated", customer, row[0]) for customer, history in made.customers.items() for row in history]
    sql.copy_rows("law_all.event", ("name", "customer_id", "known_at"), rows)
    sql.run("create table law.identity_as_of (customer_id uuid, survivor_id uuid, known_from timestamptz, known_to timestamptz)")
    columns = ("customer_id", "survivor_id", "known_from", "known_to")
    sql.copy_rows("law.identity_as_of", columns, [(m.loser, m.survivor, m.at, FAR) for m in made.merges])
    sql.run("truncate segment, segment_revision, segment_membership, segment_look_again, segment_moved cascade")
    early, keys = START - timedelta(days=400), {}
    for key, (whole, part) in texts.items():
        segment = Segment.objects.create(key=key, name=key, asked_until=early, created_at=early, changed_at=early)
        segment.live = Revision.objects.create(
            segment=segment, number=1, text=CONDITIONS[key], pins={}, reads=list(reads(nodes()[key])), everybody=whole, some=part, parts="",
            spoken=[], at=early,
        )  # fmt: skip
        segment.save()
        keys[key] = segment.pk
    return keys


def defined(made: Universe, key: str, moments: list[datetime]) -> dict[datetime, set[UUID]]:
    """Who is in a segment at each of these moments, asked one by one."""
    found: dict[datetime, set[UUID]] = {at: set() for at in moments}
    for customer, history in made.customers.items():
        merges = [m for m in made.merges if customer in (m.loser, m.survivor)]
        people = {customer, *(m.loser for m in merges)}
        own = Universe([e for e in made.events if e.customer in people], {}, made.customers, {}, merges)
        naive = Naive(next(iter(engines.journeys().values())), own, max(moments))
        nobody = UUID(int=0)
        asker = Happened(nobody, "", START, START, customer, nobody, 0, 0)
        gone = min((m.at for m in merges if m.loser == customer), default=FAR)
        for at in moments:
            if at < gone and any(low <= at < high for low, high, _ in history) and naive.true(nodes()[key], at, asker):
                found[at].add(customer)
    return found


def differing(random: Random, texts: dict[str, tuple[str, str]] | None = None, module: ModuleType = follow) -> str:
    """Follow a random world by random steps; where the answer differs from the defined one, in words."""
    made, texts = universe(random, WORLDS), texts or compiled()
    keys = lay(made, texts)
    own = random.sample(sorted({e.known_at for e in made.events}), 8)
    ends = sorted({*own, *(hour(random.randint(0, HOURS + 90)) for _ in range(8)), hour(HOURS + 100)})
    steps = [at + random.choice((timedelta(), timedelta(), MICROSECOND, timedelta(minutes=7))) for at in ends]
    asked = sorted({*steps, *(hour(random.randint(-2, HOURS + 90)) + random.choice((-1, 0, 0, 1)) * MICROSECOND for _ in range(40))})
    expected = {key: defined(made, key, asked) for key in keys}
    for at in steps:
        sql.run("select set_config('law.now', %s, false)", [at.isoformat()])
        module.follow(at)
        for key, id in keys.items():
            now = members(id)
            if now != expected[key][at]:
                return f"{key} at {at}: should be {len(expected[key][at])}, followed {len(now)}: {now ^ expected[key][at]}"
            with transaction.atomic(), fill.found(texts[key][0], at, seconds=60):
                whole = {row[0] for row in sql.rows("select customer_id from segment_found where inside")}
            if whole != now:
                return f"{key} at {at}: everybody asked gives {len(whole)}, followed {len(now)}"
    for key, id in keys.items():
        for at in asked:
            then = {row[0] for row in sql.rows(MEMBERS_AT, [id, at, at])}
            if then != expected[key][at]:
                return f"{key} as it was at {at}: {then ^ expected[key][at]}"
    return ""


MEMBERS_AT = "select customer_id from segment_membership where segment_id = %s and known_from <= %s and %s < known_to"


def members(segment: int) -> set[UUID]:
    return {row[0] for row in sql.rows(MEMBERS_AT, [segment, START.replace(year=9000), START.replace(year=9000)])}


@pytest.mark.django_db(transaction=True)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_membership_is_what_asking_everybody_gives_at_every_instant(seed: int) -> None:
    told = differing(Random(seed))
    assert not told, told


MUTANTS: dict[str, tuple[ModuleType, str, str]] = {
    "nobody is asked again when time has gone by": (follow, "where due_at <= %(until)s and segment_id", "where false and segment_id"),
    "who may turn once more is left for the next pass": (follow, "where x.again <= %(until)s and not", "where false and not"),
    "only the last event of a pass is asked about": (follow, "t.customer_id, t.known_at from", "t.customer_id, %(until)s from"),
    "what is learned of a customer wakes nobody": (follow, "unnest(%(people)s::text[])", "unnest(%(people)s::text[]) where false"),
}  # fmt: skip
DEAF: dict[str, tuple[ModuleType, str, str]] = {
    "windows never empty": (turning, "one.last is not None", "False"),
    "ages never pass": (turning, "isinstance(age, Age)", "False"),
    "what holds up to its end holds for ever": (asking, "(later > at, later)", "(later > at, ibis.null(INSTANT))"),
}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", MUTANTS)
def test_the_law_catches_who_follows_badly(name: str) -> None:
    module, phrase, other = MUTANTS[name]
    mutant = mutated(module, phrase, other)
    assert any(differing(Random(seed), module=mutant) for seed in range(4)), "no world tells this mutant from the real thing"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", DEAF)
def test_the_law_catches_who_does_not_look_again(name: str) -> None:
    module, phrase, other = DEAF[name]
    mutant = mutated(module, phrase, other)
    world, texts = World(VOCABULARY), {}
    for key in ("often", "quiet", "young", "lately"):
        node = nodes()[key]
        turned = mutant.turns(node) if module is turning else turning.turns(node)
        ask = mutant.ask if module is asking else asking.ask
        part = ask(_present(), {"inside": node}, world, moment="moment", each=("customer_id", "moment"), turns={"again": turned})
        texts[key] = (compiled()[key][0], _statement(part))
    assert any(differing(Random(seed), texts) for seed in range(4)), "no world tells this mutant from the real thing"
