"""The log as people look at it: its end, what was searched for, one event."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from afterword.kernel.errors import Refused
from afterword.kit import sql
from afterword.loop.customers import door as customers

from ..rules import plain

PAGE = 40
COLUMNS = "id, name, occurred_at, received_at, source, store, customer_id, order_id, shipment_id, product_id, message_id, properties"
WHERE = """
where (%(name)s::text is null or name like %(name)s) and (%(stores)s::text[] is null or store = any(%(stores)s))
and (%(customers)s::uuid[] is null or customer_id = any(%(customers)s)) and (%(orders)s::uuid[] is null or order_id = any(%(orders)s))
"""
# What is not sealed yet stands above what is; the log is read from its end.
INBOX = f"""
select {COLUMNS}, null::timestamptz as known_at from event_inbox {WHERE}
and %(at)s::timestamptz is null order by seq desc limit %(most)s
"""
LOG = f"""
select {COLUMNS}, known_at from event {WHERE}
and (%(until)s::timestamptz is null or known_at <= %(until)s) and (%(at)s::timestamptz is null or (known_at, id) < (%(at)s, %(id)s))
order by known_at desc, id desc limit %(most)s
"""
ONE = f"""
select {COLUMNS}, known_at from event where id = %(id)s and (%(stores)s::text[] is null or store = any(%(stores)s))
union all select {COLUMNS}, null from event_inbox where id = %(id)s and (%(stores)s::text[] is null or store = any(%(stores)s))
"""


class NoSuchEvent(Refused):
    """There is no such event."""


def found(
    *, name: str, who: list[UUID] | None, orders: list[UUID] | None, until: datetime | None, place: tuple[datetime, UUID] | None,
    stores: list[str] | None,
) -> list[dict[str, Any]]:  # fmt: skip
    """The latest events first, one more than a page where there are more. Two statements. `name` may end in a dot: all of a noun."""
    like = name.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%") + ("%" if name.endswith(".") else "")
    bounds = {
        "name": like or None, "stores": stores, "customers": who, "orders": orders, "until": until, "at": place[0] if place else None,
        "id": place[1] if place else None, "most": PAGE + 1,
    }  # fmt: skip
    fresh = sql.records(INBOX, bounds) if until is None else []
    return [*fresh, *sql.records(LOG, bounds)]


def customers_called(words: str) -> list[UUID]:
    """The first customers of whom these words are true; an empty list finds nothing."""
    return list(customers.search(words).values_list("id", flat=True)[:50])


def orders_called(number: str) -> list[UUID]:
    """The orders with this number."""
    given = [number, number.lstrip("#")]
    return [row[0] for row in sql.rows("select id from orders_order where number = any(%s) limit 50", [given])]


def event(id: UUID, stores: list[str] | None) -> dict[str, Any]:
    """One event, sealed or not. Raises NoSuchEvent."""
    rows = sql.records(ONE, {"id": id, "stores": stores})
    if not rows:
        raise NoSuchEvent
    return {**rows[0], "properties": plain(rows[0]["properties"])}
