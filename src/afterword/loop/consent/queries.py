"""What customers allow now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from afterword.kit import sql

from .types import Allowed


def may(customers: Collection[UUID], *, store: str, channel: str, purpose: str) -> dict[UUID, Allowed]:
    """What each customer said about this store, channel and purpose, and whether their address is suppressed."""
    found = sql.rows(
        "select c, consent_state(c, %s, %s, %s), exists (select 1 from suppressed s where s.customer_id = c and s.channel = %s) "
        "from unnest(%s::uuid[]) c",
        [store, channel, purpose, channel, list(customers)],
    )
    return {customer: Allowed(state, stopped) for customer, state, stopped in found}


def paused_until(customer: UUID, *, store: str, now: datetime) -> datetime | None:
    """Until when this customer wants only what concerns an order, if that is still to come."""
    found: datetime | None = sql.value("select consent_paused_until(%s, %s)", [customer, store])
    return found if found and found > now else None
