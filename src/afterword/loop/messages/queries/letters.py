"""Letters: for a batch of deliveries, who they go to, in which language, and what they say. A few statements for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings

from afterword.kernel.errors import Refused
from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import Brand as StoredBrand
from afterword.loop.accounts.types import Store
from afterword.loop.catalog import door as catalog
from afterword.loop.consent import door as consent
from afterword.loop.customers import door as customers
from afterword.loop.orders import door as orders

from ..rules.brand import Dress
from ..rules.catalogues import known
from ..rules.links import Links, Ring, links_for
from ..rules.marks import marked_links
from ..rules.mime import Mail, Party, build
from ..rules.render import MEETING, Rendered, render
from ..rules.shipped import shipped
from ..rules.wording import Wording, nearest
from ..rules.written import offers_of, render_wording
from .occasions import occasions
from .offers import offered, referred
from .papers import enclosed, own_papers, wish
from .wordings import Manners, all_manners, live

SCORES = """
select distinct on (customer_id) customer_id, score, kind from event_survey_answered
where customer_id = any(%s) order by customer_id, known_at desc
"""
LIKED = """
select distinct on (o.customer_id) o.customer_id, l.title, l.product_id from orders_order o join orders_line l on l.order_id = o.id
where o.customer_id = any(%s) order by o.customer_id, o.placed_at desc, l.position
"""
# What a run's first event says of the thing it is about: which, what it is called, the page about it.
CONCERNS = """
select id, product_id, properties ->> 'title' as title, properties ->> 'url' as url from event where id = any(%s) and product_id is not null
"""
# What a run's first event says of a parcel to be fetched, or of a service.
MEETINGS = """
select e.id, e.name, coalesce(e.shipment_id, e.order_id) as parcel, e.product_id, e.customer_id, e.properties as said,
       x.properties as personal
from event e left join event_personal x on x.event_id = e.id
where e.id = any(%s) and e.name in ('shipment.ready_for_pickup', 'service.booked', 'service.cancelled')
"""
OF_ONE_THING = ("recall_notice", "service_due", "product_update", "review_thanks", "low_review_care")
UNNAMED = {"full_name": "", "email": "", "number": "", "shipping_address": {}}
SCALES = {"csat": 5, "nps": 10}
NOWHERE = Links("#", "#", "#", "", "#", "", lambda address: "#", "#", "#")


@dataclass(frozen=True)
class House:
    """What is the same for a batch: the stores, what the shop wrote in place of what ships, how each store writes."""

    stores: dict[str, Store]
    wordings: dict[str, Wording]
    manners: dict[str, Manners]

    def store(self, key: str) -> Store:
        """The store of this key, else the first."""
        return self.stores.get(key) or next(iter(self.stores.values()))

    def revision(self, message: str) -> int | None:
        """The revision that is sent now; None where it is sent as it ships."""
        return self.wordings[message].number if message in self.wordings else None

    def keeps_days(self, message: str) -> bool:
        """Whether a message may carry an appointment, or names it in its words."""
        wording = self.wordings.get(message)
        return message in MEETING or (wording is not None and (wording.dated or "meeting" in offers_of(wording)))

    def paper(self, row: dict[str, Any]) -> str:
        """Which paper travels with a letter: off, summary or invoice."""
        return wish(row["message"], self.wordings.get(row["message"]), self.manners.get(self.store(row["store"]).key, Manners()))


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
    enclosed: str = ""  # which paper travels with it, and why it is no other


def ring() -> Ring:
    """The keys that customers' links are signed with."""
    return Ring({1: _link_key(accounts.secret())}, 1)


@lru_cache(maxsize=4)
def _link_key(secret: bytes) -> bytes:
    import hmac

    return hmac.digest(secret, b"customer links", "sha256")


def letters(due: list[dict[str, Any]], at: Callable[[dict[str, Any]], datetime]) -> Iterator[tuple[dict[str, Any], Letter | Refused]]:
    """The letter of each row (`id, customer_id, order_id, store, message`), or why it cannot be written. The row gains its `revision`."""
    people = customers.contacts([row["customer_id"] for row in due])
    unwatched = consent.untracked([row["customer_id"] for row in due])
    for row in due:
        row["watched"] = row["customer_id"] not in unwatched
    bought = orders.letters([row["order_id"] for row in due if row["order_id"]])
    more = _more(due)
    sold = _sold(bought, more)
    house = house_of(due)
    more |= offers(due, house)
    more["meetings"] = meetings([row["run"] for row in due if row.get("run") and house.keeps_days(row["message"])])
    more["papers"] = own_papers(row for row in due if row["order_id"] and house.paper(row) == "invoice")
    for row in due:
        try:
            row["revision"] = house.revision(row["message"])
            order = _shown(bought.get(row["order_id"], {}), sold)
            yield row, _letter(row, people.get(row["customer_id"], {}), order, more, house, at(row))
        except Refused as refusal:
            yield row, refusal


