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


def untracked(customers: Collection[UUID]) -> set[UUID]:
    """Those who do not want it counted what they open and follow."""
    rows = sql.rows(
        "select distinct customer_id from consent_now where customer_id = any(%s) and purpose = 'tracking' and state = 'withdrawn'",
        [list(customers)],
    )
    return {customer for (customer,) in rows}


def closed_addresses() -> list[tuple[str, str, int]]:
    """How many addresses nothing is sent to: by channel and reason. The addresses themselves are not kept."""
    return [(c, r, n) for c, r, n in sql.rows(
        "select channel, reason, count(*) from consent_suppression where lifted_at is null group by 1, 2 order by 3 desc, 1, 2"
    )]  # fmt: skip


def why_closed(channel: str, address: str) -> tuple[str, datetime] | None:
    """Why nothing is sent to this address, and since when; None where it is open."""
    found = sql.rows(
        "select reason, since from consent_suppression where channel = %s and address_mark = address_mark(%s) and lifted_at is null",
        [channel, address],
    )
    return (found[0][0], found[0][1]) if found else None


def wishes(customer: UUID, *, store: str) -> dict[str, str]:
    """What a customer wishes of all messages: `quiet` (20:00-10:00) and `often` (so many a week), where they wish for anything."""
    found = sql.rows(
        "select distinct on (purpose) purpose, state from consent_now where customer_id = %s and store in (%s, '') "
        "and purpose in ('quiet', 'often') order by purpose, known_from desc",
        [customer, store],
    )
    return {about: wish for about, wish in found if wish}


def paused_until(customer: UUID, *, store: str, now: datetime) -> datetime | None:
    """Until when this customer wants only what concerns an order, if that is still to come."""
    found: datetime | None = sql.value("select consent_paused_until(%s, %s)", [customer, store])
    return found if found and found > now else None
