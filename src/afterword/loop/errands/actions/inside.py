"""Errands that stay in the house: a task for the team, a tag on a customer. Both can be done twice without harm."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from afterword.kit import sql
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity

from ..types import Errand, Outcome

OPEN = """
insert into errand_task (id, title, note, meant_for, store, customer_id, order_id, origin, opened_at, due_at)
select * from jsonb_to_recordset(%s::jsonb) as g (id uuid, title text, note text, meant_for text, store text, customer_id uuid,
    order_id uuid, origin text, opened_at timestamptz, due_at timestamptz)
on conflict (id) do nothing
"""


def open_tasks(errands: Sequence[Errand], now: datetime) -> list[Outcome]:
    """A line on the team's list for each."""
    rows: list[dict[str, Any]] = [
        {
            "id": e.id, "title": e.settings["title"], "note": e.settings["note"], "meant_for": e.settings["for"], "store": e.store,
            "customer_id": e.customer_id, "order_id": e.order_id, "origin": e.origin, "opened_at": e.planned_at.isoformat(),
            "due_at": (e.planned_at + timedelta(seconds=e.settings["due_in"])).isoformat() if e.settings["due_in"] else None,
        }
        for e in errands
    ]  # fmt: skip
    sql.run(OPEN, [json.dumps(rows, default=str)])
    return [Outcome(e.id, "done") for e in errands]


def close_task(id: UUID, *, by: str, at: datetime) -> bool:
    """Somebody has done it; whether it was open."""
    return bool(sql.run("update errand_task set closed_at = %s, closed_by = %s where id = %s and closed_at is null", [at, by, id]))


def reopen_task(id: UUID) -> bool:
    """It was not done after all; whether it was closed."""
    return bool(sql.run("update errand_task set closed_at = null, closed_by = '' where id = %s and closed_at is not null", [id]))


def tag(errands: Sequence[Errand], now: datetime) -> list[Outcome]:
    """Tell that each has the tag now."""
    return _tell("customer.tagged", errands, now)


def untag(errands: Sequence[Errand], now: datetime) -> list[Outcome]:
    """Tell that each has it no more."""
    return _tell("customer.untagged", errands, now)


def _tell(name: str, errands: Sequence[Errand], now: datetime) -> list[Outcome]:
    told = [
        Told(
            name, e.planned_at, "afterword", f"{e.id}:{name}", store=e.store, customer_id=e.customer_id,
            properties={"tag": e.settings["tag"], "journey": e.origin},
        )
        for e in errands
    ]  # fmt: skip
    identity.record(told, received_at=now)
    return [Outcome(e.id, "done") for e in errands]
