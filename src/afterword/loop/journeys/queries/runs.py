"""Runs of a journey, the latest first, a page at a time; and one run with all that became of it.

A run has the id of the event that began it, and such ids follow time: their order is the order of the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from afterword.kit import sql

from .why import Passage, passages

PAGE = 40
FIRST = UUID(int=2**128 - 1)
RUNS = """
select s.run, s.customer_id, s.order_id, s.step, s.entered_at, s.due_at, s.store, v.number as version,
       began.entered_at as began_at, last.step as last_step, last.outcome as last_outcome, coalesce(c.full_name, '') as name
from standing s join journey_version v on v.id = s.version_id
left join lateral (select entered_at from visit x where x.run = s.run and x.journey = s.journey order by x.entered_at limit 1) began on true
left join lateral (
    select step, outcome from visit x where x.run = s.run and x.journey = s.journey order by x.left_at desc, x.entered_at desc limit 1
) last on true
left join customers_customer c on c.id = s.customer_id
where s.journey = %(journey)s and s.run < %(before)s and (%(step)s = '' or s.step = %(step)s)
  and (%(stores)s::text[] is null or s.store = any(%(stores)s))
order by s.run desc limit %(most)s
"""


@dataclass(frozen=True)
class Run:
    """A line of the list: who, since when, where they stand or how it ended."""

    run: UUID
    customer_id: UUID
    order_id: UUID | None
    step: str | None
    entered_at: datetime
    due_at: datetime | None
    store: str | None
    version: int
    began_at: datetime | None
    last_step: str | None
    last_outcome: str | None
    name: str


@dataclass(frozen=True)
class Runs:
    """A page of the list, and the cursor of the next, if there is one."""

    rows: tuple[Run, ...]
    older: UUID | None


def runs(journey: str, *, before: UUID | None = None, step: str = "", stores: list[str] | None = None) -> Runs:
    """A page of a journey's runs that began before a given one; of those who stand at a step, where one is named. One statement."""
    asked = {"journey": journey, "before": before or FIRST, "step": step, "stores": stores, "most": PAGE + 1}
    found = [Run(**row) for row in sql.records(RUNS, asked)]
    return Runs(tuple(found[:PAGE]), found[PAGE - 1].run if len(found) > PAGE else None)


def passage(journey: str, run: UUID, stores: list[str] | None = None) -> tuple[Passage, dict[str, Any]] | None:
    """One run with its visits and messages, and whose it is; None where there is no such run within reach."""
    found = sql.records(
        "select s.customer_id, s.store, coalesce(c.full_name, '') as name "
        "from standing s left join customers_customer c on c.id = s.customer_id "
        "where s.journey = %s and s.run = %s and (%s::text[] is null or s.store = any(%s)) limit 1",
        [journey, run, stores, stores],
    )
    if not found:
        return None
    ran = next((one for one in passages(found[0]["customer_id"], journey) if one.run == run), None)
    return (ran, found[0]) if ran else None
