"""Reads of the customers' pages: an order with its parcels, in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from afterword.kernel.errors import Refused
from afterword.kit import sql
from afterword.loop.customers import door as customers
from afterword.loop.orders import door as orders

MORE = "select store, status, shipped_at, cancelled_at, refunded_at, customer_id from orders_order where id = %s"
PARCELS = """
select carrier, tracking_number, tracking_url, milestone, milestone_at from orders_shipment where order_id = %s order by milestone_at desc
"""
MILESTONES = """
select m.name, m.occurred_at from orders_milestone m join orders_shipment s on s.id = m.shipment_id
where s.order_id = %s and m.name not in ('shipment.promised', 'shipment.delayed', 'shipment.stalled')
order by m.occurred_at desc, m.event_id desc limit 40
"""


class NoSuchOrder(Refused):
    """There is no such order."""


@dataclass(frozen=True)
class OrderPage:
    """What the page of an order shows. `milestones`: name and instant, the latest first."""

    order: dict[str, Any]
    store: str
    customer_id: UUID | None
    shipped_at: datetime | None
    cancelled_at: datetime | None
    refunded_at: datetime | None
    person: dict[str, Any] = field(default_factory=dict)
    parcels: tuple[dict[str, Any], ...] = ()
    milestones: tuple[tuple[str, datetime], ...] = ()


def order_page(order_id: UUID) -> OrderPage:
    """Everything about one order. Raises NoSuchOrder."""
    found = orders.letters([order_id]).get(order_id)
    if found is None:
        raise NoSuchOrder
    more = sql.records(MORE, [order_id])[0]
    person = customers.contacts([more["customer_id"]]).get(more["customer_id"], {}) if more["customer_id"] else {}
    parcels = tuple(sql.records(PARCELS, [order_id]))
    milestones = tuple((str(name), at) for name, at in sql.rows(MILESTONES, [order_id]))
    ended = (more["shipped_at"], more["cancelled_at"], more["refunded_at"])
    return OrderPage(found, more["store"], more["customer_id"], *ended, person, parcels, milestones)


def order_number(order_id: UUID | None) -> str:
    """The number by which the customer knows an order, or nothing."""
    return str(sql.value("select number from orders_order where id = %s", [order_id]) or "") if order_id else ""


def person(customer_id: UUID) -> dict[str, Any]:
    """Name and language of a customer; empty for one we do not know any more."""
    return customers.contacts([customer_id]).get(customer_id, {})


PREFERRED = """
select state from consent_history
where customer_id = %s and store in (%s, '') and purpose = 'preferred' and known_to = '9999-12-31 00:00+00' order by known_from desc limit 1
"""


def preferred(customer_id: UUID, store: str) -> str:
    """The channel by which a customer would rather hear from a store; empty where they said nothing."""
    return str(sql.value(PREFERRED, [customer_id, store]) or "")
