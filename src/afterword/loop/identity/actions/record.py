"""Recording: told events become rows of the inbox, with the customers they are about. One transaction, few statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from afterword.kernel.errors import Complaint
from afterword.kernel.shapes import UnknownEvent
from afterword.loop.events import door as events
from afterword.loop.events.types import Ready, Recorded, Told

from .. import queries, rules
from ..types import Found, Key, Known
from . import link

Filler = Callable[[list[Ready]], None]
Parts = tuple[dict[str, Any], dict[str, Any]]
_fillers: dict[str, Filler] = {}
INSTANT = timedelta(microseconds=1)
_DECODE = msgspec.json.Decoder(Told)
_OWNERLESS = ("product.updated", "incident.announced", "incident.ended", "recall.issued", "update.published")


def register_filler(name: str, fn: Filler) -> None:
    """Have `fn(rows)` complete events before they are written: a base amount, the life of a product. It may change properties."""
    _fillers[name] = fn


@dataclass(slots=True)
class _Item:
    """One told event on its way."""

    told: Told
    received_at: datetime
    parts: Parts
    keys: tuple[Key, ...]
    order_id: UUID | None
    shipment_id: UUID | None
    customer_id: UUID | None = None
    mark: UUID | None = None


@dataclass(slots=True)
class _Batch:
    """What a batch writes beside its events."""

    rows: list[Ready] = field(default_factory=list)
    waiting: list[tuple[_Item, str, str, str]] = field(default_factory=list)
    links: dict[Key, tuple[UUID, datetime]] = field(default_factory=dict)
    customers: dict[UUID, datetime] = field(default_factory=dict)
    subjects: dict[UUID, tuple[UUID | None, UUID]] = field(default_factory=dict)


def record(told: Sequence[Told], *, received_at: datetime, places: Sequence[str] | None = None) -> Recorded:
    """Keep what can be kept: find every event's customer and append. What is refused says why; the rest of the batch stays.

    An event about somebody who is not known yet (an anonymous visitor, an order that has not been told) waits apart and is
    appended when they become known. Complaints are about `events[n]…`, n counted from 0, or about the given places.
    """
    return record_each([told], received_at=received_at, places=places)[0]


def record_each(batches: Sequence[Sequence[Told]], *, received_at: datetime, places: Sequence[str] | None = None) -> list[Recorded]:
    """Several batches in one transaction, with what became of each."""
    read = [[_item(one, received_at) for one in batch] for batch in batches]
    items = [item for batch in read for item, _ in batch if item]
    with transaction.atomic():
        fresh = _write(items, received_at)
    return [_answer(batch, fresh, places) for batch in read]


def _answer(batch: list[tuple[_Item | None, list[Complaint]]], fresh: set[UUID], places: Sequence[str] | None) -> Recorded:
    """What became of one batch; an event told twice was new once."""
    accepted = repeated = 0
    refused: list[Complaint] = []
    at: list[int] = []
    for place, (item, found) in enumerate(batch):
        where = places[place] if places else f"events[{place}]"
        refused += [Complaint(f"{where}.{c.path}", c.fault, c.expected) for c in found]
        if item is None:
            at.append(place)
        elif item.mark in fresh:
            fresh.remove(item.mark)
            accepted += 1
        else:
            repeated += 1
    return Recorded(accepted, repeated, tuple(refused), tuple(at))


def check(told: Told, received_at: datetime) -> list[Complaint]:
    """What `record` would complain about, without recording."""
    return _item(told, received_at)[1]


def _item(told: Told, received_at: datetime) -> tuple[_Item | None, list[Complaint]]:
    try:
        definition = events.vocabulary.definition(told.name)
    except UnknownEvent as unknown:
        return None, [Complaint("name", f"is {str(told.name)[:60]!r}", f"a known event. {unknown}")]
    if definition.subject == "shipment" and told.order and not told.shipment:
        told = replace(told, shipment=told.order)  # the order's only parcel
    found = events.faults_of_envelope(told, received_at)
    plain, private, wrong = events.sort_out(definition, told.properties, told.personal)
    found += wrong
    if told.who is not None:
        found += rules.faults(told.who)
    keys: tuple[Key, ...] = ()
    if not found and told.customer_id is None:
        keys = rules.keys_of(told.who, told.store) if told.who else ()
        by_order = (told.order or told.shipment) and told.name != "order.placed"
        if not keys and not by_order and told.name not in _OWNERLESS:
            found.append(Complaint("who", "names nobody", "external_id, email, phone or anonymous_id, or an order or shipment"))
    if found:
        return None, found
    _keep_names(definition, told, plain, private)
    order = events.order_id(told.store, told.order) if told.order else told.order_id
    shipment = events.shipment_id(told.store, told.shipment) if told.shipment else None
    return _Item(told, received_at, (plain, private), keys, order, shipment, told.customer_id), []


def _keep_names(definition: Any, told: Told, plain: dict[str, Any], private: dict[str, Any]) -> None:
    """An order or a profile that comes with an address keeps it, so that it can be written to; the shop's references are kept."""
    known, _ = events.shape(definition)
    who = told.who
    for name, value in (("email", who and who.email), ("phone", who and who.phone), ("number", told.order)):
        if value and name in known and name not in private:
            private[name] = value
    if told.product and "reference" in known:
        plain.setdefault("reference", told.product)