def house_of(due: list[dict[str, Any]]) -> House:
    """What is the same for these rows. Three statements."""
    return House({store.key: store for store in accounts.stores()}, live(row["message"] for row in due), all_manners())


def _more(due: list[dict[str, Any]]) -> dict[str, dict[Any, Any]]:
    """What only some messages say: the score they answer, the thing that was liked."""
    scored = [row["customer_id"] for row in due if row["message"] == "low_score_follow_up"]
    loose = [row["customer_id"] for row in due if not row["order_id"]]
    runs = [row["run"] for row in due if row["message"] in OF_ONE_THING]
    return {
        "concerns": {row["id"]: row for row in sql.records(CONCERNS, [runs])} if runs else {},
        "event": occasions(row["origin"] for row in due if row.get("origin")),
        "score": {c: (score, SCALES.get(kind, 10)) for c, score, kind in sql.rows(SCORES, [scored])} if scored else {},
        "liked": {c: {"title": title, "product_id": id} for c, title, id in sql.rows(LIKED, [loose])} if loose else {},
    }


def meetings(runs: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """What is to be kept, for each run that began with a parcel to be fetched or with a service. One statement, none for no runs."""
    found: dict[UUID, dict[str, Any]] = {}
    for row in sql.records(MEETINGS, [runs]) if runs else ():
        said, personal = (dict(_read(row[name]) or {}) for name in ("said", "personal"))
        if row["name"] == "shipment.ready_for_pickup":
            place, link = personal.get("pickup_place"), personal.get("tracking_url")
            found[row["id"]] = {"kind": "pickup", "id": row["parcel"], "to": said.get("pickup_until"), "place": place, "url": web(link)}
        else:
            begins, ends = said.get("booked_from") or said.get("booked_for"), said.get("booked_to") or said.get("booked_for")
            off = row["name"] == "service.cancelled"
            found[row["id"]] = {
                "kind": "service", "id": f"{row['customer_id']}-{row['product_id']}", "from": begins, "to": ends,
                "place": said.get("place"), "url": web(said.get("url")), "cancelled": off,
            }  # fmt: skip
    return found


def _read(value: Any) -> Any:
    """Django's connection gives jsonb back as text."""
    return json.loads(value) if isinstance(value, str) else value


def offers(due: list[dict[str, Any]], house: House, *, keep: bool = True) -> dict[str, dict[Any, Any]]:
    """What blocks of these letters offer: products, and a link to pass on; nothing is asked where no letter shows such a block."""
    shows = {key: offers_of(wording) for key, wording in house.wordings.items()}
    asking = [(row, house.wordings[row["message"]].products) for row in due if "products" in shows.get(row["message"], ())]
    passing = [row for row in due if "referral" in shows.get(row["message"], ())]
    return {"products": offered(asking), "referral": referred(passing, house.stores, keep=keep)}


def _sold(bought: dict[UUID, dict[str, Any]], more: dict[str, dict[Any, Any]]) -> dict[UUID, dict[str, Any]]:
    """What the catalogue knows of all that these letters speak of; also laid beside what was liked."""
    ids = {UUID(line["product_id"]) for order in bought.values() for line in order["lines"] if line.get("product_id")}
    others = [*more["liked"].values(), *more.get("concerns", {}).values()]
    sold = catalog.products(ids | {one["product_id"] for one in others if one["product_id"]})
    for one in others:
        known = sold.get(one["product_id"]) or {}
        one["url"], one["title"] = one.get("url") or known.get("url"), one.get("title") or known.get("title")
    return sold


def _shown(order: dict[str, Any], sold: dict[UUID, dict[str, Any]]) -> dict[str, Any]:
    """An order whose lines have an address and a picture, where the catalogue or the order itself knows one."""
    if not order:
        return order
    lines = []
    for line in order["lines"]:
        known = sold.get(UUID(line["product_id"]), {}) if line.get("product_id") else {}
        pictured = {"url": web(known.get("url")), "image_url": web(line.get("image_url") or known.get("image_url"))}
        lines.append({**line, **pictured, "titles": known.get("titles") or {}})
    return {**order, "lines": lines}


def in_words(order: dict[str, Any], locale: str) -> dict[str, Any]:
    """An order whose things are called as the catalogue calls them in this language."""
    lines = [{**line, "title": (line.get("titles") or {}).get(locale) or line["title"]} for line in order.get("lines") or []]
    return {**order, "lines": lines} if order else order


def web(address: object) -> str:
    """An address of the web, or nothing: a letter leads nowhere else."""
    return address if isinstance(address, str) and address.startswith(("https://", "http://")) else ""


def spoken_of(row: dict[str, Any], order: dict[str, Any], more: dict[str, dict[Any, Any]]) -> dict[str, Any]:
    """What a message is about: the thing its journey began with; else the first line, but of what can be used up where more is offered."""
    lines = order.get("lines") or []
    if concerned := more.get("concerns", {}).get(row.get("run") or UUID(int=0)):
        line: dict[str, Any] = next((one for one in lines if one.get("product_id") == str(concerned["product_id"])), {})
        return {**concerned, "title": concerned["title"] or line.get("title")}
    if row["message"] == "reorder_reminder":
        lines = [line for line in lines if line.get("life") == "consumable"] or lines
    liked: dict[str, Any] = lines[0] if lines else more["liked"].get(row["customer_id"]) or {}
    return liked


def _letter(
    row: dict[str, Any],
    person: dict[str, Any],
    order: dict[str, Any],
    more: dict[str, dict[Any, Any]],
    house: House,
    at: datetime,
) -> Letter:
    address = order.get("email") or person.get("email")
    if not address:
        raise NoAddress
    store, wording = house.store(row["store"]), house.wordings.get(row["message"])
    locale = spoken(person, order, store, wording)
    order = in_words(order, locale)
    rendered = written(row, person, order, more, house, locale, at)
    zone, dress = order.get("zone") or person.get("zone") or store.zone, Dress(store.name, store.brand)
    paper = enclosed(row, house.paper(row), order, more.get("papers", {}), dress, locale, zone, at)
    rendered = replace(rendered, enclosed=(*rendered.enclosed, *paper.files))
    sender = Party(store.brand.sender_email or "shop@localhost", store.brand.sender_name or store.name)
    reply_to = Party(store.brand.reply_to) if store.brand.reply_to else None
    name = order.get("full_name") or person.get("full_name") or ""
    mail = build(rendered, id=row["id"], at=at, sender=sender, to=Party(address, name), reply_to=reply_to, locale=locale)
    return Letter(row["id"], sender.address, address, locale, rendered.subject, mail, paper.said)


def spoken(person: dict[str, Any], order: dict[str, Any], store: Store, wording: Wording | None = None) -> str:
    """The language: what the customer speaks if a text exists, else one of the store's."""
    wished = order.get("language") or person.get("language") or store.languages[0]
    if wording is None:
        return known(wished)
    there = wording.languages
    return nearest([wished, *(["en"] if wording.ships else store.languages)], there)


def written(
    row: dict[str, Any],
    person: dict[str, Any],
    order: dict[str, Any],
    more: dict[str, dict[Any, Any]],
    house: House,
    locale: str,
    at: datetime,
) -> Rendered:
    """The message rendered for one person: as the shop wrote it, else as it ships."""
    store, wording = house.store(row["store"]), house.wordings.get(row["message"])
    links = addresses(row, house, locale, spoken_of(row, order, more).get("product_id"))
    seen, dress = {**context(row, person, order, more, store, at), **shown_offers(row, more, locale)}, Dress(store.name, store.brand)
    return render_wording(wording, locale, seen, dress, links) if wording else render(row["message"], locale, seen, dress, links)


def shown_offers(row: dict[str, Any], more: dict[str, dict[Any, Any]], locale: str) -> dict[str, Any]:
    """What a letter offers, in words of this language."""
    products = [
        {**one, "title": (one["titles"] or {}).get(locale) or one["title"], "url": web(one["url"]), "image_url": web(one["image_url"])}
        for one in more.get("products", {}).get(row["id"]) or ()
    ]
    return {"products": products, "referral": more.get("referral", {}).get(row["id"]) or {}}


def preview(
    message: str | Wording, order: dict[str, Any], locale: str, at: datetime, *, dress: tuple[str, StoredBrand] | None = None,
    named: bool = True,
) -> Rendered:  # fmt: skip
    """A message as a real customer would read it in any language, its links leading nowhere.

    Args:
        message: its key, or a wording to try on.
        order: `order_id, customer_id, store` of the order it speaks of.
        dress: a name and a brand to try on, in place of what the store keeps.
        named: whether the letter may name the person it speaks to.
    """
    key = message if isinstance(message, str) else message.key
    wording = live([key]).get(key) if isinstance(message, str) else message
    seen, worn = read_for(wording or key, order, locale, at, dress=dress, named=named)
    return render_wording(wording, locale, seen, worn, NOWHERE) if wording else render(key, locale, seen, worn, NOWHERE)


def read_for(
    message: str | Wording, order: dict[str, Any], locale: str, at: datetime, *, dress: tuple[str, StoredBrand] | None = None,
    named: bool = True,
) -> tuple[dict[str, Any], Dress]:  # fmt: skip
    """What the texts of a message may speak of for a real order, and what they wear; see `preview`."""
    key, wording = (message, None) if isinstance(message, str) else (message.key, message)
    row = {"id": UUID(int=0), "message": key, **order}
    person = customers.contacts([row["customer_id"]]).get(row["customer_id"], {}) if named else {}
    found = orders.letters([row["order_id"]])
    if not named:
        found = {id: {**one, **UNNAMED} for id, one in found.items()}
    more: dict[str, dict[Any, Any]] = {"score": {row["customer_id"]: (2, SCALES["csat"])}, "liked": {}}
    bought = in_words(_shown(found.get(row["order_id"], {}), _sold(found, more)), locale if wording else known(locale))
    stores = {store.key: store for store in accounts.stores()}
    store = stores.get(row["store"]) or next(iter(stores.values()))
    more |= offers([row], House(stores, {key: wording} if wording else {}, {}), keep=False)
    seen = context(row, person, bought, more, store, at) | shown_offers(row, more, locale)
    return seen, Dress(*(dress or (store.name, store.brand)))


def context(
    row: dict[str, Any], person: dict[str, Any], order: dict[str, Any], more: dict[str, dict[Any, Any]], store: Store, at: datetime
) -> dict[str, Any]:
    """What the texts may speak of; see `rules.render`."""
    lines, about = order.get("lines") or [], spoken_of(row, order, more)
    score, scale = more["score"].get(row["customer_id"], (None, None))
    given = dict(order.get("shipping_address") or {})
    parts = (person.get("full_name") or order.get("full_name") or "").split(" ", 1)
    return {
        "now": at,
        "zone": order.get("zone") or person.get("zone") or store.zone,
        "customer": {
            "id": row["customer_id"], "first_name": person.get("first_name") or parts[0], "last_name": parts[1] if len(parts) > 1 else "",
            "full_name": person.get("full_name") or order.get("full_name") or "", "email": person.get("email"),
        },
        "order": {
            **{k: order.get(k) for k in ("id", "number", "placed_at", "currency", "total_minor", "shipping_minor", "discount_minor",
                                        "promised_from", "promised_to", "first_promised_to", "delivered_at")},
            "lines": lines, "address": {**given, "postcode": given.get("postal_code") or given.get("postcode")} if given else None,
        } if order else {},
        "shipment": order.get("shipment") or {},
        "meeting": more.get("meetings", {}).get(row.get("run")) or {},
        "event": more.get("event", {}).get(row.get("origin")) or {},
        "product": {"title": about.get("title"), "url": web(about.get("url")) or store.brand.site_url},
        "score": score, "scale": scale, "shop": {"name": store.name, "url": store.brand.site_url},
    }  # fmt: skip


def addresses(row: dict[str, Any], house: House, locale: str, product: UUID | str | None = None) -> Links:
    """The signed links of one message. They expire by the world's clock, so a replayed mail can still be tried out."""
    from afterword.kit import clock

    store, wording = house.store(row["store"]), house.wordings.get(row["message"])
    message = wording.kind if wording else shipped(row["message"])
    base = f"{store.address.rstrip('/') or settings.PUBLIC_URL}/c"
    links = links_for(
        ring(), base, message_id=row["id"], customer_id=row["customer_id"], order_id=row["order_id"], store=store.key, topic=message.topic,
        now=clock.real_now(), locale=locale, survey=message.survey,
        count_clicks=row.get("watched", True) and store.brand.tracking, count_opens=row.get("watched", True) and store.brand.tracking,
        review=message.review, product_id=UUID(str(product)) if product else None,
    )  # fmt: skip
    marks = {**house.manners.get(store.key, Manners()).marks, **(wording.marks if wording else {})}
    return marked_links(links, marks, store.brand.site_url, row["message"])
