"""Appending: many events in one statement, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from django.db import connection

from afterword.kernel.ids import dice, keyed_id, uuid7_from

from ..queries import secret
from ..types import Appended, Ready, Told

CHANNEL = "afterword_inbox"
_APPEND = """
with given as materialized (
    select * from json_to_recordset(%s::json) as g (
        place integer, mark uuid, id uuid, name text, occurred_at timestamptz, received_at timestamptz, source text, store text,
        customer_id uuid, order_id uuid, shipment_id uuid, product_id uuid, message_id uuid, dice integer, customer_dice integer,
        properties jsonb, personal jsonb)
),
fresh as (
    insert into event_source (mark, event_id) select mark, id from given order by mark
    on conflict (mark) do nothing returning event_id, mark
),
private as (
    insert into event_personal (event_id, customer_id, properties)
    select g.id, g.customer_id, g.personal from given g join fresh f on f.event_id = g.id where g.personal is not null
),
put as (
    insert into event_inbox (id, name, occurred_at, received_at, source, store, customer_id, order_id, shipment_id, product_id,
                             message_id, dice, customer_dice, properties)
    select g.id, g.name, g.occurred_at, g.received_at, g.source, g.store, g.customer_id, g.order_id, g.shipment_id, g.product_id,
           g.message_id, g.dice, g.customer_dice, g.properties
    from given g join fresh f on f.event_id = g.id order by g.place
),
bell as (select pg_notify('afterword_inbox', '') where exists (select 1 from fresh))
select (select array_agg(mark) from fresh), (select count(*) from bell)
"""
_ENCODER = msgspec.json.Encoder()


def mark_of(told: Told) -> UUID:
    """What makes a told event unique: who tells it and by which id, as a keyed hash that names nobody."""
    return keyed_id(secret(), "source", told.source, told.source_id)


def ready(
    told: Told, received_at: Any, customer_id: UUID | None, order_id: UUID | None, parts: tuple[dict[str, Any], dict[str, Any]]
) -> Ready:
    """The event as it will be written: ids of the shop's things follow from its references, the event's own from its source."""
    key = secret()
    mark = mark_of(told)
    at = min(told.occurred_at, received_at)
    return Ready(
        id=uuid7_from(at, mark.bytes), mark=mark, name=told.name, occurred_at=told.occurred_at, received_at=received_at,
        source=told.source, store=told.store, customer_id=customer_id, order_id=order_id,
        shipment_id=keyed_id(key, "shipment", told.store, told.shipment) if told.shipment else None,
        product_id=keyed_id(key, "product", told.store, told.product) if told.product else None,
        message_id=told.message_id, properties=parts[0], personal=parts[1],
    )  # fmt: skip


def append(events: Sequence[Ready]) -> Appended:
    """Write these to the inbox, in this order; what was told before is counted and left alone. Joins the open transaction."""
    once: dict[UUID, Ready] = {}
    for event in events:
        once.setdefault(event.mark, event)
    if not once:
        return Appended(0, len(events))
    rows = [_row(place, event) for place, event in enumerate(once.values())]
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:  # binds on the server: a large text is not quoted into the statement
        found = cursor.execute(_APPEND, [_ENCODER.encode(rows).decode()]).fetchone()
    fresh = frozenset((found and found[0]) or ())
    return Appended(len(fresh), len(events) - len(fresh), fresh)


def _row(place: int, e: Ready) -> Mapping[str, Any]:
    subject = e.order_id or e.shipment_id or e.customer_id or e.product_id or e.id
    own = dice(subject)
    return {
        "place": place, "mark": e.mark, "id": e.id, "name": e.name, "occurred_at": e.occurred_at, "received_at": e.received_at,
        "source": e.source, "store": e.store, "customer_id": e.customer_id, "order_id": e.order_id,
        "shipment_id": e.shipment_id, "product_id": e.product_id, "message_id": e.message_id, "dice": own,
        "customer_dice": own if subject == e.customer_id or e.customer_id is None else dice(e.customer_id),
        "properties": e.properties, "personal": e.personal or None,
    }  # fmt: skip
