"""Random worlds, many packed into one: customers are their own worlds, so one run of the engines tries them all.

Instants lie on whole hours, so that ends of windows, due times and events meet exactly; each event of a world has an instant
of its own, as sealing gives it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from afterword.kernel.ids import dice
from afterword.loop.journeys.rules.clocks import strikes

from .naive import Happened, Merge, Universe
from .shapes import SHAPES

START = datetime(2026, 3, 24, tzinfo=UTC)
HOURS = 170
FAR = datetime(9999, 12, 31, tzinfo=UTC)
MERGES = (45, 100)  # the hours at which customers become others: few, for each cuts a backtest in two
ZONES = ("UTC", "Europe/Bucharest", "Asia/Bangkok", None)
CLOCKS = ("09:00", "18:00", "mon-fri 09:00", "2 business RO 10:00")
NAMES = (
    "order.placed",
    "order.placed",
    "order.delivered",
    "order.cancelled",
    "survey.answered",
    "survey.answered",
    "page.viewed",
    "message.opened",
    "message.dropped",
    "message.sent",
    "message.failed",
)


def hour(n: int) -> datetime:
    """The n-th hour of the world."""
    return START + timedelta(hours=n)


def universe(random: Random, worlds: int) -> Universe:
    """So many worlds of one customer each, with up to three orders and up to fourteen events."""
    whole = Universe([], {}, {}, {})
    for _ in range(worlds):
        _world(random, whole)
    for zone in ZONES:
        for clock in CLOCKS:
            days = strikes(zone or "UTC", clock, (START - timedelta(days=3)).date(), (START + timedelta(days=40)).date())
            whole.strikes[zone or "UTC", clock] = list(days)
    # Every third journey stands still for a while, over a merge or not.
    for n, shape in enumerate(SHAPES):
        if n % 3 == 1:
            whole.pauses[shape["journey"]] = random.choice(((hour(30), hour(60)), (hour(70), hour(85)), (hour(101), hour(140))))
    return whole


def _world(random: Random, whole: Universe) -> None:
    """One customer; or two, of whom one turns out to be the other."""
    customer, other = _id(random), _id(random) if random.random() < 0.3 else None
    orders = [_id(random) for _ in range(random.randint(1, 3))]
    owner = {order: random.choice((customer, other or customer)) for order in orders}
    hours = sorted(random.sample(range(HOURS), random.randint(3, 14)))
    merged_at = random.choice(MERGES) if other else None
    hours = sorted({*hours, merged_at} - {None}) if merged_at and merged_at > hours[0] else hours
    placed: list[Happened] = []
    own: list[Happened] = []
    for n in hours:
        if other and n == merged_at:
            whole.merges.append(Merge(hour(n), other, customer))
            owner = dict.fromkeys(orders, customer)
            own.append(_merged(random, hour(n), other, customer, orders[0]))
            continue
        name = random.choice(NAMES) if placed else "order.placed"
        order = random.choice(orders)
        props = _props(random, name, placed)
        whose = owner[order]
        if name.startswith("message."):
            started = next(e for e in placed if str(e.id) == props["run"])
            whose = owner[started.order]
        late = random.choice((0, 0, 0, 1, 4, 8, 30))
        e = Happened(
            _id(random), name, hour(n), hour(n - late), whose, order, dice(order), dice(whose), random.random() < 0.05, props
        )  # fmt: skip
        own.append(e)
        if name == "order.placed":
            placed.append(e)
    whole.events += own
    for order in orders:
        whole.orders[order] = _order_history(random, [e for e in own if e.order == order])
    for person in filter(None, (customer, other)):
        whole.customers[person] = _history(
            random, hours, lambda: {"zone": random.choice(ZONES), "country": random.choice(("RO", "MD", "TH", None))}
        )


def _merged(random: Random, at: datetime, loser: UUID, survivor: UUID, order: UUID) -> Happened:
    props = {"loser": str(loser), "undone": None}
    return Happened(_id(random), "customer.merged", at, at, survivor, order, dice(survivor), dice(survivor), False, props)


def _props(random: Random, name: str, placed: list[Happened]) -> dict[str, Any]:
    if name == "order.placed":
        total, gift = random.choice((1000, 3000, 5000, 7000)), random.choice((True, False, None))
        return {"total_minor": total, "gift": gift, "wanted_at": _wish(random)}
    if name == "survey.answered":
        return {"score": random.randint(0, 10), "word": random.choice(("good", "bad", "fine", None))}
    if name.startswith("message."):
        # Most shapes hear no messages; the three that do are drawn more often.
        journey = random.choice(("s13", "s14", "s31", "s31", random.choice(SHAPES)["journey"]))
        return {"run": str(random.choice(placed).id), "journey": journey, "step": random.choice(("b", "c"))}
    return {}


def _wish(random: Random) -> datetime | None:
    return random.choice((None, hour(random.randint(-10, HOURS)), hour(random.randint(-10, HOURS))))


def _order_history(random: Random, events: list[Happened]) -> list[tuple[datetime, datetime, dict[str, Any]]]:
    """What is known of an order changes when one of its events becomes known: the promise with an order, the arrival with a delivery."""
    rows: list[tuple[datetime, datetime, dict[str, Any]]] = []
    values: dict[str, Any] = {}
    for e in events:
        if e.name not in ("order.placed", "order.delivered"):
            continue
        fresh = _order(random)
        values = {
            **(values or {**fresh, "delivered_at": None}),
            "promised_to" if e.name == "order.placed" else "delivered_at": fresh["promised_to"],
        }
        if rows:
            rows[-1] = (rows[-1][0], e.known_at, rows[-1][2])
        rows.append((e.known_at, FAR, values))
    return rows


def _order(random: Random) -> dict[str, Any]:
    def date() -> datetime | None:
        return random.choice((None, hour(random.randint(-10, HOURS)), hour(random.randint(-10, HOURS))))

    total = random.choice((None, 500, 2000, 4000))
    return {
        "promised_to": date(), "delivered_at": date(), "placed_at": date(), "total_base_minor": total, "total_minor": total,
        "status": random.choice(("placed", "delivered")),
    }  # fmt: skip


def _history(random: Random, hours: list[int], make: Any) -> list[tuple[datetime, datetime, dict[str, Any]]]:
    """As-of rows that touch: each holds until the next begins, the last for ever. Changes fall on the world's own instants."""
    starts = sorted({hours[0], *random.sample(hours, min(len(hours), random.randint(1, 3)))})
    ends = [hour(n) for n in starts[1:]] + [FAR]
    return [(hour(n), end, make()) for n, end in zip(starts, ends, strict=True)]


def _id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)
