"""Letting a campaign go: everybody of its segment at its moment is drawn and given a turn, and their messages are meant. Set by set.

One transaction a campaign: killed in it, nothing has happened; done again, the keys of people and intents make it the same.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import DataError, ProgrammingError, transaction

from afterword.kernel.ids import DICE_FACES, edges, factors
from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.events import door as events
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages

from ..models import Campaign
from ..queries.listing import origin_of
from ..rules import instants, plans
from ..types import EVERYWHERE, FIRST, HELD_OUT, REST, Plan

log = logging.getLogger("afterword.campaigns")

UNASKABLE = (DataError, ProgrammingError, psycopg.DataError, psycopg.ProgrammingError)
GLOBAL_SALT = "afterword.global"  # the same people as in journeys
DUE = "select id from campaign where state = 'scheduled' and release_at <= %s order by release_at, id"
# As `kernel.ids.dice`, of the customer: the first eight bytes of the digest, big end first.
DICE = f"""
(((('x' || encode(substring(sha256(uuid_send(f.customer_id)) from 1 for 4), 'hex'))::bit(32)::bigint %% {DICE_FACES}) * {2**32 % DICE_FACES}
 + ('x' || encode(substring(sha256(uuid_send(f.customer_id)) from 5 for 4), 'hex'))::bit(32)::bigint) %% {DICE_FACES})
"""
# With several stores, only those who belong to the campaign's: they have an order or a consent there, or came by it.
DRAW = f"""
insert into campaign_person (campaign_id, customer_id, part, arm, lot, zone)
select %(campaign)s, customer_id, part,
       case when (dice * %(g_m)s + %(g_a)s) %% {DICE_FACES} < %(everywhere)s then '{EVERYWHERE}'
            when (dice * %(h_m)s + %(h_a)s) %% {DICE_FACES} < %(held_out)s then '{HELD_OUT}'
            when part = '{FIRST}' then (select a.name from jsonb_to_recordset(%(arms)s::jsonb) as a(name text, until bigint)
                                        where (dice * %(a_m)s + %(a_a)s) %% {DICE_FACES} < a.until order by a.until limit 1)
            else '' end,
       (dice * %(o_m)s + %(o_a)s) %% {DICE_FACES}, zone
from (
    select f.customer_id, d.dice, coalesce(h.zone, %(zone)s) as zone,
           case when (d.dice * %(t_m)s + %(t_a)s) %% {DICE_FACES} < %(first)s then '{FIRST}' else '{REST}' end as part
    from ({{everybody}}) f
    cross join lateral (select {DICE} as dice) d
    left join customer_history h on h.customer_id = f.customer_id and h.known_from <= %(until)s and %(until)s < h.known_to
    where f.inside and (not %(many)s or h.store = %(store)s
          or exists (select 1 from orders_order o where o.customer_id = f.customer_id and o.store = %(store)s)
          or exists (select 1 from consent_now n where n.customer_id = f.customer_id and n.store = %(store)s))
) drawn
on conflict (campaign_id, customer_id) do nothing
"""
ALONE = "select customer_id, arm from campaign_person where campaign_id = %s and arm = any(%s) order by customer_id"
BATCH = 5000
ZONES = "select distinct zone from campaign_person where campaign_id = %s and part = %s and planned_at is null"
# Those of one instant come one after the other, in the order of their lots. Whoever is left alone has a turn too, to be compared with.
TURN = f"""
update campaign_person p set planned_at = t.planned_at from (
    select q.customer_id,
           z.at + (row_number() over (partition by z.at, q.arm in ('{EVERYWHERE}', '{HELD_OUT}') order by q.lot, q.customer_id) - 1)
                  * %(gap)s::interval as planned_at
    from campaign_person q join jsonb_to_recordset(%(turns)s::jsonb) as z(zone text, at timestamptz) on z.zone = q.zone
    where q.campaign_id = %(campaign)s and q.part = %(part)s and q.planned_at is null
) t where p.campaign_id = %(campaign)s and p.customer_id = t.customer_id
"""
WON = "update campaign_person set arm = %s where campaign_id = %s and part = %s and arm = ''"
# Who has become one with somebody of the same campaign meanwhile is not written to twice.
INTENTS = """
select md5(%(origin)s || ':' || p.customer_id::text || ':send')::uuid, %(origin)s, null::int, p.customer_id, 0, 'send', p.customer_id,
       coalesce(s.survivor_id, p.customer_id), null::uuid, null::uuid, %(store)s, a.message, a.channel, a.category, %(priority)s::smallint,
       p.planned_at, least(p.planned_at + %(useful)s::int * interval '1 hour', greatest(%(event_at)s::timestamptz, p.planned_at))
from campaign_person p join jsonb_to_recordset(%(arms)s::jsonb) as a(name text, message text, channel text, category text) on a.name = p.arm
left join identity_survivor s on s.customer_id = p.customer_id
where p.campaign_id = %(campaign)s and p.part = %(part)s
  and (s.survivor_id is null or not exists (
       select 1 from campaign_person o where o.campaign_id = p.campaign_id and o.customer_id = s.survivor_id))
