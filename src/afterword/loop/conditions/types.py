"""A condition as a tree of typed values, what can be wrong with one, and the columns of the world it is asked of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias

from afterword.kernel.errors import Refused
from afterword.kernel.shapes import Kind

Type: TypeAlias = Literal["number", "money", "text", "bool", "instant", "age", "missing"]


class BadCondition(Refused):
    """At column {column} of “{text}”: {fault}; expected {expected}."""


@dataclass(frozen=True)
class Lit:
    """A constant. A duration is a number of seconds with type `age`; money with a currency keeps it."""

    value: Any
    type: Type
    currency: str = ""


@dataclass(frozen=True)
class Attr:
    """`order.total`, `customer.country`, `event.score`: an attribute as it was known at the moment."""

    owner: str
    name: str
    type: Type


@dataclass(frozen=True)
class Agg:
    """`count(order.placed, last="365d", where=…, same="order")`: a fold over the events known at the moment."""

    fn: str
    event: str
    prop: str
    last: int | None
    where: Node | None
    same: str
    type: Type


@dataclass(frozen=True)
class Age:
    """How long before the moment an instant lies."""

    of: Node
    type: Type = "age"


@dataclass(frozen=True)
class Has:
    """Whether a value is there at all."""

    of: Node
    type: Type = "bool"


@dataclass(frozen=True)
class Compare:
    """A comparison; with a missing value it is false."""

    op: str
    left: Node
    right: Node
    type: Type = "bool"


@dataclass(frozen=True)
class Among:
    """`x in ("a", "b")`; a missing value is in nothing."""

    of: Node
    values: tuple[Lit, ...]
    type: Type = "bool"


@dataclass(frozen=True)
class Logic:
    """`and`, `or`, `not`."""

    op: str
    of: tuple[Node, ...]
    type: Type = "bool"


@dataclass(frozen=True)
class Arith:
    """`+ - * /`; anything divided by zero is missing."""

    op: str
    left: Node
    right: Node
    type: Type = "number"


Node: TypeAlias = Lit | Attr | Agg | Age | Has | Compare | Among | Logic | Arith


@dataclass(frozen=True)
class Turn:
    """An instant, so many seconds after a value, at which a condition may turn by time alone."""

    of: Node
    after: int


def walk(node: Node, *, into_where: bool = False) -> Iterator[Node]:
    """The node and everything below it; what stands in a `where` belongs to another table and is left out unless asked for."""
    yield node
    for f in fields(node):
        value = getattr(node, f.name)
        if isinstance(node, Agg) and f.name == "where" and not into_where:
            continue
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, Lit | Attr | Agg | Age | Has | Compare | Among | Logic | Arith):
                yield from walk(child, into_where=into_where)


# The world's columns, by the names of types that all engines know.
INSTANT = "timestamp('UTC')"
IDS = ("customer_id", "order_id", "shipment_id", "product_id", "message_id")
COMMON: dict[str, str] = {
    "id": "uuid", "known_at": INSTANT, "occurred_at": INSTANT, "store": "string", **dict.fromkeys(IDS, "uuid"),
    "dice": "int64", "customer_dice": "int64", "imported": "boolean",
}  # fmt: skip
COLUMN_TYPES: dict[Kind, str] = {
    "text": "string", "int": "int64", "number": "float64", "bool": "boolean", "instant": INSTANT, "day": "string", "uuid": "uuid",
    "minor": "int64", "currency": "string",
}  # fmt: skip
# Of the events that a merge gave to a survivor: which, whose they are now, and from when until when they count.
PAST = {"id": "uuid", "customer_id": "uuid", "seen_from": INSTANT, "forgotten_at": INSTANT}
CUSTOMER_HISTORY = {
    "customer_id": "uuid", "known_from": INSTANT, "known_to": INSTANT, "country": "string", "language": "string", "zone": "string",
    "store": "string", "created_at": INSTANT,
}  # fmt: skip
ORDER_HISTORY = {
    "order_id": "uuid", "customer_id": "uuid", "known_from": INSTANT, "known_to": INSTANT, "store": "string", "status": "string",
    "placed_at": INSTANT, "promised_from": INSTANT, "promised_to": INSTANT, "shipped_at": INSTANT, "delivered_at": INSTANT,
    "cancelled_at": INSTANT, "refunded_at": INSTANT, "total_minor": "int64", "currency": "string", "total_base_minor": "int64",
    "items": "int64", "first_order": "boolean", "product_life": "string", "runs_out_at": INSTANT,
}  # fmt: skip
LOCAL_CLOCK = {"zone": "string", "clock": "string", "after": INSTANT, "asked_until": INSTANT, "strikes_at": INSTANT}
