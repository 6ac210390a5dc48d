"""Sealing: the inbox becomes the log, in one statement, under one lock; each event gets an instant of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from django.db import connection, transaction

from ..types import BEGINNING, Sealed

MOST = 200_000
LOCK = 0x5EA1
Projection = Callable[[datetime, datetime], None]

COLUMNS = (
    "id, name, occurred_at, received_at, source, store, customer_id, order_id, shipment_id, product_id, message_id, "
    "dice, customer_dice, properties"
)
_BY_RECEIPT = """
    select ctid as place,
           %(until)s::timestamptz - (count(*) over () - row_number() over (order by seq)) * interval '1 microsecond' as known_at
    from (select ctid, seq from event_inbox order by seq limit
          least(%(most)s, greatest((extract(epoch from %(until)s::timestamptz - %(since)s::timestamptz) * 1000000)::bigint, 0))) first
"""
_BY_OCCURRENCE = """
    select place, known_at from (
        select place, greatest(max(occurred_at - rank * interval '1 microsecond') over (order by rank), %(since)s::timestamptz)
                      + rank * interval '1 microsecond' as known_at
        from (select ctid as place, occurred_at, row_number() over (order by occurred_at, seq) as rank
              from event_inbox where occurred_at <= %(until)s::timestamptz order by occurred_at, seq limit %(most)s) ranked
    ) stamped where known_at <= %(until)s::timestamptz
"""
_SEAL = """
with pick as materialized ({pick}),
gone as (delete from event_inbox i using pick p where i.ctid = p.place returning i.*, p.known_at),
put as (
    insert into event (known_at, {columns}) select known_at, {columns} from gone order by known_at returning id, known_at
), reached as (
    insert into event_reach (low, known_until) select event_quarter(id), max(known_at) from put group by 1
    on conflict (low) do update set known_until = excluded.known_until
)
select count(*), max(known_at) from put
"""
_MAKE_MONTHS = """
select make_event_partition(month) from (
    select distinct date_trunc('month', least(occurred_at, received_at), 'UTC') as month from event_inbox
) months
"""
_projections: dict[str, Projection] = {}


def register_projection(name: str, fn: Projection) -> None:
    """Have `fn(since, until)` called inside every seal, in the order of registration, over what was sealed."""
    _projections[name] = fn


def projections() -> dict[str, Projection]:
    """Every registered projection by name, in order."""
    return dict(_projections)


def seal(until: datetime, *, known: Literal["until", "occurred"] = "until", most: int = MOST) -> Sealed:
    """Move what has arrived into the log; `known_at` lies in `(since, until]`, strictly increasing.

    `known="until"` gives instants that end at `until`, in order of receipt; `"occurred"` (replays) gives
    `max(previous + 1 µs, occurred_at)` and leaves what occurred later for a later seal. Takes at most `most` events; a
    clock that went back seals nothing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("select sealed_until from frontier")
        row = cursor.fetchone()
        since: datetime = row[0] if row else BEGINNING
        if until <= since:
            return Sealed(since, since, 0)
        cursor.execute(_MAKE_MONTHS)
        pick = _BY_RECEIPT if known == "until" else _BY_OCCURRENCE
        cursor.execute(_SEAL.format(pick=pick, columns=COLUMNS), {"until": until, "since": since, "most": most})
        count, last = cursor.fetchone()
        if known == "occurred" and count == most:
            until = last
        cursor.execute(
            "insert into frontier (sealed_until) values (%s) on conflict (one) do update set sealed_until = excluded.sealed_until", [until]
        )
        if count:
            for project in _projections.values():
                project(since, until)
    return Sealed(since, until, count)
