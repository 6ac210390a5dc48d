"""How PostgreSQL goes about a step whose visits it did not expect: statistics of a pass are made once, at its start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from afterword.kit import clock, sql
from afterword.loop.journeys import door
from afterword.loop.journeys.actions.tick import _bind

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MANY = """
insert into pass (run, leg, subject_id, order_id, customer_id, store, dice, customer_dice, step, entered_at, due_at, by_event, stored,
                  left_at, outcome, next_step, next_by_event)
select gen_random_uuid(), 0, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'main', n, n, 'elsewhere', now(), now(), false, true,
       now(), 'done', 'elsewhere too', false
from generate_series(1, 20000) n
"""


def parts(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node of a plan and all below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from parts(below)


def reads_visits(plan: dict[str, Any]) -> bool:
    return any(node.get("Relation Name") == "pass" for node in parts(plan))


def loops_over_visits(plan: dict[str, Any]) -> list[str]:
    """The loops of a plan that read the visits of a pass once for each of its visits: where there are many they take for ever."""
    loops = [node for node in parts(plan) if node["Node Type"] == "Nested Loop"]
    return [node["Join Type"] for node in loops if all(map(reads_visits, node["Plans"]))]


def test_no_step_reads_its_visits_once_for_each_of_them() -> None:
    at = clock.real_now()
    versions = [door.publish(door.take(entry.key, at=at).key, at=at) for entry in door.gallery() if not entry.here]
    _bind(at, at)
    sql.run(MANY)
    sql.run("analyze pass")
    for version in versions:
        for step, statement in version.statements:
            plan = sql.value(f"explain (format json) {statement}")[0]["Plan"]
            assert not loops_over_visits(plan), f"{version.journey.key}, {step}"
