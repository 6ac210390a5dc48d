"""Looking keys up, many at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from .types import Key, Known

_KEYS = """
select k.kind, k.store, k.value, coalesce(s.survivor_id, k.customer_id)
from unnest(%s::text[], %s::text[], %s::text[]) as g(kind, store, value)
join identity_key k using (kind, store, value)
left join identity_survivor s on s.customer_id = k.customer_id
"""
_PEOPLE = """
select c.id, extract(epoch from c.created_at)::float8,
       array(select distinct k.store from identity_key k
             where k.kind = 'external' and (k.customer_id = c.id or k.customer_id in
                   (select s.customer_id from identity_survivor s where s.survivor_id = c.id)))
from identity_customer c where c.id = any(%s)
"""


def known_keys(keys: Collection[Key], *, with_people: bool) -> Known:
    """Whose these keys are. With people: also how old the customers are, and in which stores they have a shop's id."""
    known = Known()
    if not keys:
        return known
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [[k.kind for k in keys], [k.store for k in keys], [k.value for k in keys]])
        for kind, store, value, customer in cursor.fetchall():
            known.owners[Key(kind, store, value)] = customer
        if with_people and known.owners:
            cursor.execute(_PEOPLE, [list(set(known.owners.values()))])
            for customer, age, stores in cursor.fetchall():
                known.age[customer] = age
                known.shop_ids[customer] = set(stores)
    return known


def survivors(customers: Collection[UUID]) -> dict[UUID, UUID]:
    """As whom these customers go on, for those that were merged."""
    if not customers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("select customer_id, survivor_id from identity_survivor where customer_id = any(%s)", [list(customers)])
        return dict(cursor.fetchall())


def pasts_of(customer: UUID) -> list[UUID]:
    """This customer and everybody who was merged into them."""
    with connection.cursor() as cursor:
        cursor.execute("select customer_id from identity_survivor where survivor_id = %s", [customer])
        return [customer, *(row[0] for row in cursor.fetchall())]


def subjects(ids: Collection[UUID]) -> dict[UUID, tuple[UUID | None, UUID]]:
    """Whose these orders and parcels are: id → (order, customer)."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select i.subject_id, i.order_id, coalesce(s.survivor_id, i.customer_id) from identity_subject i "
            "left join identity_survivor s on s.customer_id = i.customer_id where i.subject_id = any(%s)",
            [list(ids)],
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def existing(candidates: Iterable[UUID]) -> set[UUID]:
    """Which of these ids are taken, erased ones too."""
    with connection.cursor() as cursor:
        cursor.execute("select id from identity_customer where id = any(%s)", [list(candidates)])
        return {row[0] for row in cursor.fetchall()}


def keys_of_customer(customer: UUID) -> list[dict[str, Any]]:
    """The keys by which a customer is known, for the team's page."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, store, value, known_from from identity_key where customer_id = any(%s) order by known_from, kind",
            [pasts_of(customer)],
        )
        return [dict(zip(("kind", "store", "value", "known_from"), row, strict=True)) for row in cursor.fetchall()]


def customer_by(kind: str, store: str, value: str) -> UUID | None:
    """The customer known by this key, as whom they go on; None when nobody is."""
    return known_keys([Key(kind, store, value)], with_people=False).owners.get(Key(kind, store, value))