"""


def release(now: datetime) -> int:
    """Let go every campaign whose time has come; how many messages are meant by that.

    One whose people cannot be asked for is stopped with the reason, and holds no other up.
    """
    frontier = events.frontier()
    until, done = min(now, frontier) if frontier else now, 0
    for (id,) in sql.rows(DUE, [until]):
        try:
            with transaction.atomic():
                row = Campaign.objects.select_for_update().get(pk=id)
                done += _released(row, now) if row.state == "scheduled" else 0
        except UNASKABLE as error:
            log.exception("campaign %s cannot be let go", id)
            fault = str(error).split("\n")[0][:300]
            Campaign.objects.filter(pk=id, state="scheduled").update(state="stopped", ended_at=now, fault=fault)
    return done


def _released(row: Campaign, now: datetime) -> int:
    plan = Plan.of(row.plan)
    assert row.release_at is not None
    draw(row, plan)
    tell_held_out(row, now)
    meant = send_to(row, plan, FIRST, row.release_at)
    row.state, row.released_at, row.paced_until, row.last_leaves_at = "sending", now, now, now
    row.save()
    return meant


def draw(row: Campaign, plan: Plan) -> int:
    """Write down everybody of the segment as it was at the moment, each with part and arm; how many. In the caller's transaction."""
    assert row.revision is not None
    drawn = sql.run(DRAW.format(everybody=row.revision.everybody), _draws(row, plan))
    sql.run("analyze campaign_person")
    return drawn


def tell_held_out(row: Campaign, now: datetime) -> int:
    """`experiment.held_out` for everybody who is left alone, as of the moment they were drawn at; how many. In the caller's transaction."""
    assert row.release_at is not None
    found = sql.rows(ALONE, [row.pk, [EVERYWHERE, HELD_OUT]])
    for some in batched(found, BATCH):
        identity.record([_held_out(row, row.release_at, customer, arm) for customer, arm in some], received_at=max(now, row.release_at))
    return len(found)


def _held_out(row: Campaign, at: datetime, customer: UUID, arm: str) -> Told:
    return Told(
        "experiment.held_out", at, "afterword", f"{origin_of(row.key)}:{customer}:held_out", store=row.store, customer_id=customer,
        properties={"journey": origin_of(row.key), "campaign": row.key, "run": str(customer), "everywhere": arm == EVERYWHERE},
    )  # fmt: skip


def batched(rows: Sequence[tuple[Any, ...]], size: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    """The same rows, some at a time."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _draws(row: Campaign, plan: Plan) -> dict[str, Any]:
    """The numbers that the draws need: each is made with a salt of its own, so that none follows from another."""
    salts = {"g": GLOBAL_SALT, "h": f"campaign:{row.key}:holdout", "a": f"campaign:{row.key}:arm", "t": f"campaign:{row.key}:test",
             "o": f"campaign:{row.key}:order"}  # fmt: skip
    mixed = {f"{name}_{part}": number for name, salt in salts.items() for part, number in zip("ma", factors(salt), strict=True)}
    names = [name for name, _ in plan.arms]
    arms = [{"name": name, "until": until} for name, until in zip(names, edges(tuple(1.0 for _ in names)), strict=True)]
    return {
        **mixed, "campaign": row.pk, "until": row.release_at, "zone": accounts.store(row.store).zone, "store": row.store,
        "many": len(accounts.stores()) > 1, "everywhere": round(row.everywhere * DICE_FACES), "held_out": round(plan.holdout * DICE_FACES),
        "first": round(plan.test_share * DICE_FACES) if plan.tests else DICE_FACES, "arms": json.dumps(arms),
    }  # fmt: skip


def send_to(row: Campaign, plan: Plan, part: str, at: datetime) -> int:
    """Give everybody of a part their turn from `at` on, and mean their messages; how many. In the caller's transaction."""
    zones = [zone for (zone,) in sql.rows(ZONES, [row.pk, part])]
    turn = plans.local_turn(plan)
    turns = instants.turns(zones, *turn, at, plan.late) if turn else dict.fromkeys(zones, at)
    about = {"campaign": row.pk, "part": part, "gap": messages.gap(plan.per_minute)}
    sql.run(TURN, {**about, "turns": json.dumps([{"zone": zone, "at": when.isoformat()} for zone, when in turns.items()])})
    return messages.intend(INTENTS, {
        **about, "origin": origin_of(row.key), "store": row.store, "priority": plan.priority, "useful": plan.useful_hours,
        "event_at": plans.useful_until_event(plan) or datetime.max.replace(tzinfo=at.tzinfo), "arms": json.dumps(arms_of(plan)),
    })  # fmt: skip


def arms_of(plan: Plan) -> list[dict[str, str]]:
    """Each arm with its message, and what the guard asks about that."""
    return [
        {
            "name": name,
            "message": one,
            "channel": plan.channel,
            "category": plans.category_of(plan, messages.category(one)),
        }
        for name, one in plan.arms
    ]


def send_rest(row: Campaign, winner: str, now: datetime) -> int:
    """The winner goes to everybody who has waited for it. In the caller's transaction."""
    sql.run(WON, [winner, row.pk, REST])
    return send_to(row, Plan.of(row.plan), REST, now)
