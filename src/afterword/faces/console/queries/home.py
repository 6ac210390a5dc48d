"""What happened today, what needs a person, and how far a replay is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from afterword.kit import sql
from afterword.loop.events import door as events

from ..rules import plain

HEARD_FOR = timedelta(days=7)
LATE_FOR = timedelta(days=21)
SHOWN = 4
# What is told and not sealed yet counts too: what a replay said in its latest step would else come a step late.
DAY = """
select name, coalesce(properties ->> 'category', ''), coalesce(properties ->> 'reason', ''), count(*), count(distinct order_id) from (
    select name, properties, order_id, store from event
    where known_at >= %(since)s and known_at < %(until)s and occurred_at >= %(since)s and name = any(%(names)s)
    union all
    select name, properties, order_id, store from event_inbox
    where occurred_at >= %(since)s and occurred_at < %(until)s and name = any(%(names)s)
) e where %(stores)s::text[] is null or store = any(%(stores)s) group by 1, 2, 3
"""
NAMES = ["order.placed", "order.fulfilled", "shipment.accepted", "order.delivered", "survey.answered", "message.sent", "message.dropped"]
WAITING = """
select reason, count(*) from message_intent where ask_at is not null and state = 'held'
and (%(stores)s::text[] is null or store = any(%(stores)s)) group by 1 order by 2 desc
"""
FAILED = """
select id, customer_id, order_id, message, reason, planned_at, count(*) over () as count from message_intent
where state = 'failed' and planned_at > %(since)s and (%(stores)s::text[] is null or store = any(%(stores)s))
order by planned_at desc limit 1
"""
LATE = """
select o.id, o.number, o.customer_id, c.full_name, c.country, o.promised_to, o.shipped_at, s.milestone, s.milestone_at, s.carrier,
       s.stall_told_for is not distinct from s.last_event_id as silent, o.count
from (
    select *, count(*) over () as count from orders_order
    where placed_at > %(placed)s and delivered_at is null and cancelled_at is null and refunded_at is null
    and promised_to < %(now)s and promised_to > %(since)s and (%(stores)s::text[] is null or store = any(%(stores)s))
    order by promised_to limit %(most)s
) o left join customers_customer c on c.id = o.customer_id
left join lateral (select * from orders_shipment s where s.order_id = o.id order by s.milestone_at desc limit 1) s on true
order by o.promised_to
"""
ANSWERS = """
select e.id, e.customer_id, e.order_id, e.occurred_at, e.properties ->> 'survey' as survey, (e.properties ->> 'score')::int as score,
       x.properties ->> 'comment' as comment, c.full_name, c.language, c.country
from event e left join event_personal x on x.event_id = e.id left join customers_customer c on c.id = e.customer_id
where e.name = 'survey.answered' and e.known_at > %(since)s and (%(stores)s::text[] is null or e.store = any(%(stores)s))
order by e.known_at desc limit 200
"""
REPLAY = """
select shop, starts_at, ends_at, at, speed, paused, done_at, events, messages, left_out from sample_replay
"""


@dataclass(frozen=True)
class Day:
    """The figures of one local day: what came in and left, and what was said."""

    orders: int = 0
    parcels: int = 0
    arrived: int = 0
    answers: int = 0
    sent: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)

    @property
    def sent_total(self) -> int:
        """All messages that went."""
        return sum(self.sent.values())

    @property
    def dropped_total(self) -> int:
        """All that were kept back."""
        return sum(self.dropped.values())

    @property
    def waiting_total(self) -> int:
        """All that wait for a better moment."""
        return sum(self.waiting.values())


def day(since: datetime, until: datetime, stores: list[str] | None) -> Day:
    """The figures of the day `[since, until)`. Two statements."""
    found = sql.rows(DAY, {"since": since, "until": until, "names": NAMES, "stores": stores})
    total: dict[str, int] = defaultdict(int)
    orders: dict[str, int] = defaultdict(int)
    said: dict[str, dict[str, int]] = {"message.sent": defaultdict(int), "message.dropped": defaultdict(int)}
    for name, category, reason, count, of_orders in found:
        total[name] += count
        orders[name] += of_orders
        if name in said:
            said[name][category if name == "message.sent" else reason] += count
    waiting = {str(reason): int(count) for reason, count in sql.rows(WAITING, {"stores": stores})}
    left = max(orders["order.fulfilled"], orders["shipment.accepted"])
    return Day(
        total["order.placed"], left, orders["order.delivered"], total["survey.answered"], dict(said["message.sent"]),
        dict(sorted(said["message.dropped"].items(), key=lambda one: -one[1])), waiting,
    )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What a customer answered lately. `low`: somebody should write to them."""

    id: UUID
    customer_id: UUID | None
    order_id: UUID | None
    occurred_at: datetime
    survey: str
    score: int
    comment: str | None
    full_name: str | None
    language: str | None
    country: str | None

    @property
    def best(self) -> int:
        """The top of the scale."""
        return {"csat": 5, "ces": 7}.get(self.survey, 10)

    @property
    def low(self) -> bool:
        """Unhappy: the lower two of five, and everybody who would not recommend."""
        return self.score <= {"csat": 2, "ces": 3}.get(self.survey, 6)


def answers(now: datetime, stores: list[str] | None) -> list[Answer]:
    """What customers answered in the last week, the latest first."""
    return [Answer(**row) for row in sql.records(ANSWERS, {"since": now - HEARD_FOR, "stores": stores})]


def late_parcels(now: datetime, stores: list[str] | None) -> list[dict[str, Any]]:
    """Orders whose promise is broken and that have not arrived, the longest broken first; `count` says how many there are."""
    bounds = {"now": now, "since": now - LATE_FOR, "placed": now - timedelta(days=90), "stores": stores, "most": SHOWN}
    return sql.records(LATE, bounds)


def failed_messages(now: datetime, stores: list[str] | None) -> dict[str, Any] | None:
    """The latest message that could not be delivered this week, with the `count` of all."""
    found = sql.records(FAILED, {"since": now - HEARD_FOR, "stores": stores})
    return found[0] if found else None


def replay() -> dict[str, Any] | None:
    """The shop that is or was lived through, with the share done; None where there is none."""
    found = sql.records(REPLAY)
    if not found:
        return None
    row = found[0]
    whole = (row["ends_at"] - row["starts_at"]).total_seconds()
    share = 1.0 if row["done_at"] or whole <= 0 else (row["at"] - row["starts_at"]).total_seconds() / whole
    return {
        **row,
        "percent": round(100 * min(1.0, max(0.0, share))),
        "left_out": plain(row["left_out"]),
        "done": row["done_at"] is not None,
    }


def is_fresh() -> bool:
    """Whether nothing has ever been told here."""
    return not bool(sql.value("select exists (select 1 from event) or exists (select 1 from event_inbox)"))


def sealed_until() -> datetime | None:
    """Up to when everything is known."""
    return events.frontier()
