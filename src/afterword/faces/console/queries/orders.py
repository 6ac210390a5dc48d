"""Lists of orders, and one order with its lines, money, parcels, promises and messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from afterword.kernel.errors import Refused
from afterword.kit import sql

from ..rules import Place, plain

PAGE = 30
CUSTOMER_ORDERS = 20
SHOWN = {
    "open": "o.delivered_at is null and o.cancelled_at is null and o.refunded_at is null",
    "shipped": "o.shipped_at is not null and o.delivered_at is null and o.cancelled_at is null and o.refunded_at is null",
    "late": "o.promised_to < %(now)s and o.promised_to > %(since)s and o.delivered_at is null and o.cancelled_at is null "
            "and o.refunded_at is null and o.placed_at > %(placed)s",
    "delivered": "o.delivered_at is not null",
    "cancelled": "(o.cancelled_at is not null or o.refunded_at is not null)",
}  # fmt: skip
LIST = """
select o.id, o.number, o.customer_id, o.store, o.status, o.placed_at, o.promised_from, o.promised_to, o.shipped_at, o.delivered_at,
       o.cancelled_at, o.refunded_at, o.total_minor, o.currency, o.items, o.full_name, o.country, c.full_name as customer_name,
       c.erased_at, s.milestone
from orders_order o left join customers_customer c on c.id = o.customer_id
left join lateral (select s.milestone from orders_shipment s where s.order_id = o.id order by s.milestone_at desc limit 1) s on true
where (%(stores)s::text[] is null or o.store = any(%(stores)s)) and (%(number)s::text is null or o.number = any(%(numbers)s))
and (%(at)s::timestamptz is null or o.placed_at < %(at)s or (o.placed_at = %(at)s and o.id > %(id)s)) and {shown}
order by o.placed_at desc, o.id limit %(most)s
"""
ORDER = """
select o.*, c.full_name as customer_name, c.erased_at from orders_order o left join customers_customer c on c.id = o.customer_id
where o.id = %s and (%s::text[] is null or o.store = any(%s))
"""
LINES = "select * from orders_line where order_id = %s order by position"
PAYMENTS = "select paid_at as at, amount_minor, currency, method from orders_payment where order_id = %s order by paid_at"
REFUNDS = "select refunded_at as at, amount_minor, currency, reason from orders_refund where order_id = %s order by refunded_at"
PARCELS = "select * from orders_shipment where order_id = %s order by milestone_at desc"
MILESTONES = """
select m.* from orders_milestone m join orders_shipment s on s.id = m.shipment_id where s.order_id = %s
order by m.occurred_at desc, m.event_id desc limit 200
"""
PROMISES = """
select promised_from, promised_to, min(known_from) as known_from from order_history
where order_id = %s and promised_to is not null group by promised_from, promised_to order by min(known_from)
"""
MESSAGES = """
select i.id, i.customer_id, i.message, i.origin, i.step, i.category, i.channel, i.state, i.reason, i.planned_at, i.ask_at, i.useful_until,
       coalesce(i.sent_at, i.judged_at, i.planned_at) as at, d.subject, d.locale, j.name as journey
from message_intent i left join message_delivery d on d.intent_id = i.id and d.channel = i.channel left join journey j on j.key = i.origin
where i.customer_id = %s and i.order_id = %s order by at desc
"""


class NoSuchOrder(Refused):
    """There is no such order."""


def found(
    *, shown: str, number: str, place: Place | None, stores: list[str] | None, now: datetime
) -> list[dict[str, Any]]:  # fmt: skip
    """A page of orders, the newest first, and one more where there are more."""
    bounds = {
        "stores": stores, "number": number or None, "numbers": [number, number.lstrip("#")], "at": place[0] if place else None,
        "id": place[1] if place else None, "most": PAGE + 1, "now": now,
        "since": now - timedelta(days=21), "placed": now - timedelta(days=90),
    }  # fmt: skip
    return sql.records(LIST.format(shown=SHOWN.get(shown, "true")), bounds)


def order(id: UUID, stores: list[str] | None) -> dict[str, Any]:
    """One order with everything that belongs to it. Eight statements. Raises NoSuchOrder, also for one out of reach."""
    rows = sql.records(ORDER, [id, stores, stores])
    if not rows:
        raise NoSuchOrder
    row = rows[0]
    row["address"] = plain(row["shipping_address"])
    milestones = sql.records(MILESTONES, [id])
    parcels = [{**one, "milestones": [m for m in milestones if m["shipment_id"] == one["id"]]} for one in sql.records(PARCELS, [id])]
    return {
        "order": row, "lines": sql.records(LINES, [id]), "payments": sql.records(PAYMENTS, [id]), "refunds": sql.records(REFUNDS, [id]),
        "parcels": parcels, "promises": sql.records(PROMISES, [id]), "messages_of": sql.records(MESSAGES, [row["customer_id"], id]),
    }  # fmt: skip
