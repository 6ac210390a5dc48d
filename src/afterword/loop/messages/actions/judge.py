"""Ask the guard: every intent whose time has come is let go, held until a moment, or dropped, with the reason kept.

One statement claims and asks for a whole batch; the verdicts, the deliveries and the events that tell of them commit together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import count
from typing import Any

import ibis
from django.db import transaction

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.events import door as events
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity

from ..rules.guards import STATE
from ..tables.guard import verdicts
from ..types import INTENT, JUDGING_WAY, StateGuard, about

BATCH = 2000
FEW = 400
TYPES = {"string": "text", "int64": "bigint", "timestamp('UTC')": "timestamptz"}
MAKE = f"create temp table if not exists judging ({', '.join(f'{n} {TYPES.get(k, k)}' for n, k in INTENT.items())})"
MAKE_WAYS = f"create temp table if not exists judging_way ({', '.join(f'{n} {TYPES.get(k, k)}' for n, k in JUDGING_WAY.items())})"
# What may go one way or another: `auto` by the message's own ways or all those of its store, a list by those that it names; never by
# one that failed.
WAYS = """
insert into judging_way (id, channel, rank)
select j.id, w.channel, w.rank from judging j
left join (select distinct store, message from message_way where message <> '') c on c.store = j.store and c.message = j.message
join message_way w on w.store = j.store and w.message = coalesce(c.message, '')
left join message_intent m on m.id = j.id
where j.channel = 'auto' and not w.channel = any(coalesce(m.tried, '{}'))
union all
select j.id, one.channel, one.rank from judging j left join message_intent m on m.id = j.id
cross join lateral unnest(string_to_array(j.channel, ',')) with ordinality one (channel, rank)
where j.channel like '%,%' and not one.channel = any(coalesce(m.tried, '{}'))
"""
CLAIM = """
insert into judging (id, run, customer_id, order_id, store, message, channel, category, priority, planned_at, useful_until,
                     moment, ended_at)
select id, run, customer_id, order_id, store, message, coalesce(nullif(asked_channel, ''), channel), category, priority, planned_at,
       useful_until, case when %(logical)s then ask_at else %(now)s end, ended_at
from message_intent where ask_at <= %(now)s order by ask_at, customer_id limit %(most)s for update skip locked
"""
# Where somebody of the team wants a message sent anyway, quiet hours, caps and arbitration give way; nothing else does.
# Who was asked about together is kept (when, and which batch), so that the same can be asked again later.
APPLY = """
with asked as materialized ({verdicts}), known as (
    select a.*, b.state as was, b.reason as why, b.override_reason <> '' and a.guard in ('quiet', 'caps', 'arbitration') as anyway
    from asked a join message_intent b on b.id = a.id
), said as (
    select id, guard, channel, moment, zone, day_count, week_count, was, why, anyway, worth, lost_to, lost_worth,
           case when anyway then 'go' else outcome end as outcome, case when anyway then '' else reason end as reason,
           case when not anyway then until end as until
    from known
)
update message_intent m set
    state = case s.outcome when 'go' then 'released' when 'hold' then 'held' else 'dropped' end,
    reason = s.reason, judged_at = s.moment,
    asked_channel = case when s.outcome = 'go' and s.channel <> m.channel then m.channel else m.asked_channel end,
    channel = case when s.outcome = 'go' then s.channel else m.channel end,
    ask_at = case when s.outcome = 'hold' then s.until end,
    wakes_on = case when s.outcome = 'hold' and s.guard = 'state' then %s::text[] end,
    released_at = case when s.outcome = 'go' then s.moment end,
    checks = jsonb_build_object('guard', s.guard, 'zone', s.zone, 'day_count', s.day_count, 'week_count', s.week_count, 'anyway', s.anyway,
                                'asked_at', %s::timestamptz, 'batch', %s::int)
             || case when s.lost_to <> '' then jsonb_build_object('lost_to', s.lost_to, 'worth', s.worth, 'lost_worth', s.lost_worth)
                     else '{{}}'::jsonb end
from said s where m.id = s.id
returning m.id, s.outcome, s.reason, s.until, s.moment, m.customer_id, m.store, m.message, m.origin, m.run, m.step, m.category,
          m.channel, s.was, s.why, m.order_id
"""
QUEUE = """
insert into message_delivery (intent_id, customer_id, store, channel, address, next_at)
select m.id, m.customer_id, m.store, m.channel, '', m.released_at from message_intent m where m.id = any(%s)
on conflict do nothing
"""

_states: list[StateGuard] = list(STATE)


def register_state_guard(guard: StateGuard) -> None:
    """Have every verdict ask this too. A guard is known by its name; registering it again changes nothing."""
    if guard.name not in {g.name for g in _states}:
        _states.append(guard)
        verdict_text.cache_clear()


@cache
def verdict_text(dialect: str = "postgres") -> str:
    """The guard's statement for an engine."""
    return str(ibis.to_sql(verdicts(tuple(_states), events.vocabulary), dialect=dialect))


@dataclass
class Judged:
    """How many were let go, held and dropped."""

    go: int = 0
    hold: int = 0
    drop: int = 0

    @property
    def total(self) -> int:
        return self.go + self.hold + self.drop


def judge(now: datetime, *, logical: bool = False, on_batch: Callable[[int], None] | None = None) -> Judged:
    """Ask the guard of all intents whose time has come by `now`.

    Args:
        logical: in replays the moment of a verdict is the planned one, whatever time it is asked at; live it is `now`.
    """
    done = Judged()
    if accounts.installation().sending_stopped:
        return done
    for batch in count():
        found = _judge_batch(now, logical, batch)
        for row in found:
            setattr(done, row["outcome"], getattr(done, row["outcome"]) + 1)
        if on_batch:
            on_batch(len(found))
        if len(found) < BATCH and not (logical and any(r["until"] and r["until"] <= now for r in found)):
            break
    return done


def _judge_batch(now: datetime, logical: bool, batch: int) -> list[dict[str, Any]]:
    with transaction.atomic():
        sql.run(MAKE)
        sql.run(MAKE_WAYS)
        sql.run("delete from judging; delete from judging_way")
        claimed = sql.run(CLAIM, {"now": now, "logical": logical, "most": BATCH})
        if not claimed:
            return []
        sql.run(WAYS)
        wakes = sorted({w for s in _states for w in s.wakes})
        ask = sql.few if claimed <= FEW else sql.prepared
        found = ask(APPLY.format(verdicts=verdict_text().replace("%", "%%")), [wakes, now, batch])
        sql.run(QUEUE, [[r["id"] for r in found if r["outcome"] == "go"]])
        told = [
            _told(r)
            for r in sorted(found, key=lambda r: r["id"])
            if r["outcome"] == "drop" or (r["outcome"] == "hold" and (r["was"], r["why"]) != ("held", r["reason"]))
        ]
        if told:
            identity.record(told, received_at=now)
    return found


def _told(row: dict[str, Any]) -> Told:
    name = "message.dropped" if row["outcome"] == "drop" else "message.held"
    until = {"until": row["until"].isoformat()} if row["outcome"] == "hold" and row["until"] else {}
    return Told(
        name=name, occurred_at=row["moment"], source="afterword", source_id=f"{row['id']}:{name}:{row['reason']}", store=row["store"],
        customer_id=row["customer_id"], message_id=row["id"], properties={**about(row), "reason": row["reason"], **until},
    )  # fmt: skip
