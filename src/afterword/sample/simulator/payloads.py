"""From an order of the simulator to everything that is told of it. Pure: the same order always tells the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from afterword.loop.events.types import Told, Who

from ..rules.lives import local
from ..rules.truth import star_chances
from .types import Person, Product, Purchase
from .words import COMMENTS, PLACES, PRODUCTS

SOURCE = "sample"
HOME = "Europe/Bucharest"
CURRENCY = "EUR"
SITE = "https://lutsiboabe.example"
# Nothing is told of an order before this, nor after that (from its placing).
BEFORE, AFTER = timedelta(hours=2), timedelta(days=65)
DAY = timedelta(days=1)
REASONS = ("changed_mind", "damaged", "wrong_item", "not_as_expected")


def products(at: datetime) -> Iterator[Told]:
    """The catalogue, told once."""
    for product in PRODUCTS:
        properties: dict[str, Any] = {
            "title": product.titles["en"],
            "titles": product.titles,
            "sku": product.reference.upper(),
            "category": product.category,
            "url": f"{SITE}/{product.reference}",
            "price_minor": product.price_minor,
            "currency": CURRENCY,
            "life": product.life,
            "available": True,
        }
        if product.use_for_days:
            properties["use_for_days"] = product.use_for_days
        yield Told("product.updated", at, SOURCE, f"product:{product.reference}", product=product.reference, properties=properties)


def who(person: Person) -> Who:
    """How the shop names this person."""
    return Who(external_id=person.reference, email=person.email, verified=True)


def events(bought: Purchase, seed: int) -> list[Told]:
    """All that is told of one order, from the first look at the shop to the last refund, unordered."""
    draw = Random(f"{seed}/events/{bought.reference}")
    told = _Teller(bought)
    _visits(told, draw)
    _placed(told, draw)
    if bought.fate.cancelled_by:
        at = bought.at + timedelta(minutes=draw.uniform(40, 1200))
        told(
            "order.cancelled",
            at,
            by=bought.fate.cancelled_by,
            reason="out_of_stock" if bought.fate.cancelled_by == "merchant" else "changed_mind",
        )
        told(
            "order.refunded",
            at + timedelta(hours=draw.uniform(2, 40)),
            amount_minor=total(bought),
            currency=CURRENCY,
            whole=True,
            reason="cancelled",
        )
        return told.all
    arrived = _held(told, draw) if bought.is_experience else _carried(told, draw)
    if arrived is not None:
        _afterwards(told, arrived, draw)
    return told.all


class _Teller:
    """Gathers what is told of an order; each with an id of its own."""

    def __init__(self, bought: Purchase) -> None:
        self.bought, self.all = bought, list[Told]()
        self._who = who(bought.person)

    def __call__(self, name: str, at: datetime, *, mark: str = "", shipment: str | None = None, product: str | None = None,
                 personal: dict[str, Any] | None = None, of_order: bool = True, **properties: Any) -> None:  # fmt: skip
        order = self.bought.reference
        self.all.append(
            Told(
                name, at, SOURCE, f"{order}:{name}{mark}", who=self._who, order=order if of_order else None, shipment=shipment,
                product=product, properties=properties, personal=personal or {},
            )
        )  # fmt: skip


def _visits(told: _Teller, draw: Random) -> None:
    """What they looked at before they ordered; a message's reader comes by its link."""
    bought = told.bought
    at, person = bought.at - timedelta(minutes=draw.uniform(4, 50)), bought.person
    told(
        "page.viewed",
        at,
        of_order=False,
        url=f"{SITE}/",
        path="/",
        title="Lut & Boabe",
        zone=person.town.zone,
        language=person.country.language,
        referrer="mail" if bought.cause else draw.choice(("search", "instagram", "direct", "a friend")),
    )
    for n, (product, _) in enumerate(bought.lines):
        seen = at + (bought.at - at) * (n + 1) / (len(bought.lines) + 1)
        told(
            "product.viewed",
            seen,
            mark=f":{n}",
            of_order=False,
            product=product.reference,
            title=product.titles["en"],
            category=product.category,
            price_minor=product.price_minor,
            currency=CURRENCY,
            url=f"{SITE}/{product.reference}",
        )


def total(bought: Purchase) -> int:
    """What the order costs with its postage, in cents."""
    return subtotal(bought) + postage(bought)


def subtotal(bought: Purchase) -> int:
    """What its goods cost, in cents."""
    return sum(product.price_minor * quantity for product, quantity in bought.lines)


