"""Letters: for a batch of deliveries, who they go to, in which language, and what they say. A few statements for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings

from afterword.kernel.errors import Refused
from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import Store
from afterword.loop.customers import door as customers
from afterword.loop.orders import door as orders

from ..rules.brand import Dress
from ..rules.catalogues import known
from ..rules.links import Links, Ring, links_for
from ..rules.mime import Mail, Party, build
from ..rules.render import Rendered, render
from ..rules.shipped import shipped

SCORES = """
select distinct on (customer_id) customer_id, score, kind from event_survey_answered
where customer_id = any(%s) order by customer_id, known_at desc
"""
LIKED = """
select distinct on (o.customer_id) o.customer_id, l.title from orders_order o join orders_line l on l.order_id = o.id
where o.customer_id = any(%s) order by o.customer_id, o.placed_at desc, l.position
"""
SCALES = {"csat": 5, "nps": 10}


class NoAddress(Refused):
    """There is no e-mail address to send this to."""


@dataclass(frozen=True)
class Letter:
    """A message as it travels, and what is kept of it."""

    id: UUID
    sender: str
    address: str
    locale: str
    subject: str
    mail: Mail


def ring() -> Ring:
    """The keys that customers' links are signed with."""
    return Ring({1: _link_key(accounts.secret())}, 1)


@lru_cache(maxsize=4)
def _link_key(secret: bytes) -> bytes:
    import hmac

    return hmac.digest(secret, b"customer links", "sha256")


def letters(due: list[dict[str, Any]], at: Callable[[dict[str, Any]], datetime]) -> Iterator[tuple[dict[str, Any], Letter | Refused]]:
    """The letter of each row (`id, customer_id, order_id, store, message`), or why it cannot be written."""
    people = customers.contacts([row["customer_id"] for row in due])
    bought = orders.letters([row["order_id"] for row in due if row["order_id"]])
    more = _more(due)
    stores = {store.key: store for store in accounts.stores()}
    for row in due:
        try:
            yield row, _letter(row, people.get(row["customer_id"], {}), bought.get(row["order_id"], {}), more, stores, at(row))
        except Refused as refusal:
            yield row, refusal


def _more(due: list[dict[str, Any]]) -> dict[str, dict[UUID, Any]]:
    """What only some messages say: the score they answer, the thing that was liked."""
    scored = [row["customer_id"] for row in due if row["message"] == "low_score_follow_up"]
    loose = [row["customer_id"] for row in due if not row["order_id"]]
    return {
        "score": {c: (score, SCALES.get(kind, 10)) for c, score, kind in sql.rows(SCORES, [scored])} if scored else {},
        "liked": dict(sql.rows(LIKED, [loose])) if loose else {},
    }


def _letter(
    row: dict[str, Any],
    person: dict[str, Any],
    order: dict[str, Any],
    more: dict[str, dict[UUID, Any]],
    stores: dict[str, Store],
    at: datetime,
) -> Letter:
    address = order.get("email") or person.get("email")
    if not address:
        raise NoAddress
    store = stores.get(row["store"]) or next(iter(stores.values()))
    locale = spoken(person, order, store)
    rendered = written(row, person, order, more, store, locale, at)
    sender = Party(store.brand.sender_email or "shop@localhost", store.brand.sender_name or store.name)
    reply_to = Party(store.brand.reply_to) if store.brand.reply_to else None
    name = order.get("full_name") or person.get("full_name") or ""
    mail = build(rendered, id=row["id"], at=at, sender=sender, to=Party(address, name), reply_to=reply_to, locale=locale)
    return Letter(row["id"], sender.address, address, locale, rendered.subject, mail)


def spoken(person: dict[str, Any], order: dict[str, Any], store: Store) -> str:
    """The language: what the customer speaks if a text exists, else the store's first."""
    return known(order.get("language") or person.get("language") or store.languages[0])


def written(
    row: dict[str, Any],
    person: dict[str, Any],
    order: dict[str, Any],
    more: dict[str, dict[UUID, Any]],
    store: Store,
    locale: str,
    at: datetime,
) -> Rendered:
    """The message rendered for one person."""
    return render(
        row["message"],
        locale,
        context(row, person, order, more, store, at),
        Dress(store.name, store.brand),
        addresses(row, store, locale, at),
    )


def preview(message: str, order: dict[str, Any], locale: str, at: datetime) -> Rendered:
    """A message as a real customer would read it in any language, its links leading nowhere.

    Args:
        order: `order_id, customer_id, store` of the order it speaks of.
    """
    row = {"id": UUID(int=0), "message": message, **order}
    person = customers.contacts([row["customer_id"]]).get(row["customer_id"], {})
    bought = orders.letters([row["order_id"]]).get(row["order_id"], {})
    more = {"score": {row["customer_id"]: (2, SCALES["csat"])}, "liked": {}}
    stores = {store.key: store for store in accounts.stores()}
    store = stores.get(row["store"]) or next(iter(stores.values()))
    nowhere = Links("#", "#", "#", "", "#", "", lambda address: "#")
    return render(message, locale, context(row, person, bought, more, store, at), Dress(store.name, store.brand), nowhere)


def context(
    row: dict[str, Any], person: dict[str, Any], order: dict[str, Any], more: dict[str, dict[UUID, Any]], store: Store, at: datetime
) -> dict[str, Any]:
    """What the texts may speak of; see `rules.render`."""
    lines = order.get("lines") or []
    score, scale = more["score"].get(row["customer_id"], (None, None))
    title = lines[0]["title"] if lines else more["liked"].get(row["customer_id"])
    given = dict(order.get("shipping_address") or {})
    parts = (person.get("full_name") or order.get("full_name") or "").split(" ", 1)
    return {
        "now": at,
        "zone": order.get("zone") or person.get("zone") or store.zone,
        "customer": {
            "id": row["customer_id"], "first_name": person.get("first_name") or parts[0], "last_name": parts[1] if len(parts) > 1 else "",
            "email": person.get("email"),
        },
        "order": {
            **{k: order.get(k) for k in ("id", "number", "placed_at", "currency", "total_minor", "shipping_minor", "discount_minor",
                                        "promised_from", "promised_to", "first_promised_to", "delivered_at")},
            "lines": lines, "address": {**given, "postcode": given.get("postal_code") or given.get("postcode")},
        } if order else {},
        "shipment": order.get("shipment") or {},
        "product": {"title": title, "url": store.brand.site_url} if title else {},
        "score": score, "scale": scale, "shop": {"name": store.name, "url": store.brand.site_url}, "review_url": "",
    }  # fmt: skip


def addresses(row: dict[str, Any], store: Store, locale: str, at: datetime) -> Links:
    """The signed links of one message. They expire by the world's clock, so a replayed mail can still be tried out."""
    from afterword.kit import clock

    message = shipped(row["message"])
    base = f"{store.address.rstrip('/') or settings.PUBLIC_URL}/c"
    return links_for(
        ring(), base, message_id=row["id"], customer_id=row["customer_id"], order_id=row["order_id"], store=store.key, topic=message.topic,
        now=clock.real_now(), locale=locale, survey=message.survey,
    )  # fmt: skip
