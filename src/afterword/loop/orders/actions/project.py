"""Following the log: the past of orders and what they are now, recomputed for every order that something was learned of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from afterword.kit import sql

from .derive import tell_deliveries

SOME = "select unnest(%(ids)s::uuid[]) as id"
ALL = "select distinct order_id as id from event where order_id is not null and (name like 'order.%%' or name like 'shipment.%%')"
COLUMNS = (
    "order_id, customer_id, known_from, known_to, store, status, placed_at, promised_from, promised_to, shipped_at, delivered_at, "
    "cancelled_at, refunded_at, total_minor, currency, total_base_minor, items, first_order, product_life, runs_out_at"
)
_TOUCHED = """
select distinct order_id from event where known_at > %s and known_at <= %s and order_id is not null
and (name like 'order.%%' or name like 'shipment.%%')
"""
FEW = 500  # orders up to which the plan is one by index, made once
STALLS_AFTER = "7 days"
OURS = (
    ("order_history", "order_id = any(%(ids)s)"),
    ("orders_order", "id = any(%(ids)s)"),
    ("orders_line", "order_id = any(%(ids)s)"),
    ("orders_payment", "order_id = any(%(ids)s)"),
    ("orders_refund", "order_id = any(%(ids)s)"),
    ("orders_milestone", "shipment_id in (select id from orders_shipment where order_id = any(%(ids)s))"),
    ("orders_shipment", "order_id = any(%(ids)s)"),
)


def project(since: datetime, until: datetime) -> None:
    """Bring everything up to date with what was sealed in `(since, until]`, and tell the deliveries that follow."""
    ids = [row[0] for row in sql.rows(_TOUCHED, [since, until])]
    if ids:
        recompute(ids)
        tell_deliveries(ids)


def rebuild() -> int:
    """Make everything anew from the log alone; says how many orders there are."""
    recompute(None)
    return int(sql.value("select count(*) from orders_order"))


def recompute(ids: Sequence[UUID] | None) -> None:
    """The past and the present of these orders (None: of all), from the log."""
    touched, params = (ALL, {}) if ids is None else (SOME, {"ids": list(ids)})
    write = sql.few if ids is not None and len(ids) <= FEW else sql.run
    for table, theirs in OURS:
        sql.run(f"delete from {table}" if ids is None else f"delete from {table} where {theirs}", params or None)
    write(f"insert into order_history ({COLUMNS}) with touched as ({touched}) select {COLUMNS} from ({_history()}) h", params)
    for statement in (_ORDERS, _LINES, _PAYMENTS, _REFUNDS, _SHIPMENTS, _MILESTONES):
        write(statement.format(touched=touched), params)


@lru_cache(maxsize=1)
def _history() -> str:
    """The text of the expression, compiled once in a process."""
    import ibis

    from ..tables import order_history

    return str(ibis.to_sql(order_history(), dialect="postgres")).replace("%", "%%")


def _last(column: str, of: str = "x.properties") -> str:
    """The last value that was given for a property."""
    value = f"{of} -> '{column}'" if column.endswith("_address") else f"{of} ->> '{column}'"
    return f"(array_agg({value} order by e.known_at desc) filter (where {value} is not null))[1] as {column}"


_PERSONAL = ("number", "email", "phone", "full_name", "shipping_address", "billing_address", "note")
_MONEY = ("subtotal_minor", "shipping_minor", "discount_minor", "tax_minor")
_PLACES = ("country", "language", "zone")
_ORDERS = f"""
insert into orders_order (id, customer_id, store, status, placed_at, promised_from, promised_to, shipped_at, delivered_at, cancelled_at,
    refunded_at, total_minor, currency, total_base_minor, items, first_order, product_life, runs_out_at,
    {", ".join(_PERSONAL)}, {", ".join(_MONEY)}, {", ".join(_PLACES)}, delay_due_at, delay_told_for)
with touched as ({{touched}})
select h.order_id, h.customer_id, h.store, h.status, h.placed_at, h.promised_from, h.promised_to, h.shipped_at, h.delivered_at,
    h.cancelled_at, h.refunded_at, h.total_minor, h.currency, h.total_base_minor, h.items, h.first_order, h.product_life, h.runs_out_at,
    {", ".join("p." + c for c in _PERSONAL)}, {", ".join(f"p.{c}::bigint" for c in _MONEY)}, {", ".join("p." + c for c in _PLACES)},
    case when h.status in ('placed', 'paid', 'shipped')
         then local_day_end(h.promised_to - interval '1 microsecond', coalesce(p.zone, s.zone, 'UTC')) end,
    d.promised_to