def postage(bought: Purchase) -> int:
    """What its parcel costs, in cents; nothing above 90 euros, nor for an experience."""
    return 0 if bought.is_experience or subtotal(bought) >= 9000 else bought.person.country.postage_minor


def _placed(told: _Teller, draw: Random) -> None:
    bought, person = told.bought, told.bought.person
    language, zone = person.country.language, person.town.zone
    address = {
        "name": person.full_name, "line1": person.street, "city": person.town.name, "postal_code": person.town.postal_code,
        "country": person.country.code,
    }  # fmt: skip
    first, last = promise(bought)
    if bought.first:
        told(
            "customer.updated",
            bought.at - timedelta(seconds=40),
            of_order=False,
            country=person.country.code,
            language=language,
            zone=zone,
            personal={"email": person.email, "full_name": person.full_name, "first_name": person.first_name},
        )
        if person.allows_marketing:
            said = {"words": "Write to me about new things, at most once a week.", "page": "https://shop.example/checkout"}
            told(
                "consent.granted",
                bought.at - timedelta(seconds=20),
                of_order=False,
                channel="email",
                purpose="marketing",
                how="checkout",
                ground="opt_in",
                personal={"proof": said},
            )
    told(
        "order.placed",
        bought.at,
        currency=CURRENCY,
        total_minor=total(bought),
        subtotal_minor=subtotal(bought),
        shipping_minor=postage(bought),
        total_base_minor=total(bought),
        items=sum(quantity for _, quantity in bought.lines),
        lines=[line(*one, language) for one in bought.lines],
        promised_from=first.isoformat(),
        promised_to=last.isoformat(),
        country=person.country.code,
        language=language,
        zone=zone,
        personal={"number": bought.reference, "email": person.email, "full_name": person.full_name, "shipping_address": address},
    )
    by_card = draw.random() < 0.96
    paid = bought.at + (timedelta(seconds=draw.uniform(5, 90)) if by_card else timedelta(hours=draw.uniform(3, 22)))
    told("order.paid", paid, amount_minor=total(bought), currency=CURRENCY, method="card" if by_card else "transfer")


def line(product: Product, quantity: int, language: str) -> dict[str, Any]:
    """A line of an order, in the words of whoever ordered."""
    found: dict[str, Any] = {
        "product": product.reference, "sku": product.reference.upper(), "title": product.titles[language], "quantity": quantity,
        "unit_price_minor": product.price_minor, "life": product.life,
    }  # fmt: skip
    return found | ({"use_for_days": product.use_for_days} if product.use_for_days else {})


def promise(bought: Purchase) -> tuple[datetime, datetime]:
    """From when until when it is promised: whole days of whoever gets it. An experience: the day it takes place."""
    zone, placed = bought.person.town.zone, bought.at.date()
    if bought.is_experience:
        saturday = placed + timedelta(days=(5 - placed.weekday()) % 7 + 14)
        return local(saturday, 14 * 60, HOME), local(saturday, 24 * 60 - 1, HOME)
    least, most = bought.person.country.promised_days
    return local(placed + least * DAY, 0, zone), local(placed + most * DAY, 24 * 60, zone) - timedelta(seconds=1)


def _held(told: _Teller, draw: Random) -> datetime:
    """An evening or an afternoon together; there is nothing to carry."""
    begins, _ = promise(told.bought)
    ends = begins + timedelta(hours=3, minutes=draw.randint(0, 40))
    told("order.delivered", ends, derived_from="merchant", parcels=0)
    return ends


def _carried(told: _Teller, draw: Random) -> datetime | None:
    """Packed, carried and handed over: when the last parcel came; None if it was lost."""
    bought = told.bought
    packed = workday(bought.at + timedelta(hours=draw.uniform(3, 26)), draw)
    told("order.fulfilled", packed, items=sum(quantity for _, quantity in bought.lines))
    came = arrival(bought, packed, draw)
    parcels = 2 if bought.fate.in_two_parcels and len(bought.lines) > 1 and not bought.fate.lost else 1
    carrier = draw.choice(bought.person.country.carriers)
    for parcel in range(1, parcels + 1):
        last = parcel == parcels
        at = came if last else packed + (came - packed) * draw.uniform(0.5, 0.9)
        _parcel(told, packed + timedelta(minutes=parcel), at, f"{bought.reference}-P{parcel}", carrier, last, draw)
    _looks(told, packed, came, draw)
    if bought.fate.lost:
        told("order.refunded", came + 12 * DAY, amount_minor=total(bought), currency=CURRENCY, whole=True, reason="lost")
        return None
    return came


