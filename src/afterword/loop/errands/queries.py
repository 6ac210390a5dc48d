"""Reads: what waits, what died, what the team has to do, whom we call."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from afterword.kit import sql

PAGE = 50
DEAD = """
select e.id, e.kind, e.settings, e.origin, e.step, e.customer_id, e.order_id, e.store, e.planned_at, e.attempts, e.said,
       coalesce(c.full_name, '') as customer from errand e left join customers_customer c on c.id = e.customer_id
where e.state = 'dead' and (%(stores)s::text[] is null or e.store = any(%(stores)s)) order by e.planned_at desc limit %(most)s
"""
TASKS = """
select t.*, coalesce(c.full_name, '') as customer, o.number from errand_task t
left join customers_customer c on c.id = t.customer_id left join orders_order o on o.id = t.order_id
where (t.closed_at is null) = %(open)s and (%(stores)s::text[] is null or t.store = any(%(stores)s))
order by case when t.closed_at is null then coalesce(t.due_at, t.opened_at + interval '100 years') end, t.opened_at desc limit %(most)s
"""


def dead(stores: list[str] | None = None, *, most: int = PAGE) -> list[dict[str, Any]]:
    """Errands that were given up, the latest first: to be looked at, and taken up again."""
    return sql.records(DEAD, {"stores": stores, "most": most})


def tasks(stores: list[str] | None = None, *, still_open: bool = True, most: int = 200) -> list[dict[str, Any]]:
    """What the team has to do, the most urgent first; or what it has done."""
    return sql.records(TASKS, {"stores": stores, "open": still_open, "most": most})


def endpoints() -> list[dict[str, Any]]:
    """Whom we call, without the secrets."""
    return sql.records(
        "select key, url, made_at, closed_at, closed_why, former_secret is not null as two_secrets from errand_endpoint order by key"
    )


def errands_of(run: UUID) -> list[dict[str, Any]]:
    """The errands of one run."""
    return sql.records("select id, kind, settings, step, state, said, planned_at, done_at, attempts from errand where run = %s", [run])


def counts(stores: list[str] | None = None) -> dict[str, int]:
    """How many tasks are open, and how many errands are dead."""
    row = sql.records(
        "select (select count(*) from errand_task where closed_at is null and (%(s)s::text[] is null or store = any(%(s)s))) as tasks, "
        "(select count(*) from errand where state = 'dead' and (%(s)s::text[] is null or store = any(%(s)s))) as dead",
        {"s": stores},
    )[0]
    return {"tasks": int(row["tasks"]), "dead": int(row["dead"])}


def next_due(now: datetime) -> datetime | None:
    """When the next errand is due. Uses errand_due."""
    due: datetime | None = sql.value("select min(next_at) from errand where next_at > %s", [now])
    return due
