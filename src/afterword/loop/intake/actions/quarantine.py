"""Quarantine: what could not be understood, raw, until somebody mends the reason and has it tried again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import structlog
from django.db import connection, transaction

from afterword.kernel.errors import Complaint
from afterword.kit import sql

from ..types import Kept, NoSuchBody, Taken, Tried

MOST_OF_BROWSERS = 1000  # bodies of a store that came with browser keys: whoever reads such a key could fill the disk with them
OPEN_OF_BROWSERS = """
select count(*) from (select 1 from event_quarantine
    where from_browser and replayed_at is null and discarded_at is null and store = %s limit %s) q
"""
log = structlog.get_logger("afterword.intake")
# Segment's libraries may write the key into the body, where whoever reads the quarantine would read it.
KEY = re.compile(rb'("writeKey"\s*:\s*)"[^"]*"')


def keep(bodies: Sequence[Kept], *, received_at: datetime) -> int:
    """Put these aside with the reasons; says how many. Of what came with browser keys a store keeps so many at a time."""
    bodies = _not_too_many(bodies) if any(one.browser for one in bodies) else bodies
    raws = [KEY.sub(rb'\1"-"', one.body) for one in bodies]
    if not bodies:
        return 0
    reasons, faults = [_reasons(one.complaints) for one in bodies], [_fault(one.complaints) for one in bodies]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into event_quarantine (received_at, source, store, body, fault, complaints, from_browser) "
            "select %s, g.* from unnest(%s::text[], %s::text[], %s::bytea[], %s::text[], %s::jsonb[], %s::boolean[]) g",
            [received_at, [b.source for b in bodies], [b.store for b in bodies], raws,
             faults, reasons, [b.browser for b in bodies]],
        )  # fmt: skip
        return int(cursor.rowcount)


def _not_too_many(bodies: Sequence[Kept]) -> list[Kept]:
    """These, without the browsers' that find no room. Whoever told them has been refused either way."""
    stores = {one.store for one in bodies if one.browser}
    room = {store: MOST_OF_BROWSERS - int(sql.value(OPEN_OF_BROWSERS, [store, MOST_OF_BROWSERS])) for store in stores}
    kept = []
    for one in bodies:
        if one.browser:
            room[one.store] -= 1
            if room[one.store] < 0:
                continue
        kept.append(one)
    if len(kept) < len(bodies):
        log.warning("refused bodies of browser keys are no longer kept: discard those that wait", left_out=len(bodies) - len(kept))
    return kept


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
            "select id, source, store, body, received_at, from_browser from event_quarantine "
            "where id = any(%s) and replayed_at is null and discarded_at is null order by id for update",
            [list(ids)],
        )
        if not found and len(ids) == 1:
            raise NoSuchBody(id=ids[0])
        for id, source, store, body, received_at, from_browser in found:
            parcel = read(source, store, [bytes(body)], received_at, browser=from_browser)
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
