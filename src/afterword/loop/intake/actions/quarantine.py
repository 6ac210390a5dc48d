"""Quarantine: what could not be understood, raw, until somebody mends the reason and has it tried again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection, transaction

from afterword.kernel.errors import Complaint
from afterword.kit import sql

from ..types import Kept, NoSuchBody, Taken, Tried


def keep(bodies: Sequence[Kept], *, received_at: datetime) -> int:
    """Put these aside with the reasons; says how many."""
    if not bodies:
        return 0
    reasons, faults = [_reasons(one.complaints) for one in bodies], [_fault(one.complaints) for one in bodies]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into event_quarantine (received_at, source, store, body, fault, complaints) "
            "select %s, g.* from unnest(%s::text[], %s::text[], %s::bytea[], %s::text[], %s::jsonb[]) g",
            [received_at, [b.source for b in bodies], [b.store for b in bodies], [b.body for b in bodies],
             faults, reasons],
        )  # fmt: skip
        return int(cursor.rowcount)


def _reasons(complaints: tuple[Complaint, ...]) -> str:
    return msgspec.json.encode([{"path": _kept(c.path), "fault": _kept(c.fault), "expected": c.expected} for c in complaints]).decode()


def _fault(complaints: tuple[Complaint, ...]) -> str:
    return _kept(str(complaints[0]))[:500] if complaints else ""


def _kept(text: str) -> str:
    """A complaint quotes what came; the one character that no database keeps is shown as its picture."""
    return text.replace("\x00", "\N{SYMBOL FOR NULL}")


def replay(ids: Sequence[int], *, now: datetime) -> Tried:
    """Try these bodies again as they were received; what is understood now leaves the quarantine."""
    from .take import read, take

    understood = wrong = 0
    with transaction.atomic():
        found = sql.rows(
            "select id, source, store, body, received_at from event_quarantine "
            "where id = any(%s) and replayed_at is null and discarded_at is null order by id for update",
            [list(ids)],
        )
        if not found and len(ids) == 1:
            raise NoSuchBody(id=ids[0])
        for id, source, store, body, received_at in found:
            parcel = read(source, store, [bytes(body)], received_at)
            (taken,) = take([parcel], received_at=received_at, quarantined=False)
            if taken.refused:
                wrong += 1
                _still(id, taken)
            else:
                understood += 1
                sql.run("update event_quarantine set replayed_at = %s where id = %s", [now, id])
    return Tried(understood, wrong)


def _still(id: int, taken: Taken) -> None:
    complaints = taken.refused[0][1]
    sql.run("update event_quarantine set fault = %s, complaints = %s where id = %s", [_fault(complaints), _reasons(complaints), id])


def discard(ids: Sequence[int], *, now: datetime) -> int:
    """Say that these bodies will not be tried again; says how many."""
    return sql.run(
        "update event_quarantine set discarded_at = %s where id = any(%s) and replayed_at is null and discarded_at is null",
        [now, list(ids)],
    )


def forget(customers: list[UUID]) -> int:
    """Drop raw bodies that hold a key by which one of these customers is known."""
    return sql.run(
        "delete from event_quarantine q using identity_key k where k.customer_id = any(%s) and length(k.value) >= 3 "
        "and position(convert_to(k.value, 'UTF8') in q.body) > 0",
        [customers],
    )
