"""Notes: for a batch of deliveries over channels of few words, who they go to, in which language, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from afterword.kernel.errors import Refused
from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import Store
from afterword.loop.channels import door as channels
from afterword.loop.channels.door import Link, Note
from afterword.loop.customers import door as customers
from afterword.loop.orders import door as orders

from ..rules.brand import Dress
from ..rules.links import LIFE
from ..rules.shipped import shipped
from ..rules.short import Short, code_of, short
from ..types import NoWayThere
from .letters import _more, _shown, _sold, addresses, context, in_words, spoken, spoken_of

PHONES = frozenset({"sms", "whatsapp"})
OPEN_FOR = timedelta(hours=24)
# Who wrote to us lately, in which channel: free words are allowed there.
LATELY = """
select distinct customer_id, properties ->> 'channel' from (
    select customer_id, properties from event
    where customer_id = any(%(ids)s) and known_at > %(since)s and name in ('message.replied', 'channel.linked')
    union all
    select customer_id, properties from event_inbox
    where customer_id = any(%(ids)s) and occurred_at > %(since)s and name in ('message.replied', 'channel.linked')
) said
"""
KEEP_SHORT = """
insert into message_short (code, message_id, customer_id, url, expires_at)
select * from unnest(%s::text[], %s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[]) on conflict (code) do nothing
"""


def notes(
    due: list[dict[str, Any]], at: Callable[[dict[str, Any]], datetime], now: datetime
) -> Iterator[tuple[dict[str, Any], Note | Refused]]:
    """The note of each row (`id` of the delivery, `message_id`, `channel` …), or why it cannot be written."""
    rows = [{**row, "id": row["message_id"], "delivery": row["id"]} for row in due]
    people = customers.contacts([row["customer_id"] for row in rows])
    bought = orders.letters([row["order_id"] for row in rows if row["order_id"]])
    more = _more(rows)
    sold = _sold(bought, more)
    stores = {store.key: store for store in accounts.stores()}
    reached = channels.reached([row["customer_id"] for row in rows])
    lately = set(sql.rows(LATELY, {"ids": [row["customer_id"] for row in rows], "since": now - OPEN_FOR}))
    made = list[tuple[dict[str, Any], Note | Refused]]()
    kept = list[tuple[str, UUID, UUID, str, datetime | None]]()
    for row, whole in zip(due, rows, strict=True):
        try:
            order = _shown(bought.get(row["order_id"], {}), sold)
            person = people.get(row["customer_id"], {})
            store = stores.get(row["store"]) or next(iter(stores.values()))
            locale = spoken(person, order, store)
            words = said(whole, person, in_words(order, locale), more, store, locale, at(whole))
            address = recipient(row, person, order, reached)
            made.append((row, _note(whole, words, address, store, locale, at(whole), row["channel"], lately, kept)))
        except Refused as refusal:
            made.append((row, refusal))
    if kept:
        sql.run(KEEP_SHORT, [list(column) for column in zip(*kept, strict=True)])
    yield from made


def said(
    row: dict[str, Any], person: dict[str, Any], order: dict[str, Any], more: dict[str, dict[UUID, Any]], store: Store, locale: str,
    at: datetime,
) -> Short:  # fmt: skip
    """What a message says in few words, for one person."""
    links = addresses(row, store, locale, at, spoken_of(row, order, more).get("product_id"))
    return short(
        row["message"], locale, context(row, person, order, more, store, at), Dress(store.name, store.brand), links, row["channel"]
    )


def recipient(row: dict[str, Any], person: Mapping[str, Any], order: Mapping[str, Any], reached: Mapping[tuple[UUID, str], str]) -> str:
    """The address in the row's channel. Raises NoWayThere."""
    channel = row["channel"]
    found = person.get("phone") if channel in PHONES else reached.get((row["customer_id"], channel))
    if channel == "webhook":
        found = str(row["customer_id"])
    if channel == "letter":
        given = order.get("shipping_address") or {}
        found = "postal" if given.get("city") or given.get("line1") else ""
    if not found:
        raise NoWayThere(channel=channel)
    return str(found)


def _note(
    row: dict[str, Any], words: Short, address: str, store: Store, locale: str, at: datetime, channel: str, lately: set[Any],
    kept: list[tuple[str, UUID, UUID, str, datetime | None]],
) -> Note:  # fmt: skip
    links = (Link(words.label, shortened(row, words.url, store, kept)),) if words.url else ()
    return Note(
        row["delivery"], address, words.title, words.text, locale, row["category"], row["message"], at, links=links,
        open=(row["customer_id"], channel) in lately, sender=store.name,
    )  # fmt: skip


def shortened(row: dict[str, Any], url: str, store: Store, kept: list[tuple[str, UUID, UUID, str, datetime | None]]) -> str:
    """A short address on the store's own domain that leads where a long one leads, for as long as that one holds."""
    from afterword.kit import clock

    code = code_of(accounts.secret(), row["id"], url)
    message = shipped(row["message"])
    life = LIFE["score" if message.survey else "review" if message.review else "order"]
    kept.append((code, row["id"], row["customer_id"], url, clock.real_now() + life))
    return f"{store.address.rstrip('/') or settings.PUBLIC_URL}/c/g/{code}"
