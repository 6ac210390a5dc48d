"""Whether the guard said what it would say: every verdict of the last days asked again at the moment that is stored with it.

The guard is the same expression; the world is the log as it was known at that moment. What had gone to a person by then, and who
was asked about together, is taken as it is stored, so one verdict that differs does not make others differ.

Left out: what somebody had sent anyway; what was said of people before they turned out to be one with others, since the intents of
both have become the survivor's; and what the caps or another message decided while a rival waited of whom only a later verdict is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pyarrow as pa

from afterword.kit import clock, sql
from afterword.loop.messages import door as messages
from afterword.loop.messages.types import INTENT, RULES

from ..types import DifferingVerdict
from .guard import LAY_WAYS

ARROW = {"uuid": pa.string(), "string": pa.string(), "int64": pa.int64(), "timestamp('UTC')": pa.timestamp("us", "UTC")}
DUCK = {"string": "varchar", "int64": "bigint", "timestamp('UTC')": "timestamptz"}
LONGEST_BUCKET = timedelta(days=8)  # a local week, wherever it begins
MOST_TOLD = 10
# With each verdict: its moment, when it was asked and in which batch, and what became of it.
SAID_TYPES = INTENT | {
    "version_id": "int64", "step": "string", "person_id": "uuid", "asked_at": "timestamp('UTC')", "batch": "int64",
    "outcome": "string", "reason": "string", "guard": "string", "anyway": "int64", "went_at": "timestamp('UTC')",
}  # fmt: skip
SAID = """
select id, run, customer_id, order_id, store, message,
       case when tried = '{}' then coalesce(nullif(asked_channel, ''), channel)
            when asked_channel = 'auto' then (select string_agg(w.channel, ',' order by w.rank) from message_way w
                                              where w.store = message_intent.store and not w.channel = any(tried) and w.message = case
                                                  when exists (select 1 from message_way c where c.store = message_intent.store
                                                               and c.message = message_intent.message)
                                                  then message_intent.message else '' end)
            else (select string_agg(c, ',' order by n) from unnest(string_to_array(asked_channel, ',')) with ordinality one (c, n)
                  where not c = any(tried)) end as channel, category, priority, planned_at, useful_until, judged_at as moment,
       ended_at, version_id, step, person_id, coalesce((checks ->> 'asked_at')::timestamptz, judged_at) as asked_at,
       coalesce((checks ->> 'batch')::int, 0) as batch,
       case when released_at is not null then 'go' when state = 'dropped' then 'drop' else 'hold' end as outcome,
       case when released_at is null then reason else '' end as reason,
       coalesce(checks ->> 'guard', '') as guard, (override_reason <> '')::int as anyway, released_at as went_at
from message_intent where judged_at > %(since)s and judged_at <= %(until)s and (judged_at > %(asked)s or released_at is not null)
"""
CLOSED_TYPES = {
    "customer_id": "uuid", "channel": "string", "reason": "string", "since": "timestamp('UTC')", "lifted_at": "timestamp('UTC')",
}  # fmt: skip
CLOSED = """
select c.id as customer_id, s.channel, s.reason, s.since, s.lifted_at from consent_suppression s
join customers_customer c on s.address_mark = address_mark(case when s.channel = 'email' then c.email else c.phone end)
"""
# A store's rules as they were before the next change that the audit tells of.
CHANGES = "select distinct at from accounts_audit where what in ('store changed', 'store left behind') and at > %s and at <= %s order by 1"
RULED = """
select s.store, coalesce(a.before ->> 'zone', s.zone) as zone,
       case when a.before is null then s.quiet_from else left(a.before ->> 'quiet_from', 5) end as quiet_from,
       case when a.before is null then s.quiet_until else left(a.before ->> 'quiet_until', 5) end as quiet_until,
       case when a.before is null then s.day_cap else coalesce((a.before -> 'brand' ->> 'day_cap')::bigint, 2) end as day_cap,
       case when a.before is null then s.week_cap else coalesce((a.before -> 'brand' ->> 'week_cap')::bigint, 4) end as week_cap
from store_rule s left join lateral (
    select before from accounts_audit where what in ('store changed', 'store left behind') and subject = s.store
      and before is not null and at > %s order by at, id limit 1
) a on true
"""
# Each person's verdicts in the order in which they were given: one round asks everybody's next.
ROUNDS = """
create or replace table asked_again as
select s.*, dense_rank() over (partition by s.customer_id order by s.asked_at, s.batch) as round, m.merged_at,
       exists (select 1 from verdict_given r where r.customer_id = s.customer_id and r.planned_at <= s.moment and r.asked_at > s.asked_at)
       as contested
from verdict_given s left join (
    select who, max(known_at) as merged_at from (
        select customer_id as who, known_at from event_customer_merged
        union all select loser::uuid, known_at from event_customer_merged
    ) group by 1
) m on m.who = s.customer_id
where s.moment > $since
"""
WENT = """
create or replace table went as
with present as (
    select distinct customer_id, asked_at, batch from asked_again where round = $round and moment > $after and moment <= $before
)
select r.person_id as customer_id, r.went_at from verdict_given r join present p on p.customer_id = r.person_id
left join (select message_id, min(occurred_at) as failed_at from event_message_failed group by 1) f on f.message_id = r.id
where r.went_at is not null and r.category <> 'transactional' and (r.asked_at, r.batch) < (p.asked_at, p.batch)
  and (f.failed_at is null or f.failed_at >= p.asked_at)
