"""What becomes of the intents of one origin when a person lays hands on it: stopped, put to sleep, woken, spread over time.

Whatever a sender has not begun is taken back; what is being handed over at that moment goes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from afterword.kit import sql
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity

from ..types import about

MANY = 5_000
# A delivery that a sender holds is locked or `handed`; all others are ours to take.
FREE = """
with free as materialized (
    select d.intent_id, d.channel from message_delivery d join message_intent m on m.id = d.intent_id
    where m.origin = %(origin)s and m.state = 'released' and d.state in ('queued', 'deferred') and d.begun_at is null
      and not exists (select 1 from message_delivery o
                      where o.intent_id = d.intent_id and o.state in ('handed', 'accepted', 'delivered', 'read'))
    for update of d
)
delete from message_delivery d using free f where d.intent_id = f.intent_id and d.channel = f.channel returning d.intent_id
"""
STOP = """
update message_intent m set state = 'dropped', reason = %(reason)s, judged_at = %(at)s, ask_at = null, wakes_on = null, released_at = null,
       asleep_at = null, ended_at = %(at)s, checks = jsonb_build_object('guard', 'state')
where m.id in (
    select id from message_intent where origin = %(origin)s and (state in ('planned', 'held') or id = any(%(free)s)) limit %(many)s)
  and m.state <> 'dropped'
returning m.id, m.customer_id, m.store, m.message, m.origin, m.run, m.step, m.category, m.channel
"""
SLEEP = """
update message_intent set asleep_at = %(at)s, ask_at = null, released_at = null,
       state = case state when 'released' then 'planned' else state end
where origin = %(origin)s and (state in ('planned', 'held') or id = any(%(free)s))
"""
WAKE = """
update message_intent m set asleep_at = null, ask_at = greatest(n.planned_at, %(at)s + n.place * %(gap)s::interval)
from (select id, planned_at, row_number() over (order by planned_at, id) - 1 as place from message_intent
      where origin = %(origin)s and asleep_at is not null) n
where m.id = n.id
"""
# A crowd that waits for one instant, such as the end of quiet hours, is spread over slots of five minutes, in which bids are compared.
CROWD = """
update message_intent m set ask_at = c.ask_at + floor(c.place / %(a_slot)s::numeric) * interval '5 minutes'
from (select id, ask_at, row_number() over (partition by ask_at order by planned_at, id) - 1 as place from message_intent
      where origin = %(origin)s and state = 'held' and ask_at > %(now)s) c
where m.id = c.id and c.place >= %(a_slot)s
"""
PACE = """
update message_delivery d set next_at = greatest(%(now)s, %(from)s) + q.place * %(gap)s::interval
from (select d.intent_id, d.channel, row_number() over (order by d.next_at, d.intent_id) - 1 as place
      from message_delivery d join message_intent m on m.id = d.intent_id
      where m.origin = %(origin)s and m.state = 'released' and d.state = 'queued' and d.attempts = 0 and m.released_at > %(since)s) q
where d.intent_id = q.intent_id and d.channel = q.channel and d.state = 'queued'
"""


@transaction.atomic
def take_back(origin: str, at: datetime, reason: str) -> int:
    """Nothing more of this origin goes; how many that were meant to go do not. Told of each, as of any that does not go."""
    free = _free(origin)
    taken = 0
    while found := sql.records(STOP, {"origin": origin, "at": at, "reason": reason, "free": free, "many": MANY}):
        identity.record([_dropped(row, at, reason) for row in found], received_at=at)
        taken += len(found)
    return taken


@transaction.atomic
def put_origin_to_sleep(origin: str, at: datetime) -> int:
    """Nobody asks about what has not gone; how many wait."""
    return sql.run(SLEEP, {"origin": origin, "at": at, "free": _free(origin)})


@transaction.atomic
def wake_origin(origin: str, at: datetime, *, per_minute: int = 0) -> int:
    """What slept is judged again, at once or at this pace; how many."""
    return sql.run(WAKE, {"origin": origin, "at": at, "gap": gap(per_minute)})


@transaction.atomic
def spread(origin: str, now: datetime, *, per_minute: int, since: datetime, last: datetime) -> tuple[int, datetime]:
    """Keep an origin to its pace: what was let go since then leaves one after the other, and no crowd waits for the same instant.

    Args:
        since: what was let go up to here has its turn already.
        last: when the last of those leaves.

    Returns how many were given a turn, and when the last of them leaves.
    """
    sql.run(CROWD, {"origin": origin, "now": now, "a_slot": max(1, per_minute * 5)})
    first = max(now, last + gap(per_minute))
    given = sql.run(PACE, {"origin": origin, "now": now, "from": first, "gap": gap(per_minute), "since": since})
    return given, first + (given - 1) * gap(per_minute) if given else last


def gap(per_minute: int) -> timedelta:
    """The time between two at a pace; none where there is no pace."""
    return timedelta(minutes=1) / per_minute if per_minute else timedelta(0)


def _free(origin: str) -> list[Any]:
    return list({row[0] for row in sql.rows(FREE, {"origin": origin})})


def _dropped(row: dict[str, Any], at: datetime, reason: str) -> Told:
    return Told(
        name="message.dropped", occurred_at=at, source="afterword", source_id=f"{row['id']}:message.dropped:{reason}", store=row["store"],
        customer_id=row["customer_id"], message_id=row["id"], properties={**about(row), "reason": reason},
    )  # fmt: skip
