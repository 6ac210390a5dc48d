"""The other driver, as small as the live one: the same steps bound to DuckDB, one pass, the horizon at the end.

What somebody did to runs in between (a merge made their customer another) falls between two passes, as it does live; the law
that passes may be cut anywhere makes that the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.types import TRIGGER

TYPES = {"string": "varchar", "int32": "integer", "int64": "bigint", "timestamp('UTC')": "timestamptz"}
ALL = ", ".join(journeys.COLUMNS)
LAID = ", ".join(f"{n} {TYPES.get(k, k)}" for n, k in journeys.PASS.items())
# Every run stands somewhere: where it waits, or where it ended. Who waits is looked at again in the next pass.
STAND = f"""
insert into standing (journey, {ALL})
select ?, {ALL} from pass where left_at is null or (outcome is not null and next_step is null)
"""
AGAIN = f"""
insert into pass ({ALL}) select {ALL.split(", left_at")[0]}, entered_at, null, step, by_event from standing where left_at is null
"""
MERGED = """
update standing s set customer_id = m.to_customer, customer_dice = m.to_dice, free_at = m.known_at,
    subject_id = case when $about_customers then m.to_customer else s.subject_id end,
    dice = case when $about_customers then m.to_dice else s.dice end
from (
    select g.known_at, s.run, case when coalesce(g.undone, false) then g.loser else g.customer_id end as to_customer,
           case when coalesce(g.undone, false) then e.customer_dice else g.customer_dice end as to_dice
    from event_customer_merged g
    join standing s on s.customer_id = case when coalesce(g.undone, false) then g.customer_id else g.loser end
    left join event_any e on e.id = s.run
    where g.known_at = $at and (not coalesce(g.undone, false) or e.customer_id = g.loser)
) m where s.run = m.run
"""
Progress = Callable[[str, int], None]


def replay(
    connection: Any, journey: str, statements: Mapping[str, str], *, since: datetime, until: datetime, about_customers: bool = False,
    progress: Progress | None = None,
) -> int:  # fmt: skip
    """Move every run that enters in `(since, until]` to the horizon; how many visits the table `pass` holds afterwards.

    Args:
        connection: a DuckDB connection on which the world's tables (typed events, histories, clocks) can be seen.
        journey: the journey's key.
        statements: step → statement for DuckDB, in order, the trigger first.
        about_customers: whether the subject of a run is its customer.
        progress: told of each step and the rows it added.
    """
    connection.execute(f"create or replace table pass ({LAID})")
    connection.execute("create or replace table standing as select ''::varchar as journey, * from pass where false")
    edges = [since, *_merges(connection, since, until), until]
    parts = [*pairwise(edges)]
    for low, high in parts:
        bind(connection, low, high)
        _pass(connection, statements, progress)
        if len(parts) > 1:
            _keep(connection, journey, high, about_customers, last=high == until)
    return int(connection.execute("select count(*) from pass").fetchone()[0])


def _merges(connection: Any, since: datetime, until: datetime) -> list[datetime]:
    """When customers became others in between."""
    found = connection.execute(
        "select distinct known_at from event_customer_merged where known_at > ? and known_at < ? order by 1", [since, until]
    ).fetchall()
    return [at for (at,) in found]


def _pass(connection: Any, statements: Mapping[str, str], progress: Progress | None) -> None:
    """One pass, from what already lies in `pass`."""
    waiting = {TRIGGER, *(row[0] for row in connection.execute("select distinct next_step from pass").fetchall())}
    for step, text in statements.items():
        if step not in waiting:
            continue
        added = connection.execute(f"insert into pass ({ALL}) {text}").fetchone()[0]
        if added:
            waiting |= {row[0] for row in connection.execute("select distinct next_step from pass where step = ?", [step]).fetchall()}
        if progress:
            progress(step, added)


def _keep(connection: Any, journey: str, at: datetime, about_customers: bool, *, last: bool) -> None:
    """Put the visits that are over aside, lay hands on the rest, and lay it before the next pass; at the end, all of it."""
    connection.execute("create table if not exists over as select * from pass where false")
    connection.execute(f"insert into over ({ALL}) select {ALL} from pass where outcome is not null")
    if last:
        connection.execute("delete from pass where left_at is not null")
        connection.execute(f"insert into pass ({ALL}) select {ALL} from over")
        connection.execute("drop table over")
        return
    connection.execute("delete from standing where left_at is null")
    connection.execute(STAND, [journey])
    connection.execute(MERGED, {"at": at, "about_customers": about_customers})
    connection.execute("delete from pass")
    connection.execute(AGAIN)


def bind(connection: Any, since: datetime, until: datetime) -> None:
    """Fix the two bounds of the pass."""
    for name, at in (("since", since), ("until", until)):
        connection.execute(f"create or replace macro {name}() as '{at.isoformat()}'::timestamptz")
