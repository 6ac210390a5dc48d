"""Erasing a person: every room forgets what names them; the events stay, without the person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from afterword.loop.events import door as events
from afterword.loop.events.types import Told

from ..queries import pasts_of
from ..types import UnknownCustomer
from .link import OURS, take_turn

Eraser = Callable[[list[UUID]], int]
_erasers: dict[str, Eraser] = {}


def register_eraser(name: str, fn: Eraser) -> None:
    """Have `fn(customer_ids)` forget, in the erasing transaction, what a room keeps of these customers; it says how many rows."""
    _erasers[name] = fn


def erase(customer_id: UUID, at: datetime, *, asked_by: str = "merchant", store: str = "main") -> dict[str, int]:
    """Forget who this customer was, everywhere; says how many rows of each kind went. Erasing again finds nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        take_turn()
        cursor.execute("select 1 from identity_customer where id = %s", [customer_id])
        if cursor.fetchone() is None:
            raise UnknownCustomer(id=customer_id)
        pasts = pasts_of(customer_id)
        gone = {name: fn(pasts) for name, fn in _erasers.items()}
        cursor.execute("delete from event_personal where customer_id = any(%s)", [pasts])
        gone["events"] = cursor.rowcount
        cursor.execute(
            "delete from identity_waiting w using identity_key k "
            "where k.customer_id = any(%s) and w.kind = k.kind and w.store = k.store and w.value = k.value",
            [pasts],
        )
        cursor.execute("delete from identity_key where customer_id = any(%s)", [pasts])
        gone["keys"] = cursor.rowcount
        cursor.execute("update identity_customer set erased_at = %s where id = any(%s) and erased_at is null", [at, pasts])
        told = Told("customer.erased", at, OURS, f"erased:{customer_id}:{at.isoformat()}", store=store, customer_id=customer_id)
        events.append([events.ready(told, at, customer_id, None, ({"asked_by": asked_by}, {}))])
    return gone