"""
SHUT = """
create or replace table suppressed as
select c.customer_id, c.channel, c.reason, c.since from closed_given c join asked_again a using (customer_id)
where a.round = $round and (c.lifted_at is null or c.lifted_at > a.moment) group by all
"""
HELD_AGAINST = """
insert into otherwise select a.version_id, a.id, a.run, a.step, a.message, a.moment, a.outcome, a.reason, s.outcome, s.reason,
       a.contested and (a.guard in ('caps', 'arbitration') or s.guard in ('caps', 'arbitration'))
from asked_again a join said s using (id)
where a.round = $round and a.anyway = 0 and (a.merged_at is null or a.merged_at < a.moment)
  and (a.outcome <> s.outcome or a.reason <> s.reason)
"""


@dataclass
class Again:
    """Of one version: how many verdicts were asked again, how many were left out, how many differ, and the first of them."""

    asked: int = 0
    left_out: int = 0
    differing: int = 0
    first: tuple[DifferingVerdict, ...] = ()


def ask_again(connection: Any, since: datetime, until: datetime, progress: Callable[[str], None] | None = None) -> dict[int, Again]:
    """Ask the guard again of every message that was judged in `(since, until]`; by version.

    Args:
        connection: DuckDB, with the lake of a shop that was sealed up to `until`.
    """
    _lay(connection, "verdict_given", SAID_TYPES, sql.records(SAID, {"since": since - LONGEST_BUCKET, "asked": since, "until": until}))
    _lay(connection, "closed_given", CLOSED_TYPES, sql.records(CLOSED))
    connection.execute(ROUNDS, {"since": since})
    connection.execute(
        "create or replace table otherwise (version_id bigint, id uuid, run uuid, step varchar, message varchar, moment timestamptz, "
        "stored varchar, stored_reason varchar, follows varchar, follows_reason varchar, unsure boolean)"
    )
    connection.execute(f"create or replace table judging ({_columns(INTENT)})")
    dated = clock.shown() is None  # the audit tells real time, which a shop that shows another time does not live in
    edges = [since, *(at for (at,) in sql.rows(CHANGES, [since, until])), until] if dated else [since, until]
    for after, before in pairwise(edges):
        _lay(connection, "store_rule", RULES, sql.records(RULED, [after if dated else None]))
        _ask_rounds(connection, after, before, progress)
    return _found(connection)


def _ask_rounds(connection: Any, after: datetime, before: datetime, progress: Callable[[str], None] | None) -> None:
    columns = ", ".join(INTENT)
    within = {"after": after, "before": before}
    text = "select distinct round from asked_again where moment > $after and moment <= $before order by 1"
    for (number,) in connection.execute(text, within).fetchall():
        if progress:
            progress(f"the guard, round {number}")
        connection.execute("delete from judging")
        connection.execute(
            f"insert into judging ({columns}) select {columns} from asked_again "
            "where round = $round and moment > $after and moment <= $before",
            {"round": number, **within},
        )
        connection.execute(WENT, {"round": number, **within})
        connection.execute(SHUT, {"round": number})
        connection.execute(LAY_WAYS)
        connection.execute(f"create or replace table said as {messages.verdict_text('duckdb')}")
        connection.execute(HELD_AGAINST, {"round": number})


def _found(connection: Any) -> dict[int, Again]:
    counted = "select version_id, count(*), count(*) filter (anyway = 1 or merged_at >= moment) from asked_again group by 1"
    found = {version: Again(all_of - left_out, left_out) for version, all_of, left_out in connection.execute(counted).fetchall()}
    for version, unsure in connection.execute("select version_id, count(*) from otherwise where unsure group by 1").fetchall():
        found[version].asked -= unsure
        found[version].left_out += unsure
    for version, one in found.items():
        rows = connection.execute(
            "select id, run, step, message, moment, stored, stored_reason, follows, follows_reason from otherwise "
            "where version_id is not distinct from ? and not unsure order by moment, id",
            [version],
        ).fetchall()
        one.differing, one.first = len(rows), tuple(DifferingVerdict(*row) for row in rows[:MOST_TOLD])
    return found


def _lay(connection: Any, name: str, types: dict[str, str], rows: Iterable[dict[str, Any]]) -> None:
    """A table of the given rows, whatever stood under its name before."""
    given = list(rows)
    arrays = {column: pa.array([_plain(row[column], kind) for row in given], ARROW[kind]) for column, kind in types.items()}
    connection.register("laid", pa.table(arrays))
    columns = ", ".join(f"{column}::{DUCK.get(kind, kind)} as {column}" for column, kind in types.items())
    connection.execute(f"create or replace table {name} as select {columns} from laid")
    connection.unregister("laid")


def _plain(value: Any, kind: str) -> Any:
    return str(value) if kind == "uuid" and value is not None else value


def _columns(types: dict[str, str]) -> str:
    return ", ".join(f"{name} {DUCK.get(kind, kind)}" for name, kind in types.items())
