"""The bodies of our own API, as OpenAPI describes them."""

from __future__ import annotations

from typing import Any

from ninja import Field, Schema


class Fault(Schema):
    """What is wrong, where, and what was expected."""

    path: str
    fault: str
    expected: str


class Answer(Schema):
    """What became of the events: new, told before, refused."""

    accepted: int
    repeated: int
    refused: list[Fault] = []


class Taken(Schema):
    """A paper that was kept: of which order, of which kind, how many bytes."""

    order: str
    kind: str
    size: int


class Problem(Schema):
    """A refusal (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    complaints: list[Fault] = []


class CustomerRef(Schema):
    """Who it is about. `verified`: you vouch that the addresses are theirs."""

    external_id: str | None = None
    email: str | None = None
    phone: str | None = None
    anonymous_id: str | None = None
    verified: bool = False


class EventIn(Schema):
    """One event. Its properties follow from its name: see the reference."""

    name: str = Field(examples=["order.placed"])
    occurred_at: str | None = Field(None, json_schema_extra={"format": "date-time"})
    id: str | None = Field(None, description="your id of the event: the same id is one event, however often it is sent")
    source: str | None = None
    customer: CustomerRef | None = None
    order: str | None = None
    shipment: str | None = None
    product: str | None = None
    properties: dict[str, Any] = {}


class EventsIn(Schema):
    """Many events: up to 500 KB at once, 32 KB each."""

    events: list[EventIn]
