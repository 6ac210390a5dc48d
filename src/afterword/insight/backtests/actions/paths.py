"""Whole paths: of twenty people every stay and every message with what became of it; and of two versions, whose path differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from afterword.kernel.shapes import view_name

MOST = 20
# The same people at every look, and the same in every version: by a lot drawn from who they are.
CHOSEN = """
create or replace table chosen as
select customer_id from {who} group by 1 order by md5_number_lower(customer_id::varchar), customer_id limit {most}
"""
STAYS = """
select p.customer_id, p.run, p.order_id, coalesce(p.store, 'main') as store, p.step, p.entered_at, p.left_at, p.outcome
from pass p join chosen using (customer_id) order by p.run, p.leg, p.entered_at, list_position($steps, p.step)
"""
MESSAGES = """
select i.run, i.id, i.step, i.message, i.planned_at, i.state, i.reason, coalesce(i.went_at, i.fell_at), i.ask_at
from intent i join chosen using (customer_id) order by i.planned_at, i.step
"""
# A path is where it led and what was sent, not when; a step that has but another key there is the same step.
PATH = """
create or replace table path_{n} as
select p.run, any_value(p.customer_id) as customer_id,
    string_agg(
        coalesce(r.was, p.step) || '=' || coalesce(p.outcome, '') || coalesce(':' || i.state, ''), ' ' order by coalesce(r.was, p.step)
    ) as path
from pass p left join intent i on i.run = p.run and i.step = p.step
left join (select unnest($steps::varchar[]) as step, unnest($were::varchar[]) as was) r on r.step = p.step group by p.run
"""
DIFFERING = """
create or replace table differing as
select coalesce(a.run, b.run) as run, coalesce(a.customer_id, b.customer_id) as customer_id,
    a.run is null as only_second, b.run is null as only_first
from path_0 a full join path_1 b on a.run = b.run where a.path is distinct from b.path
"""
DIFFER = """
select count(*), count(*) filter (where only_first), count(*) filter (where only_second), count(distinct customer_id) from differing
"""


def choose(connection: Any, who: str = "pass", *, most: int = MOST) -> None:
    """The table `chosen`: some people of a table with `customer_id`."""
    connection.execute(CHOSEN.format(who=who, most=most))


def people(connection: Any, swapped: tuple[str, ...], steps: Sequence[str]) -> list[dict[str, Any]]:
    """Each of those who were chosen: their runs with every stay, every message, and the reactions that were made up."""
    made = _made_up(connection, swapped)
    told: dict[Any, list[dict[str, Any]]] = {}
    for run, id, step, message, planned, state, reason, at, ask in connection.execute(MESSAGES).fetchall():
        told.setdefault(run, []).append({
            "step": step, "message": message, "planned": _text(planned), "state": state, "reason": reason, "at": _text(at),
            "asked": _text(ask), "reactions": [[name, _text(at)] for name, at in sorted(made.get(id, []))],
        })  # fmt: skip
    found: dict[Any, dict[Any, dict[str, Any]]] = {}
    for customer, run, order, store, step, entered, left, outcome in connection.execute(STAYS, {"steps": list(steps)}).fetchall():
        runs = found.setdefault(customer, {})
        one = runs.setdefault(
            run, {"run": str(run), "order": str(order) if order else None, "store": store, "stays": [], "messages": told.get(run, [])}
        )
        one["stays"].append([step, _text(entered), _text(left), outcome])
    return [{"customer": str(customer), "runs": list(found[customer].values())} for customer in sorted(found)]


def _made_up(connection: Any, swapped: tuple[str, ...]) -> dict[Any, list[tuple[str, Any]]]:
    found: dict[Any, list[tuple[str, Any]]] = {}
    for name in swapped:
        if name in ("message.sent", "message.dropped", "message.failed"):
            continue
        text = f"select message_id, occurred_at from {view_name(name)}_assumed join chosen using (customer_id)"
        for message, at in connection.execute(text).fetchall():
            found.setdefault(message, []).append((name, at))
    return found


def keep_paths(connection: Any, n: int, renamed: Mapping[str, str] = MappingProxyType({})) -> None:
    """Keep the paths of this answer, to hold another one against them. `renamed`: a step's key here → its key in the other one."""
    connection.execute(PATH.format(n=n), {"steps": list(renamed), "were": list(renamed.values())})


def differing(connection: Any) -> dict[str, int]:
    """How many runs went another way in the second answer than in the first, and how many stand in one of them only."""
    connection.execute(DIFFERING)
    runs, first, second, people = connection.execute(DIFFER).fetchone()
    return {"runs": runs, "only_first": first, "only_second": second, "people": people}


def _text(at: Any) -> str | None:
    return at.isoformat() if at else None
