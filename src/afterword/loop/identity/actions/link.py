"""Linking keys to customers, minting customers, merging them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from afterword.kernel.ids import keyed_id, uuid7
from afterword.loop.events import door as events
from afterword.loop.events.types import Ready, Told

from ..queries import existing, pasts_of
from ..types import CannotMerge, Key, UnknownCustomer

LOCK = 0x1DE7
OURS = "afterword"


def take_turn() -> None:
    """One writer of identities at a time; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])


def mint(keys: list[Key], at: datetime) -> dict[Key, UUID]:
    """Ids for new customers: they follow from the key, unless somebody had that id before and was erased or has moved on."""
    candidates = {key: keyed_id(events.secret(), "customer", key.store, f"{key.kind}|{key.value}") for key in keys}
    taken = existing(candidates.values()) if candidates else set()
    return {key: uuid7(at) if id in taken else id for key, id in candidates.items()}


def write_links(customers: dict[UUID, datetime], links: dict[Key, tuple[UUID, datetime]]) -> None:
    """Write new customers and new keys, each in one statement."""
    with connection.cursor() as cursor:
        if customers:
            cursor.execute(
                "insert into identity_customer (id, created_at) select * from unnest(%s::uuid[], %s::timestamptz[])",
                [list(customers), list(customers.values())],
            )
        if links:
            cursor.execute(
                "insert into identity_key (kind, store, value, customer_id, known_from) "
                "select * from unnest(%s::text[], %s::text[], %s::text[], %s::uuid[], %s::timestamptz[])",
                [[k.kind for k in links], [k.store for k in links], [k.value for k in links],
                 [c for c, _ in links.values()], [at for _, at in links.values()]],
            )  # fmt: skip


def write_merge(loser: UUID, survivor: UUID, at: datetime, by: str) -> None:
    """From `at` on the loser and everybody who was merged into them go on as the survivor."""
    losers = pasts_of(loser)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into identity_merge (loser, survivor, known_from, told_by) select l, %s, %s, %s from unnest(%s::uuid[]) l",
            [survivor, at, by, losers],
        )


def told_merge(loser: UUID, survivor: UUID, at: datetime, by: str, store: str, *, undone: bool = False) -> Ready:
    """The event of a merge."""
    verb = "unmerge" if undone else "merge"
    told = Told("customer.merged", at, OURS, f"{verb}:{loser}:{survivor}:{at.isoformat()}", store=store, customer_id=survivor)
    properties: dict[str, object] = {"loser": str(loser), "by": by}
    if undone:
        properties["undone"] = True
    return events.ready(told, at, survivor, None, (properties, {}))


def merge_customers(one: UUID, other: UUID, at: datetime, *, by: str = "person", store: str = "main") -> UUID:
    """Somebody of the team says that two customers are one. The older one goes on; returns who."""
    if one == other:
        raise CannotMerge()
    with transaction.atomic(), connection.cursor() as cursor:
        take_turn()
        cursor.execute("select id from identity_customer where id = any(%s) order by created_at, id", [[one, other]])
        found = [row[0] for row in cursor.fetchall()]
        if len(found) < 2:
            raise UnknownCustomer(id=other if one in found else one)
        survivor, loser = UUID(str(found[0])), UUID(str(found[1]))
        write_merge(loser, survivor, at, by)
        events.append([told_merge(loser, survivor, at, by, store)])
    return survivor


def undo_merge(loser: UUID, at: datetime, *, store: str = "main") -> None:
    """Take the merge of this customer back: from `at` on they are themselves again. A new row; the old one stays."""
    with transaction.atomic(), connection.cursor() as cursor:
        take_turn()
        cursor.execute("select survivor_id from identity_survivor where customer_id = %s", [loser])
        row = cursor.fetchone()
        if row is None:
            raise UnknownCustomer(id=loser)
        cursor.execute(
            "insert into identity_merge (loser, survivor, known_from, told_by) values (%s, %s, %s, 'person')", [loser, loser, at]
        )
        events.append([told_merge(loser, row[0], at, "person", store, undone=True)])
