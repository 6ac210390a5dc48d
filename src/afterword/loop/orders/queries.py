"""Reads: what a letter says of orders, and what their currencies are worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from afterword.kit import sql

from .types import Missing, Rate

LETTERS = """
select o.id, o.number, o.placed_at, o.currency, o.total_minor, o.shipping_minor, o.discount_minor, o.tax_minor, o.promised_from,
       o.promised_to, o.delivered_at, o.shipping_address, o.billing_address, o.email, o.full_name, o.language, o.zone, o.product_life,
       (select coalesce(jsonb_agg(jsonb_build_object('title', coalesce(l.title, l.sku, ''), 'variant', l.variant,
                       'quantity', coalesce(l.quantity, 1),
                       'total_minor', coalesce(l.quantity, 1) * l.unit_price_minor, 'life', l.life, 'product_id', l.product_id,
                       'image_url', l.image_url) order by l.position), '[]')
        from orders_line l where l.order_id = o.id) as lines,
       (select jsonb_build_object('carrier', s.carrier, 'tracking_number', s.tracking_number, 'tracking_url', s.tracking_url)
        from orders_shipment s where s.order_id = o.id order by s.milestone_at desc limit 1) as shipment,
       (select jsonb_agg(jsonb_build_object('at', r.refunded_at, 'amount_minor', r.amount_minor, 'currency', r.currency)
                         order by r.refunded_at)
        from orders_refund r where r.order_id = o.id) as refunds,
       (select min(h.promised_to) from order_history h where h.order_id = o.id and h.promised_to < o.promised_to) as first_promised_to
from orders_order o where o.id = any(%s)
"""


JSON = ("lines", "shipment", "shipping_address", "billing_address", "refunds")


def letters(ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """What a letter may say of each of these orders: number, dates, money, lines, address, promise, parcel. One statement."""
    found = sql.records(LETTERS, [list(ids)]) if ids else []
    return {row["id"]: {**row, **{name: _read(row[name]) for name in JSON}} for row in found}


def _read(value: Any) -> Any:
    """Django's connection gives jsonb back as text."""
    return msgspec.json.decode(value) if isinstance(value, str) else value


KEPT = """
select distinct on (currency) currency, valid_on, rate, source from currency_rate where base = %s order by currency, valid_on desc
"""
MISSING = """
select currency, count(*), min(placed_at)::date, max(placed_at)::date from orders_order
where total_base_minor is null and total_minor is not null and currency <> %s group by currency order by 2 desc
"""


def rates_kept(base: str) -> tuple[Rate, ...]:
    """The latest rate of each currency."""
    return tuple(Rate(*row) for row in sql.rows(KEPT, [base]))


def rates_missing(base: str) -> tuple[Missing, ...]:
    """The currencies in which orders came that have no worth in the reporting currency, the most frequent first."""
    return tuple(Missing(*row) for row in sql.rows(MISSING, [base]))