from order_history h join touched t on t.id = h.order_id
left join accounts_store s on s.key = h.store
left join lateral (
    select {", ".join(_last(c) for c in _PERSONAL)},
           {", ".join(_last(c, "e.properties") for c in (*_MONEY, *_PLACES))}
    from event e left join event_personal x on x.event_id = e.id
    where e.order_id = h.order_id and e.name in ('order.placed', 'order.updated')
) p on true
left join lateral (
    select max(case when e.name = 'shipment.delayed' then (e.properties ->> 'promised_to')::timestamptz end) as promised_to
    from event e where e.order_id = h.order_id and e.name = 'shipment.delayed'
) d on true
where h.known_to = '9999-12-31 00:00+00'
"""
_LINES = """
insert into orders_line (order_id, position, product_id, reference, sku, title, variant, quantity, unit_price_minor, image_url, life,
    use_for_days)
with touched as ({touched})
select t.id, l.position, line_uuid(l.line ->> 'product_id'), l.line ->> 'product', l.line ->> 'sku', l.line ->> 'title',
    l.line ->> 'variant', line_number(l.line -> 'quantity'), line_number(l.line -> 'unit_price_minor'), l.line ->> 'image_url',
    l.line ->> 'life', line_number(l.line -> 'use_for_days')
from touched t
join lateral (
    select e.properties -> 'lines' as lines from event e
    where e.order_id = t.id and e.name in ('order.placed', 'order.updated') and jsonb_typeof(e.properties -> 'lines') = 'array'
    order by e.known_at desc limit 1
) p on true
join lateral jsonb_array_elements(p.lines) with ordinality as l(line, position) on jsonb_typeof(l.line) = 'object'
where exists (select 1 from orders_order o where o.id = t.id)
"""
_PAYMENTS = """
insert into orders_payment (event_id, order_id, paid_at, amount_minor, currency, method)
with touched as ({touched})
select e.id, e.order_id, e.occurred_at, coalesce(e.amount_minor, o.total_minor), coalesce(e.currency, o.currency), e.method
from event_order_paid e join touched t on t.id = e.order_id join orders_order o on o.id = e.order_id
"""
_REFUNDS = """
insert into orders_refund (event_id, order_id, refunded_at, amount_minor, currency, reason)
with touched as ({touched})
select e.id, e.order_id, e.occurred_at, coalesce(e.amount_minor, o.total_minor), coalesce(e.currency, o.currency), e.reason
from event_order_refunded e join touched t on t.id = e.order_id join orders_order o on o.id = e.order_id
"""
_SHIPMENTS = f"""
insert into orders_shipment (id, order_id, customer_id, store, carrier, tracking_number, tracking_url, milestone, milestone_at, reason,
    action_required, action_by, promised_from, promised_to, delivered_at, last, last_event_id, stall_due_at, stall_told_for)
with touched as ({{touched}}),
parcel as (
    select f.shipment_id, f.order_id,
        (array_agg(f.customer_id order by f.known_at))[1] as customer_id, (array_agg(f.store order by f.known_at))[1] as store,
        (array_agg(f.milestone order by f.occurred_at desc, f.known_at desc) filter (where f.milestone is not null))[1] as latest,
        (array_agg(f.event_id order by f.occurred_at desc, f.known_at desc) filter (where f.milestone is not null))[1] as latest_id,
        max(f.occurred_at) filter (where f.milestone is not null) as latest_at,
        min(f.occurred_at) filter (where f.milestone = 'delivered') as delivered_at,
        {
    ", ".join(
        f"(array_agg(f.{c} order by f.known_at desc) filter (where f.{c} is not null))[1] as {c}"
        for c in ("carrier", "tracking_number", "tracking_url", "promised_from", "promised_to", "last")
    )
},
        {
    ", ".join(
        f"(array_agg(f.{c} order by f.occurred_at desc, f.known_at desc) filter (where f.milestone is not null))[1] as {c}"
        for c in ("reason", "action_required", "action_by")
    )
},
        (array_agg(f.stalled_after order by f.known_at desc) filter (where f.stalled_after is not null))[1] as stall_told_for,
        (array_agg(f.event_id order by f.known_at))[1] as first_id, min(f.occurred_at) as first_at
    from shipment_fact f join touched t on t.id = f.order_id group by f.shipment_id, f.order_id
)
select shipment_id, order_id, customer_id, store, carrier, tracking_number, tracking_url,
    case when delivered_at is not null and latest not in ('returning', 'returned') then 'delivered' else coalesce(latest, 'created') end,
    case when delivered_at is not null and latest not in ('returning', 'returned') then delivered_at else coalesce(latest_at, first_at) end,
    reason, action_required, action_by, promised_from, promised_to, delivered_at, last, coalesce(latest_id, first_id),
    case when delivered_at is null and latest not in ('created', 'cancelled', 'returned', 'expired', 'delivered')
         then latest_at + interval '{STALLS_AFTER}' end,
    stall_told_for
from parcel
"""
_MILESTONES = """
insert into orders_milestone (event_id, shipment_id, name, occurred_at, known_at, reason, place, promised_to, derived_from)
with touched as ({touched})
select f.event_id, f.shipment_id, f.name, f.occurred_at, f.known_at, f.reason, f.place, f.promised_to, f.derived_from
from shipment_fact f join touched t on t.id = f.order_id
"""
