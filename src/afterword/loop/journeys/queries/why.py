"""Why: what a customer's runs did, and what became of each message, from what is stored of that very moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from afterword.kit import sql

RUNS = """
select s.journey, s.run, s.leg, s.version_id, v.number, s.step, s.entered_at, s.due_at, s.order_id,
       (select min(x.entered_at) from visit x where x.run = s.run and x.journey = s.journey) as began_at
from standing s join journey_version v on v.id = s.version_id
where s.customer_id = %s and (%s = '' or s.journey = %s) order by began_at desc
"""
VISITS = "select journey, run, step, entered_at, left_at, outcome from visit where run = any(%s) order by entered_at, left_at"
INTENTS = """
select id, origin, run, step, message, category, state, reason, planned_at, judged_at, sent_at, ask_at, useful_until,
       store, checks
from message_intent where run = any(%s) order by planned_at
"""


@dataclass(frozen=True)
class Passage:
    """A run with its visits and its messages."""

    journey: str
    run: UUID
    version: int
    order_id: UUID | None
    began_at: datetime
    stands_at: str | None
    due_at: datetime | None
    visits: tuple[dict[str, Any], ...]
    messages: tuple[dict[str, Any], ...]


def passages(customer_id: UUID, journey: str = "") -> list[Passage]:
    """Every run of a customer, or those of one journey, the newest first. Three statements, however many runs there are."""
    runs = sql.records(RUNS, [customer_id, journey, journey])
    ids = [r["run"] for r in runs]
    visits = sql.records(VISITS, [ids]) if ids else []
    intents = sql.records(INTENTS, [ids]) if ids else []
    return [
        Passage(
            r["journey"], r["run"], r["number"], r["order_id"], r["began_at"], r["step"], r["due_at"],
            tuple(v for v in visits if (v["run"], v["journey"]) == (r["run"], r["journey"])),
            tuple(i for i in intents if (i["run"], i["origin"]) == (r["run"], r["journey"])),
        )
        for r in runs
    ]  # fmt: skip