def _write(items: list[_Item], received_at: datetime) -> set[UUID]:
    """Write a batch and everything it brings about; the marks of what was new."""
    batch = _Batch()
    known, subjects = _look_up(items, with_people=False)
    if any(_is_new(item, known) for item in items):
        link.take_turn()
        known, subjects = _look_up(items, with_people=True)
    minted = _mint(items, known, received_at)
    for item in items:
        _resolve(item, known, subjects, batch, minted)
    link.write_links(batch.customers, batch.links)
    fresh = _write_waiting(batch.waiting)
    _write_subjects(batch.subjects)
    _release(batch, known)
    for fill in _fillers.values():
        fill(batch.rows)
    return fresh | events.append(batch.rows).fresh


def _look_up(items: list[_Item], *, with_people: bool) -> tuple[Known, dict[UUID, tuple[UUID | None, UUID]]]:
    keys = {key for item in items for key in item.keys}
    known = queries.known_keys(keys, with_people=with_people)
    known.survivors.update(queries.survivors({item.customer_id for item in items if item.customer_id}))
    ids = {id for item in items for id in (item.order_id, item.shipment_id) if id}
    return known, queries.subjects(ids)


def _is_new(item: _Item, known: Known) -> bool:
    """Whether this event teaches something about who is who."""
    owners = {known.owners.get(key) for key in item.keys}
    return bool(item.keys) and (None in owners or len(owners) > 1)


def _mint(items: list[_Item], known: Known, at: datetime) -> dict[Key, UUID]:
    """Ids for the customers that may become known in this batch."""
    first = {next((k for k in item.keys if k.kind in rules.NAMING), None) for item in items}
    return link.mint([k for k in first if k is not None and k not in known.owners], at)


def _resolve(item: _Item, known: Known, subjects: dict[UUID, tuple[UUID | None, UUID]], batch: _Batch, minted: dict[Key, UUID]) -> None:
    told = item.told
    if item.customer_id is not None:
        item.customer_id = known.survivor(item.customer_id)
    elif item.keys:
        item.customer_id = _meet(item, rules.find(item.keys, told.store, known), known, batch, minted)
    at_shipment = subjects.get(item.shipment_id) if item.shipment_id else None
    if item.order_id is None and at_shipment:
        item.order_id = at_shipment[0]
    owner = subjects.get(item.order_id) if item.order_id else None
    if item.customer_id is None:
        of = owner or at_shipment
        item.customer_id = known.survivor(of[1]) if of else None
    if item.customer_id is None and told.name not in _OWNERLESS:
        item.mark = events.mark_of(told)
        batch.waiting.append((item, *_waits_for(item)))
        return
    if item.customer_id is not None:
        for id, order in ((item.order_id, item.order_id), (item.shipment_id, item.order_id)):
            if id is not None and (id not in subjects or (subjects[id][0] is None and order is not None)):
                subjects[id] = batch.subjects[id] = (order, item.customer_id)
    row = events.ready(told, item.received_at, item.customer_id, item.order_id, item.parts)
    item.mark = row.mark
    batch.rows.append(row)


def _meet(item: _Item, found: Found, known: Known, batch: _Batch, minted: dict[Key, UUID]) -> UUID | None:
    """The customer of these keys; a new one when nobody is known by them; links and merges are noted and at once in force."""
    told, at = item.told, item.received_at
    customer = found.customer
    if customer is None and found.by is not None:
        customer = minted.get(found.by) or link.mint([found.by], at)[found.by]
        batch.customers[customer] = told.occurred_at
        known.age[customer], known.shop_ids[customer] = told.occurred_at.timestamp(), set()
        before = told.occurred_at - INSTANT  # so that the event itself keeps its own instant in a replay
        ours = Told("customer.created", before, link.OURS, f"customer:{customer}", store=told.store)
        batch.rows.append(events.ready(ours, at, customer, None, ({"by": found.by.kind}, {})))
    if customer is None:
        return None
    for key in found.links:
        known.owners[key] = customer
        batch.links[key] = (customer, at)
        if found.customer is not None and key.kind in _taught(told):
            batch.rows.append(_linked(key, customer, told, at))
        if key.kind == "external":
            known.shop_ids.setdefault(customer, set()).add(key.store)
    for other, by in found.merges:
        customer = _merge(customer, other, by, item, known, batch)
    return customer