def workday(at: datetime, draw: Random) -> datetime:
    """The first moment from `at` on at which somebody packs: Monday to Friday, ten to five in Cluj."""
    packed = local(at.date(), 600 + draw.randrange(420), HOME)
    while packed < at or packed.weekday() > 4:
        packed += DAY
    return packed


def arrival(bought: Purchase, packed: datetime, draw: Random) -> datetime:
    """When it is handed over: on a promised day, or so many days after as its fate has it; in daylight."""
    zone = bought.person.town.zone
    least, most = bought.person.country.promised_days
    due, minutes = bought.at.date() + most * DAY, draw.randint(9 * 60, 19 * 60)
    if bought.fate.late_days:
        return local(due + bought.fate.late_days * DAY, minutes, zone)
    came = local(due - draw.randint(0, most - least) * DAY, minutes, zone)
    while came < packed + timedelta(hours=20):
        came += DAY
    return min(came, local(due, minutes, zone))


def _parcel(told: _Teller, packed: datetime, came: datetime, number: str, carrier: str, last: bool, draw: Random) -> None:
    bought = told.bought
    private = {"tracking_number": f"{carrier[:2].upper()}{draw.randrange(10**10):010d}"}

    def scan(milestone: str, at: datetime, mark: str = "", **more: Any) -> None:
        told(
            f"shipment.{milestone}", at, mark=f":{number}{mark}", shipment=number, carrier=carrier, last=last,
            personal=private if milestone in ("created", "accepted") else None, **more,
        )  # fmt: skip

    scan("created", packed, promised_to=promise(bought)[1].isoformat())
    way = came - packed
    scan("accepted", packed + min(timedelta(hours=draw.uniform(1, 5)), way * 0.15))
    for n in range(1, (1 if way < 2 * DAY else 2 if way < 5 * DAY else 3) + 1):
        scan(
            "in_transit",
            packed + way * (0.15 + 0.2 * n + draw.uniform(-0.05, 0.05)),
            mark=f":{n}",
            place=PLACES[min(n + draw.randint(-1, 2), 6)],
        )
    if bought.fate.late_days > 2 and draw.random() < 0.3:
        scan("exception", packed + way * 0.8, reason=draw.choice(("customs", "weather", "sorting_error")))
    if bought.fate.lost:
        return
    if draw.random() < 0.03 and way > 1.5 * DAY:
        scan("attempt_failed", came - timedelta(hours=22), reason="nobody_home")
    scan("out_for_delivery", came - timedelta(hours=draw.uniform(1, 4)))
    scan("delivered", came)


def _looks(told: _Teller, packed: datetime, came: datetime, draw: Random) -> None:
    """They look where it is: once or twice, and more often with every day that it is late."""
    for n in range(sum(draw.random() < 0.4 for _ in range(3)) + sum(draw.random() < 0.6 for _ in range(told.bought.fate.late_days))):
        share = draw.random() if n < 3 else draw.uniform(0.6, 1)
        told("order_status.viewed", packed + (came - packed) * share, mark=f":{n}", via=draw.choice(("email", "email", "site")))


def _afterwards(told: _Teller, came: datetime, draw: Random) -> None:
    """Some send it back; a few write a review unasked."""
    bought = told.bought
    if bought.fate.returned and not bought.is_experience:
        product, quantity = draw.choice(bought.lines)
        amount = product.price_minor * quantity
        told("order.refunded", came + draw.uniform(5, 16) * DAY, amount_minor=amount, currency=CURRENCY, whole=len(bought.lines) == 1,
             reason=draw.choice(REASONS))  # fmt: skip
    elif draw.random() < 0.03:
        stars = draw.choices((1, 2, 3, 4, 5), star_chances(bought.fate.late_days))[0]
        told(
            "review.submitted",
            came + draw.uniform(3, 25) * DAY,
            product=bought.lines[0][0].reference,
            review=f"r-{bought.reference}",
            rating=stars,
            language=bought.person.country.language,
            personal={"text": comment(bought.person, stars, draw)},
        )


def comment(person: Person, stars: int, draw: Random) -> str:
    """A sentence in this person's language, as good as the stars."""
    return draw.choice(COMMENTS[person.country.language][0 if stars >= 4 else 1 if stars == 3 else 2])
