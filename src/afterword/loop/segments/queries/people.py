"""Who is in a segment: now, a page at a time, at a moment, some of them, in several at once; and why somebody is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from afterword.kit import sql
from afterword.loop.events import door as events

from ..models import Revision, Segment
from ..rules.cells import cell
from ..types import NoSuchSegment, Part, Person, Why

FAR = "timestamptz '9999-12-31 00:00+00'"
PAGE = 30
SIZE = "select coalesce(sum(came - went), 0)::bigint from segment_moved d join segment s on s.id = d.segment_id where s.key = %s"
IN_SEGMENT = f"from segment_membership m join segment s on s.id = m.segment_id where s.key = %(key)s and m.known_to = {FAR}"
NEWEST = f"""
select m.customer_id, m.known_from {IN_SEGMENT} and (%(at)s::timestamptz is null or (m.known_from, m.customer_id) < (%(at)s, %(id)s))
order by m.known_from desc, m.customer_id desc limit %(most)s
"""
# Somebody who sees some stores only sees the customers with an order or a consent there.
OF_STORES = """
 and (exists (select 1 from orders_order o where o.customer_id = m.customer_id and o.store = any(%(stores)s))
      or exists (select 1 from consent_now n where n.customer_id = m.customer_id and n.store = any(%(stores)s)))
"""
SAMPLE = f"select m.customer_id {IN_SEGMENT} {{stores}} order by md5(m.customer_id::text) limit %(most)s"
AT = """
select m.customer_id from segment_membership m join segment s on s.id = m.segment_id
where s.key = %s and m.known_from <= %s and %s < m.known_to
"""
OF = """
select s.key, s.name, m.known_from from segment_membership m join segment s on s.id = m.segment_id
where m.customer_id = any(%s) and m.known_to = timestamptz '9999-12-31 00:00+00' and s.is_on order by s.name
"""
OVERLAP = """
select keys, count(*) from (
    select array_agg(s.key order by s.key) as keys from segment_membership m join segment s on s.id = m.segment_id
    where s.key = any(%s) and m.known_to = timestamptz '9999-12-31 00:00+00' group by m.customer_id) each
group by keys
"""
EXPORT = f"""
select m.customer_id, m.known_from, c.full_name, c.email, c.phone, c.country, c.language, c.store, c.orders, c.spent_base_minor,
       c.last_order_at
from segment_membership m join segment s on s.id = m.segment_id left join customers_customer c on c.id = m.customer_id
where s.key = %s and m.known_to = {FAR} order by m.known_from desc, m.customer_id desc
"""
EXPORTED = (
    "customer", "in_since", "name", "email", "phone", "country", "language", "store", "orders", "spent_minor", "last_order_at",
)  # fmt: skip
CHUNK = 2000


def size(key: str) -> int:
    """How many are in it now."""
    return int(sql.value(SIZE, [key]))


def people(key: str, *, place: tuple[datetime, UUID] | None = None, stores: Sequence[str] | None = None, most: int = PAGE) -> list[Person]:
    """Who came last, and one more where there are more. With stores, only those who belong to one of them."""
    text = NEWEST.replace("order by", OF_STORES + "order by", 1) if stores is not None else NEWEST
    at, id = place or (None, None)
    bounds = {"key": key, "at": at, "id": id, "most": most + 1, "stores": list(stores or ())}
    return [Person(*row) for row in sql.rows(text, bounds)]


def sample(key: str, *, most: int = 6, stores: Sequence[str] | None = None) -> list[UUID]:
    """Some of those who are in it: the same ones at every look, as long as they stay."""
    text = SAMPLE.format(stores=OF_STORES if stores is not None else "")
    return [row[0] for row in sql.rows(text, {"key": key, "most": most, "stores": list(stores or ())})]


def members_at(key: str, moment: datetime) -> set[UUID]:
    """Everybody who was in it at a moment."""
    return {row[0] for row in sql.rows(AT, [key, moment, moment])}


def segments_of(customers: Sequence[UUID]) -> list[dict[str, Any]]:
    """The segments in which a customer is (given with all ids they ever had): key, name, since."""
    return [{"key": key, "name": name, "since": since} for key, name, since in sql.rows(OF, [list(customers)])]


def overlap(keys: Sequence[str]) -> dict[frozenset[str], int]:
    """How many are in exactly which of these segments."""
    return {frozenset(found): int(count) for found, count in sql.rows(OVERLAP, [list(keys)])}


def exported(key: str) -> Iterator[tuple[Any, ...]]:
    """Everybody in it with what is known of them, some thousand at a time, so that a million fit through."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(EXPORT, [key])
        while rows := cursor.fetchmany(CHUNK):
            yield from (tuple(cell(one) for one in row) for row in rows)


def why(key: str, customer: UUID, moment: datetime | None = None) -> Why:
    """Whether somebody fulfils a segment's condition at a moment (now, unless given), and what each part of it saw."""
    revision = Revision.objects.filter(pk__in=Segment.objects.filter(key=key).values("live")).first()
    if revision is None:
        raise NoSuchSegment(key=key)
    at = moment or events.frontier() or revision.at
    asked = "with segment_asked as (select %(customer)s::uuid as customer_id, %(moment)s::timestamptz as moment) "
    rows = sql.records(asked + revision.parts, {"customer": customer, "moment": at})
    if not rows:
        return Why(False, False, at, tuple(Part(one["text"], False, None, one["type"]) for one in revision.spoken))
    row = rows[0]
    told = (Part(one["text"], row[f"part_{n}"], row[f"value_{n}"], one["type"]) for n, one in enumerate(revision.spoken))
    return Why(row["inside"], True, at, tuple(told))
