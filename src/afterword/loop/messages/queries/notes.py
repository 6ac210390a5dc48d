"""Notes: for a batch of deliveries over channels of few words, who they go to, in which language, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

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
from ..rules.catalogues import catalogue, known
from ..rules.links import LIFE
from ..rules.liquid import address_lines, spoken_day
from ..rules.shipped import shipped
from ..rules.short import code_of, short, short_written
from ..types import NoWayThere
from . import wordings
from .letters import House, _more, _shown, _sold, addresses, context, in_words, spoken, spoken_of

Kept = tuple[str, UUID, UUID, str, datetime | None]  # code, message, customer, address, until when
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
    due: list[dict[str, Any]], at: Callable[[dict[str, Any]], datetime], now: datetime, *, keep: bool = True
) -> Iterator[tuple[dict[str, Any], Note | Refused]]:
    """The note of each row (`id` of the delivery, `message_id`, `channel` …), or why it cannot be written.

    Args:
        keep: whether its short addresses are to lead anywhere; not where it is only looked at.
    """
    rows = [{**row, "id": row["message_id"], "delivery": row["id"]} for row in due]
    people = customers.contacts([row["customer_id"] for row in rows])
    bought = orders.letters([row["order_id"] for row in rows if row["order_id"]])
    more = _more(rows)
    sold = _sold(bought, more)
    house = House({store.key: store for store in accounts.stores()}, wordings.live(row["message"] for row in rows), wordings.all_manners())
    reached = channels.reached([row["customer_id"] for row in rows])
    lately = set(sql.rows(LATELY, {"ids": [row["customer_id"] for row in rows], "since": now - OPEN_FOR}))
    made, kept = list[tuple[dict[str, Any], Note | Refused]](), list[Kept]()
    for row, whole in zip(due, rows, strict=True):
        try:
            order = _shown(bought.get(row["order_id"], {}), sold)
            person = people.get(row["customer_id"], {})
            address = recipient(row, person, order, reached)
            written = _note(whole, person, order, more, house, at(whole), kept)
            made.append((row, replace(written, recipient=address, open=(row["customer_id"], row["channel"]) in lately)))
        except Refused as refusal:
            made.append((row, refusal))
    if kept and keep:
        sql.run(KEEP_SHORT, [list(column) for column in zip(*kept, strict=True)])
    yield from made


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
    row: dict[str, Any], person: dict[str, Any], order: dict[str, Any], more: dict[str, dict[UUID, Any]], house: House, at: datetime,
    kept: list[Kept],
) -> Note:  # fmt: skip
    """What a message says in few words, for one person."""
    store, wording = house.store(row["store"]), house.wordings.get(row["message"])
    locale = spoken(person, order, store, wording)
    order = in_words(order, locale)
    product = spoken_of(row, order, more).get("product_id")
    links = addresses(row, house, locale, product)
    seen, dress = context(row, person, order, more, store, at), Dress(store.name, store.brand)
    words = (
        short_written(wording, locale, seen, dress, links, row["channel"]) if wording
        else short(shipped(row["message"]), locale, seen, dress, links, row["channel"])
    )  # fmt: skip
    parts = _parts(order, store, locale, at) if row["channel"] == "letter" else {}
    buttons = (Link(words.label, shortened(row, words.url, store, kept)),) if words.url else ()
    return Note(
        row["delivery"], "", words.title, words.text, locale, row["category"], row["message"], at, links=buttons, sender=store.name,
        parts=parts,
    )  # fmt: skip


def _parts(order: dict[str, Any], store: Store, locale: str, at: datetime) -> dict[str, str]:
    """What only a letter on paper says: where it goes, whence it comes, the day."""
    given = dict(order.get("shipping_address") or {})
    given |= {"postcode": given.get("postal_code") or given.get("postcode"), "name": given.get("name") or order.get("full_name")}
    whence = " · ".join([store.name, *store.brand.postal_address.split("\n")]) if store.brand.postal_address else store.name
    day = spoken_day(at.astimezone(ZoneInfo(store.zone)).date(), "long", catalogue(known(locale)))
    return {"address": "\n".join(address_lines(given, locale)), "whence": whence, "day": day, "store": store.key}


def shortened(row: dict[str, Any], url: str, store: Store, kept: list[Kept]) -> str:
    """A short address on the store's own domain that leads where a long one leads, for as long as that one holds."""
    from afterword.kit import clock

    code = code_of(accounts.secret(), row["id"], url)
    kept.append((code, row["id"], row["customer_id"], url, clock.real_now() + LIFE["order"]))
    return f"{store.address.rstrip('/') or settings.PUBLIC_URL}/c/g/{code}"


def behind(code: str, now: datetime) -> tuple[UUID, str] | None:
    """Which message a short address stands in, and where it leads; None where it never did, or no longer does."""
    found = sql.one("select message_id, url from message_short where code = %s and (expires_at is null or expires_at > %s)", [code, now])
    return (found[0], found[1]) if found else None
