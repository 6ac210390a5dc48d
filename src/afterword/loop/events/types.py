"""What crosses the log's door."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from afterword.kernel.errors import Complaint, Refused

FAR = datetime(9999, 12, 31, tzinfo=UTC)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Who:
    """What a sender says of the person. `verified`: the sender vouches that the addresses are this person's own."""

    external_id: str | None = None
    email: str | None = None
    phone: str | None = None
    anonymous_id: str | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, as somebody tells it. References are the shop's own; ids follow from them.

    `order_id` is for our own rooms, which know an order by its id alone.
    """

    name: str
    occurred_at: datetime
    source: str
    source_id: str
    store: str = "main"
    who: Who | None = None
    customer_id: UUID | None = None
    order: str | None = None
    shipment: str | None = None
    product: str | None = None
    message_id: UUID | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, Any] = field(default_factory=dict)
    order_id: UUID | None = None


@dataclass(slots=True)
class Ready:
    """A told event whose properties are typed and whose ids are known: what `append` writes."""

    id: UUID
    mark: UUID
    name: str
    occurred_at: datetime
    received_at: datetime
    source: str
    store: str
    customer_id: UUID | None
    order_id: UUID | None
    shipment_id: UUID | None
    product_id: UUID | None
    message_id: UUID | None
    properties: dict[str, Any]
    personal: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Appended:
    """How many events were new (and which: their marks), and how many had been told before."""

    accepted: int
    repeated: int
    fresh: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a batch: the good part is kept, the rest is refused with path, fault and expectation; `places` are theirs."""

    accepted: int
    repeated: int
    refused: tuple[Complaint, ...] = ()
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sealed:
    """The window `(since, until]` that was sealed, and how many events it holds."""

    since: datetime
    until: datetime
    count: int


class NoZone(Refused):
    """“{value}” has no time zone. Give an instant with its zone, such as 2026-05-01T09:00:00Z."""
