"""Lists of customers, one customer, and everything that happened between them and the shop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from afterword.kernel.errors import Refused
from afterword.kit import sql
from afterword.loop.customers import door as customers

from ..rules import Place, plain

PAGE = 30
TIMELINE = 60
# A member of some stores sees the customers with an order or a consent there.
IN_STORES = """
select o.customer_id from orders_order o where o.store = any(%s)
union select n.customer_id from consent_now n where n.store = any(%s)
"""
SEEN = """
select exists (select 1 from orders_order o where o.customer_id = any(%(ids)s) and o.store = any(%(stores)s))
or exists (select 1 from consent_now n where n.customer_id = any(%(ids)s) and n.store = any(%(stores)s))
"""
PERSON = """
select c.*, a.city, (select array_agg(s.customer_id) from identity_survivor s where s.survivor_id = c.id) as others
from customers_customer c
left join lateral (select o.shipping_address ->> 'city' as city from orders_order o where o.customer_id = c.id
                   order by o.placed_at desc limit 1) a on true
where c.id = %s
"""
KINDS: dict[str, tuple[str, ...]] = {
    "orders": ("order.placed", "order.updated", "order.paid", "order.cancelled", "order.refunded"),
    "parcels": ("order.fulfilled", "order.delivered", "shipment.%"),
    "messages": ("message.opened", "message.clicked", "message.bounced", "message.complained", "message.unsubscribed", "message.replied",
                 "message.read", "address.bounced"),
    "answers": ("survey.answered", "review.%", "mention.%", "media.shared", "message.replied"),
    "visits": ("page.viewed", "product.viewed", "order_status.viewed", "search.performed", "cart.updated"),
    "consents": ("consent.%", "message.unsubscribed"),
}  # fmt: skip
SAID_ELSEWHERE = ("message.held", "message.dropped", "message.sent", "message.failed", "message.delivered")
EVENTS = """
select id, name, occurred_at as at, store, order_id, shipment_id, message_id, properties from event
where customer_id = any(%(ids)s) and name <> all(%(elsewhere)s) and (%(like)s::text[] is null or name like any(%(like)s))
and (%(stores)s::text[] is null or store = any(%(stores)s))
and (%(at)s::timestamptz is null or (occurred_at, id) < (%(at)s, %(id)s)) order by occurred_at desc, id desc limit %(most)s
"""
INTENTS = """
select i.id, i.customer_id, i.message, i.origin, i.run, i.step, i.category, i.channel, i.store, i.order_id, i.state, i.reason, i.planned_at,
       i.ask_at, i.useful_until, coalesce(i.sent_at, i.judged_at, i.planned_at) as at, d.subject, d.locale, j.name as journey,
       p.name as campaign