def _taught(told: Told) -> tuple[str, ...]:
    """The kinds of address that this event teaches without saying them itself."""
    says, _ = events.shape(events.vocabulary.definition(told.name))
    return tuple(kind for kind in ("email", "phone") if kind not in says)


def _linked(key: Key, customer: UUID, told: Told, at: datetime) -> Ready:
    """A known customer has a new address: told, so that everything that follows from the log learns of it."""
    ours = Told("customer.updated", told.occurred_at, link.OURS, f"linked:{key.kind}:{customer}:{key.value}", store=told.store)
    return events.ready(ours, at, customer, None, ({}, {key.kind: key.value}))


def _merge(one: UUID, other: UUID, by: str, item: _Item, known: Known, batch: _Batch) -> UUID:
    """The older one goes on."""
    link.write_links(batch.customers, batch.links)
    batch.customers, batch.links = {}, {}
    survivor, loser = sorted((one, other), key=lambda c: (known.age.get(c, 0.0), c.bytes))
    link.write_merge(loser, survivor, item.received_at, by)
    known.survivors.update({loser: survivor, **{a: survivor for a, b in known.survivors.items() if b == loser}})
    known.shop_ids.setdefault(survivor, set()).update(known.shop_ids.get(loser, set()))
    batch.rows.append(link.told_merge(loser, survivor, item.received_at, by, item.told.store))
    return survivor


def _waits_for(item: _Item) -> tuple[str, str, str]:
    """For what an event waits: the visitor's name, or the order or the parcel to become known."""
    if item.order_id:
        return "order", "", str(item.order_id)
    if item.shipment_id:
        return "shipment", "", str(item.shipment_id)
    anonymous = next(key for key in item.keys if key.kind == "anonymous")
    return anonymous


def _write_waiting(waiting: list[tuple[_Item, str, str, str]]) -> set[UUID]:
    """Put these aside; the marks of those that were new."""
    rows: dict[UUID | None, tuple[Any, ...]] = {}
    for item, kind, store, value in waiting:
        rows.setdefault(item.mark, (item.mark, kind, store, value, item.received_at, msgspec.json.encode(item.told).decode()))
    if not rows:
        return set()
    columns = [list(column) for column in zip(*rows.values(), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into identity_waiting (mark, kind, store, value, received_at, told) "
            "select * from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[]) "
            "on conflict do nothing returning mark",
            columns,
        )
        return {row[0] for row in cursor.fetchall()}


def _write_subjects(subjects: dict[UUID, tuple[UUID | None, UUID]]) -> None:
    if not subjects:
        return
    rows = sorted((id, order, customer) for id, (order, customer) in subjects.items())
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into identity_subject (subject_id, order_id, customer_id) select * from unnest(%s::uuid[], %s::uuid[], %s::uuid[]) "
            "on conflict (subject_id) do update set order_id = coalesce(identity_subject.order_id, excluded.order_id)",
            [[r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]],
        )


def _release(batch: _Batch, known: Known) -> None:
    """What waited for somebody who has just become known goes with this batch, before it."""
    named = [(k.kind, k.store, k.value) for k in known.owners if k.kind == "anonymous"]
    named += [(kind, "", str(id)) for id in batch.subjects for kind in ("order", "shipment")]
    if not named:
        return
    columns = [list(column) for column in zip(*named, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "with gone as (delete from identity_waiting w using unnest(%s::text[], %s::text[], %s::text[]) as g(kind, store, value) "
            "where w.kind = g.kind and w.store = g.store and w.value = g.value returning w.told, w.received_at, w.mark) "
            "select told, received_at from gone order by received_at, mark",
            columns,
        )
        rows = cursor.fetchall()
    freed = [item for item in (_item(_DECODE.decode(text), at)[0] for text, at in rows) if item]
    subjects = {**queries.subjects({i for item in freed for i in (item.order_id, item.shipment_id) if i}), **batch.subjects}
    late = _Batch()
    for item in freed:
        _resolve(item, known, subjects, late, {})
    batch.rows[:0] = late.rows
    _write_waiting(late.waiting)
    _write_subjects(late.subjects)
