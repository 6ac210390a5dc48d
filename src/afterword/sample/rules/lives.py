"""When the simulator's customers come, and what they buy, if nobody writes to them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from ..simulator.types import Fate, Person, Product, Purchase
from ..simulator.words import CERAMICS, COFFEE, REFILL, TOOL, VISIT
from .truth import (
    CANCELLED_SHARE,
    LATE_BY,
    LATE_SHARE,
    LET_DOWN_FACTOR,
    LOST_SHARE,
    REBUY_DAYS,
    REBUY_SPREAD,
    REBUYS,
    RETURNED_SHARE,
    TWO_PARCELS_SHARE,
)

HOURS = tuple(range(7, 24))
HOUR_SHARES = (1, 2, 3, 4, 4, 4, 5, 5, 4, 4, 5, 6, 7, 9, 10, 7, 3)
MOST_ORDERS = 60  # of one customer, in all their life


@dataclass(frozen=True)
class Terms:
    """What a simulated shop follows from: its seed, how many come in its first `days`, and the instant it begins."""

    seed: int
    customers: int
    days: int
    starts_at: datetime


def arrivals(terms: Terms, until: datetime) -> int:
    """How many customers have come by `until`, at most: numbers below this may have ordered."""
    share = (until - terms.starts_at) / timedelta(days=terms.days)
    come = 0.6 * share + 0.4 * share**2 if share <= 1 else 1 + 1.4 * (share - 1)
    return max(0, math.ceil((come + 1.4 * 2 / terms.days) * terms.customers))


def arrives(terms: Terms, n: int) -> float:
    """The day, from the beginning, on which the `n`-th customer orders first. The shop grows; after its first days steadily."""
    share = (n + Random(f"{terms.seed}/arrives/{n}").random()) / terms.customers
    return terms.days * ((math.sqrt(0.36 + 1.6 * share) - 0.6) / 0.8 if share <= 1 else 1 + (share - 1) / 1.4)


def purchases(terms: Terms, person: Person, until: datetime) -> Iterator[Purchase]:
    """Every order that this person places up to `until` without being written to, in order of time."""
    day = arrives(terms, person.n)
    for k in range(1, MOST_ORDERS):
        reference = f"{1000 + person.n}-{k}"
        draw = Random(f"{terms.seed}/order/{reference}")
        at = at_the_shop(terms.starts_at, day, person, draw)
        if at > until:
            return
        bought = Purchase(person, reference, at, basket(person, draw), fate(terms.seed, reference), first=k == 1)
        yield bought
        gap = rebuys_after(bought, draw)
        if gap is None:
            return
        day += gap


def extra(terms: Terms, person: Person, cause: UUID, at: datetime) -> Purchase:
    """The order that a message brought about."""
    reference = f"{1000 + person.n}-{cause.hex[-8:].upper()}"
    draw = Random(f"{terms.seed}/order/{reference}")
    return Purchase(person, reference, at, basket(person, draw), fate(terms.seed, reference), cause=cause)


def at_the_shop(starts_at: datetime, day: float, person: Person, draw: Random) -> datetime:
    """An instant of that day at which people shop, by their own clocks."""
    date = (starts_at + timedelta(days=int(day))).date()
    minutes = draw.choices(HOURS, HOUR_SHARES)[0] * 60 + draw.randrange(60)
    at = local(date, minutes, person.town.zone) + timedelta(seconds=draw.randrange(60), microseconds=draw.randrange(1_000_000))
    return at if at > starts_at + timedelta(minutes=5) else at + timedelta(days=1)


def local(date: object, minutes: int, zone: str) -> datetime:
    """So many minutes after midnight of a date, on the clocks of a zone, as an instant in UTC."""
    midnight = datetime.combine(date, time(), tzinfo=_zone(zone))  # type: ignore[arg-type]
    return (midnight + timedelta(minutes=minutes)).astimezone(UTC)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def basket(person: Person, draw: Random) -> tuple[tuple[Product, int], ...]:
    """What goes into the cart, by taste."""
    if draw.random() < (0.12 if person.taste == "presents" else 0.03):
        return ((draw.choice(VISIT), draw.choice((1, 1, 2))),)
    match person.taste:
        case "coffee":
            chosen = [draw.choice(COFFEE), *draw.sample((*COFFEE, *REFILL, *TOOL), draw.choice((0, 0, 1, 2)))]
        case "ceramics":
            chosen = [draw.choice(CERAMICS), *draw.sample(CERAMICS, draw.choice((0, 0, 1)))]
        case "presents":
            chosen = [draw.choice((*CERAMICS, *TOOL)), *draw.sample(COFFEE, draw.choice((0, 1)))]
        case _:
            chosen = [draw.choice(COFFEE), *draw.sample((*CERAMICS, *REFILL), draw.choice((0, 1, 1)))]
    return tuple((product, draw.choices((1, 2, 3), (0.78, 0.17, 0.05))[0]) for product in dict.fromkeys(chosen))


def fate(seed: int, reference: str) -> Fate:
    """What becomes of the order of this number."""
    draw = Random(f"{seed}/fate/{reference}")
    cancelled = draw.random() < CANCELLED_SHARE
    late = draw.random() < LATE_SHARE
    _, least, most = draw.choices(LATE_BY, [share for share, _, _ in LATE_BY])[0]
    return Fate(
        cancelled_by=draw.choice(("customer", "customer", "merchant")) if cancelled else "",
        late_days=draw.randint(least, most) if late else 0,
        lost=draw.random() < LOST_SHARE,
        returned=draw.random() < RETURNED_SHARE,
        in_two_parcels=draw.random() < TWO_PARCELS_SHARE,
    )


def rebuys_after(bought: Purchase, draw: Random) -> float | None:
    """Days until this person orders again; None if they never do."""
    product = bought.lines[0][0]
    chance = REBUYS[product.life] * (LET_DOWN_FACTOR if bought.fate.late_days > 3 else 1.0)
    if draw.random() >= chance:
        return None
    typical = float(product.use_for_days or 0) * bought.lines[0][1] if product.life == "consumable" else REBUY_DAYS[product.life]
    return max(2.0, typical * math.exp(draw.gauss(0.15, REBUY_SPREAD)))
