"""What follows without anybody telling it: the last parcel's arrival, a broken promise, silence. Each is told once, with the
instant of its cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterword.kit import sql
from afterword.loop.events import door as events
from afterword.loop.events.types import Ready, Told

OURS, IMPORTED = "afterword", "import"
_ALL_ARRIVED = "having bool_and(s.delivered_at is not null) and coalesce(bool_or(s.last), true)"
_ARRIVED = f"""
select o.id, o.customer_id, o.store, max(s.delivered_at), count(*),
    (select e.source from event e where e.order_id = o.id and e.name = 'shipment.delivered' order by e.known_at desc limit 1)
from orders_order o join orders_shipment s on s.order_id = o.id
where o.id = any(%s) and o.delivered_at is null and o.cancelled_at is null and s.milestone <> 'cancelled'
group by o.id {_ALL_ARRIVED}
"""
_LATE = f"""
select o.id, o.customer_id, o.store, o.delay_due_at, o.promised_from, o.promised_to, o.shipped_at is not null, s.id, s.carrier,
    exists (select 1 from event e where e.order_id = o.id and e.name = 'order.placed' and e.source = 'import'
            and e.known_at > o.delay_due_at)
from orders_order o
left join lateral (select id, carrier from orders_shipment s where s.order_id = o.id and s.delivered_at is null
                   and s.milestone <> 'cancelled' order by s.promised_to nulls last, s.id limit 1) s on true
where o.delay_due_at <= %s and (o.delay_told_for is null or o.delay_told_for <> o.promised_to)
  and not exists (select 1 from orders_shipment s where s.order_id = o.id and s.milestone <> 'cancelled' {_ALL_ARRIVED})
order by o.delay_due_at, o.id limit %s
"""
_SILENT = """
select s.order_id, s.customer_id, s.store, s.stall_due_at, s.id, s.carrier, s.last_event_id
from orders_shipment s
where s.stall_due_at <= %s and (s.stall_told_for is null or s.stall_told_for <> s.last_event_id)
order by s.stall_due_at, s.id limit %s
"""
MOST = 20_000


def tell_deliveries(order_ids: Sequence[UUID]) -> int:
    """Tell that an order arrived, for those whose last parcel did; at the instant of that parcel's arrival."""
    found = sql.rows(_ARRIVED, [list(order_ids)])
    rows = []
    for id, customer, store, at, parcels, source in found:
        properties = {"derived_from": "carrier", "parcels": parcels}
        rows.append(_ready("order.delivered", at, f"delivered:{id}", customer, id, None, store, properties, source))
    return events.append(rows).accepted


def tell_delays(now: datetime) -> int:
    """Tell every promise that was broken by `now`: at the end of the promised local day, once for each promise."""
    with transaction.atomic():
        rows = []
        for id, customer, store, due, first, last, shipped, shipment, carrier, old in sql.rows(_LATE, [now, MOST]):
            properties = {"promised_from": first and first.isoformat(), "promised_to": last.isoformat(), "derived_from": "promise_clock",
                          "shipped": shipped, "carrier": carrier}  # fmt: skip
            source = IMPORTED if old else None
            mark = f"delayed:{id}:{last.isoformat()}"
            rows.append(_ready("shipment.delayed", due, mark, customer, id, shipment, store, properties, source))
        return events.append(rows).accepted


def tell_stalls(now: datetime) -> int:
    """Tell every parcel of which nothing was heard for too long, once for each silence."""
    with transaction.atomic():
        rows = []
        for order, customer, store, due, shipment, carrier, after in sql.rows(_SILENT, [now, MOST]):
            properties = {"derived_from": "silence_clock", "carrier": carrier, "after": str(after)}
            rows.append(_ready("shipment.stalled", due, f"stalled:{shipment}:{after}", customer, order, shipment, store, properties))
        return events.append(rows).accepted


def _ready(
    name: str, at: datetime, source_id: str, customer: UUID | None, order: UUID | None, shipment: UUID | None, store: str,
    properties: dict[str, Any], source: str | None = None,
) -> Ready:  # fmt: skip
    """What follows from imported history is marked as imported too, so that it starts no runs."""
    told = Told(name, at, OURS, source_id, store=store, customer_id=customer)
    row = events.ready(told, at, customer, order, ({k: v for k, v in properties.items() if v is not None}, {}))
    row.shipment_id = shipment
    row.source = IMPORTED if source == IMPORTED else OURS
    return row