from message_intent i left join message_delivery d on d.intent_id = i.id and d.channel = i.channel left join journey j on j.key = i.origin
left join campaign p on 'campaign:' || p.key = i.origin
where i.customer_id = any(%(ids)s) and (%(stores)s::text[] is null or i.store = any(%(stores)s))
"""
PAST = """ and i.ask_at is null and (%(kept)s or i.state not in ('dropped'))
and (%(at)s::timestamptz is null or (coalesce(i.sent_at, i.judged_at, i.planned_at), i.id) < (%(at)s, %(id)s))
order by at desc, i.id desc limit %(most)s
"""
RUNS = """
select s.journey as key, j.name as journey, s.run, s.step, s.entered_at, s.due_at, s.order_id, o.number, v.document
from standing s join journey_version v on v.id = s.version_id
left join journey j on j.key = s.journey left join orders_order o on o.id = s.order_id
where s.customer_id = any(%(ids)s) and s.step is not null and (%(stores)s::text[] is null or s.store = any(%(stores)s))
order by s.due_at nulls last limit 20
"""
DOCUMENT = "select v.document from journey_version v join journey j on j.id = v.journey_id where j.key = %s and v.number = %s"
CONSENTS = """
select n.store, n.channel, n.purpose, n.state, n.known_from from consent_now n where n.customer_id = any(%(ids)s)
and (%(stores)s::text[] is null or n.store = '' or n.store = any(%(stores)s)) order by n.known_from desc
"""
CLOSED = "select channel, reason, since from suppressed where customer_id = any(%(ids)s)"


class NoSuchCustomer(Refused):
    """There is no such customer."""


@dataclass(frozen=True)
class Moment:
    """One thing in a timeline: an event of the log (`event`), or a message of ours (`message`)."""

    at: Any
    id: UUID
    event: dict[str, Any] | None = None
    message: dict[str, Any] | None = None


def found(words: str, *, by: str, place: Place | None, stores: list[str] | None) -> list[Any]:
    """A page of customers, and one more where there are more: the newest, or those who bought last (`bought`)."""
    column = "last_order_at" if by == "bought" else "created_at"
    rows = _sought(words, by, stores)
    if place is not None:
        rows = rows.filter(**{f"{column}__lte": place[0]}).exclude(**{column: place[0], "id__lte": place[1]})
    return list(rows.order_by(f"-{column}", "id")[: PAGE + 1])


def count(words: str, *, by: str, stores: list[str] | None, most: int = 10_000) -> int:
    """How many there are; one more than `most` stands for many."""
    return _sought(words, by, stores).order_by()[: most + 1].count()


def _sought(words: str, by: str, stores: list[str] | None) -> QuerySet[Any]:
    rows: QuerySet[Any] = customers.search(words)
    if by == "bought":
        rows = rows.filter(last_order_at__isnull=False)
    if stores is not None:
        rows = rows.filter(id__in=RawSQL(IN_STORES, (stores, stores)))
    return rows


def person(id: UUID, stores: list[str] | None) -> dict[str, Any]:
    """One customer with the ids of whoever was merged into them. Raises NoSuchCustomer, also for one who is out of reach."""
    rows = sql.records(PERSON, [id])
    if not rows:
        raise NoSuchCustomer
    row = rows[0]
    row["ids"] = [id, *(row["others"] or ())]
    if stores is not None and not sql.value(SEEN, {"ids": row["ids"], "stores": stores}):
        raise NoSuchCustomer
    return row


def timeline(
    ids: list[UUID], *, kind: str, kept: bool, place: Place | None, stores: list[str] | None
) -> tuple[list[Moment], bool]:  # fmt: skip
    """What happened, the latest first, and whether there is more. Two statements."""
    bounds = {
        "ids": ids, "stores": stores, "at": place[0] if place else None, "id": place[1] if place else None, "most": TIMELINE + 1,
        "elsewhere": list(SAID_ELSEWHERE), "like": list(KINDS[kind]) if kind in KINDS else None, "kept": kept,
    }  # fmt: skip
    moments = [Moment(row["at"], row["id"], event={**row, "properties": plain(row["properties"])}) for row in sql.records(EVENTS, bounds)]
    if kind in ("", "messages"):
        moments += [Moment(row["at"], row["id"], message=row) for row in sql.records(INTENTS + PAST, bounds)]
    moments.sort(key=lambda one: (one.at, one.id), reverse=True)
    return moments[:TIMELINE], len(moments) > TIMELINE


def to_come(ids: list[UUID], stores: list[str] | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Messages that wait, and runs under way with what they wait for. Two statements."""
    bounds = {"ids": ids, "stores": stores}
    waiting = sql.records(INTENTS + " and i.ask_at is not null order by i.ask_at", bounds)
    return waiting, sql.records(RUNS, bounds)


def document(journey: str, version: int) -> dict[str, Any]:
    """What a version of a journey says, in plain values. One statement."""
    found = sql.records(DOCUMENT, [journey, version])
    return plain(found[0]["document"]) if found else {}


def consents(ids: list[UUID], stores: list[str] | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What they allow now, and which of their addresses are closed."""
    bounds = {"ids": ids, "stores": stores}
    return sql.records(CONSENTS, bounds), sql.records(CLOSED, bounds)


def message(ids: list[UUID], id: UUID, stores: list[str] | None) -> dict[str, Any]:
    """One message of this customer. Raises NoSuchCustomer where it is not theirs."""
    asked = INTENTS.replace("i.ask_at,", "i.ask_at, i.judged_at, i.checks, i.override_reason, i.sent_at,")
    rows = sql.records(asked + " and i.id = %(id)s", {"ids": ids, "stores": stores, "id": id})
    if not rows:
        raise NoSuchCustomer
    return rows[0]


def numbers(order_ids: list[UUID]) -> dict[UUID, str]:
    """The numbers by which people know these orders."""
    found = sql.rows("select id, number from orders_order where id = any(%s) and number is not null", [order_ids]) if order_ids else []
    return {id: str(number) for id, number in found}
