"""What happens to an order and to its parcels. Delay is derived, never a status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from afterword.kernel.shapes import Event, Subject, prop

LIVES = ("consumable", "durable", "experience")
SOURCES_OF_TRUTH = ("carrier", "promise_clock", "silence_clock", "merchant", "customer", "inferred")
ACTORS = ("customer", "merchant", "carrier")
LINE = {
    "product": "tea-1", "sku": "TEA-1", "title": "Green tea", "variant": "100 g", "quantity": 2, "unit_price_minor": 1290,
    "image_url": "https://shop.example/tea.jpg", "life": "consumable", "use_for_days": 30,
}  # fmt: skip
PLACED = {
    "number": "1001", "currency": "EUR", "total_minor": 3080, "subtotal_minor": 2580, "shipping_minor": 500, "items": 2,
    "lines": [LINE], "promised_from": "2026-05-03T00:00:00Z", "promised_to": "2026-05-05T21:00:00Z", "country": "RO",
    "language": "ro", "zone": "Europe/Bucharest", "email": "ana@example.com", "full_name": "Ana Pop",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class OrderEvent(Event):
    """What every event of an order may carry."""

    subject: ClassVar[Subject] = "order"

    invoice_url: str | None = prop("text", "where the shop's own invoice, or credit note, can be had as PDF", personal=True)


@dataclass(frozen=True, kw_only=True)
class OrderContents(OrderEvent):
    """What an order holds and costs, and what was promised for it."""

    number: str | None = prop("text", "the order number that the customer knows", personal=True)
    email: str | None = prop("text", "where its mails go", personal=True)
    phone: str | None = prop("text", "where its calls and texts go", personal=True)
    full_name: str | None = prop("text", "who ordered", personal=True)
    shipping_address: dict[str, Any] | None = prop("json", "name, line1, line2, city, postal_code, region, country", personal=True)
    billing_address: dict[str, Any] | None = prop("json", "as the shipping address", personal=True)
    note: str | None = prop("text", "what the customer wrote to the shop", personal=True)
    subtotal_minor: int | None = prop("minor", "the goods, before discount, shipping and tax", unit="currency")
    shipping_minor: int | None = prop("minor", "shipping", unit="currency")
    discount_minor: int | None = prop("minor", "what was taken off", unit="currency")
    tax_minor: int | None = prop("minor", "tax", unit="currency")
    total_base_minor: int | None = prop("minor", "the total in the company's reporting currency, at the day's rate", unit="base")
    items: int | None = prop("int", "how many pieces")
    lines: list[Any] | None = prop(
        "json", "product, sku, title, variant, quantity, unit_price_minor, image_url, life, use_for_days, one object a line"
    )
    coupon: str | None = prop("text", "the coupon used")
    gift: bool | None = prop("bool", "a present: it goes to somebody else, and no price belongs in the parcel")
    life: str | None = prop("text", "the life of its first goods; filled from the lines", choices=LIVES)
    use_for_days: int | None = prop("int", "how long its first consumable lasts; filled from the lines", unit="days")
    promised_from: str | None = prop("instant", "the earliest promised arrival")
    promised_to: str | None = prop("instant", "the latest promised arrival: the end of the promised day, or of the window")
    country: str | None = prop("text", "the country it goes to (ISO 3166)")
    language: str | None = prop("text", "the language it was placed in (BCP 47)")
    zone: str | None = prop("text", "the IANA zone of the address it goes to")


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(OrderContents):
    """An order was placed. Every care after the sale begins here."""

    name: ClassVar[str] = "order.placed"
    example: ClassVar[dict[str, Any]] = PLACED

    currency: str = prop("currency", "the currency of its amounts (ISO 4217)", required=True)
    total_minor: int = prop("minor", "what the customer pays", required=True, unit="currency")


@dataclass(frozen=True, kw_only=True)
class OrderUpdated(OrderContents):
    """Something about an order changed. What is left out stays as it was."""

    name: ClassVar[str] = "order.updated"
    example: ClassVar[dict[str, Any]] = {"promised_to": "2026-05-08T21:00:00Z"}

    currency: str | None = prop("currency", "the currency of its amounts (ISO 4217)")
    total_minor: int | None = prop("minor", "what the customer pays", unit="currency")


@dataclass(frozen=True, kw_only=True)
class OrderPaid(OrderEvent):
    """An order was paid, wholly or in part."""

    name: ClassVar[str] = "order.paid"
    example: ClassVar[dict[str, Any]] = {"amount_minor": 3080, "currency": "EUR", "method": "card"}

    amount_minor: int | None = prop("minor", "how much; the whole total when left out", unit="currency")
    currency: str | None = prop("currency", "the currency of the amount")
    amount_base_minor: int | None = prop("minor", "the same in the reporting currency", unit="base")
    method: str | None = prop("text", "card, transfer, cash on delivery …")


@dataclass(frozen=True, kw_only=True)
class OrderFulfilled(OrderEvent):
    """The shop packed an order, wholly or in part, and gave it away to be carried."""

    name: ClassVar[str] = "order.fulfilled"
    example: ClassVar[dict[str, Any]] = {"part": False, "items": 2}

    part: bool | None = prop("bool", "more parcels will follow")
    items: int | None = prop("int", "how many pieces left")
    lines: list[Any] | None = prop("json", "which lines left")


@dataclass(frozen=True, kw_only=True)
class OrderDelivered(OrderEvent):
    """The last parcel of an order arrived. Every clock after the sale starts here. Derived, or told by the shop."""

    name: ClassVar[str] = "order.delivered"
    example: ClassVar[dict[str, Any]] = {"derived_from": "carrier", "parcels": 1}

    derived_from: str | None = prop("text", "who says so", choices=SOURCES_OF_TRUTH)
    parcels: int | None = prop("int", "how many parcels there were")


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(OrderEvent):
    """An order was cancelled before it was fulfilled."""

    name: ClassVar[str] = "order.cancelled"
    example: ClassVar[dict[str, Any]] = {"reason": "out_of_stock", "by": "merchant"}

    reason: str | None = prop("text", "why, in a word")
    by: str | None = prop("text", "who wanted it: customer, merchant, payment", choices=("customer", "merchant", "payment", "unknown"))
    time_inferred: bool | None = prop("bool", "the source does not say when; the last known moment was taken")


@dataclass(frozen=True, kw_only=True)
class OrderRefunded(OrderEvent):
    """Money went back to the customer."""

    name: ClassVar[str] = "order.refunded"
    example: ClassVar[dict[str, Any]] = {"amount_minor": 1290, "currency": "EUR", "whole": False, "reason": "damaged"}

    amount_minor: int | None = prop("minor", "how much; the whole total when left out", unit="currency")
    currency: str | None = prop("currency", "the currency of the amount")
    amount_base_minor: int | None = prop("minor", "the same in the reporting currency", unit="base")
    whole: bool | None = prop("bool", "the whole order was refunded")
    reason: str | None = prop("text", "why, in a word")
    lines: list[Any] | None = prop("json", "which lines")


@dataclass(frozen=True, kw_only=True)
class ShipmentEvent(Event):
    """What every event of a parcel may carry."""

    subject: ClassVar[Subject] = "shipment"
    example: ClassVar[dict[str, Any]] = {"carrier": "dhl", "tracking_number": "00340434161094042557", "last": True}

    carrier: str | None = prop("text", "who carries it")
    tracking_number: str | None = prop("text", "the carrier's number; carriers use numbers again, so it is no key", personal=True)
    tracking_url: str | None = prop("text", "where the carrier shows it", personal=True)
    promised_from: str | None = prop("instant", "the earliest promised arrival")
    promised_to: str | None = prop("instant", "the latest promised arrival")
    reason: str | None = prop("text", "why, in a word of ours; unknown words stay unknown")
    action_required: bool | None = prop("bool", "somebody must do something for it to arrive")
    action_by: str | None = prop("text", "who must", choices=ACTORS)
    derived_from: str | None = prop("text", "who says so", choices=SOURCES_OF_TRUTH)
    last: bool | None = prop("bool", "it is the last parcel of its order; false when more will follow")
    items: int | None = prop("int", "how many pieces are in it")
    place: str | None = prop("text", "the depot or town of the scan, never an address")
    pickup_place: str | None = prop("text", "where it lies to be fetched: the name and address of the shop or locker", personal=True)
    pickup_until: str | None = prop("instant", "until when it lies there to be fetched")
    time_inferred: bool | None = prop("bool", "the source does not say when; a nearby moment was taken")


def _of_shipment(verb: str, doc: str, **more: Any) -> type[Event]:
    """One milestone of a parcel; all of them carry the same properties."""
    title = "Shipment" + "".join(part.capitalize() for part in verb.split("_"))
    body = {"__doc__": doc, "__module__": __name__, "name": f"shipment.{verb}", "__annotations__": {"name": "ClassVar[str]"}, **more}
    return dataclass(frozen=True, kw_only=True)(type(title, (ShipmentEvent,), body))


PROMISE = {"promised_from": "2026-05-03T00:00:00Z", "promised_to": "2026-05-05T21:00:00Z", "by": "carrier"}
MILESTONES: dict[str, str] = {
    "created": "A parcel was announced: its label exists.",
    "accepted": "The carrier has the parcel.",
    "in_transit": "The parcel moves.",
    "out_for_delivery": "The parcel is on its last way.",
    "attempt_failed": "Nobody could take the parcel; it will be tried again, or fetched.",
    "ready_for_pickup": "The parcel waits for the customer to fetch it.",
    "delivered": "The parcel arrived.",
    "exception": "Something is wrong with the parcel; `reason`, `action_required` and `action_by` say what and for whom.",
    "returning": "The parcel goes back.",
    "returned": "The parcel is back at the shop.",
    "cancelled": "The parcel will not be sent.",
    "expired": "The carrier says no more about the parcel.",
}


@dataclass(frozen=True, kw_only=True)
class ShipmentPromised(ShipmentEvent):
    """Somebody promised when the parcel arrives. Every promise is kept: from, to, by whom."""

    name: ClassVar[str] = "shipment.promised"
    example: ClassVar[dict[str, Any]] = PROMISE

    by: str | None = prop("text", "who promised: merchant, carrier, model", choices=("merchant", "carrier", "model"))


@dataclass(frozen=True, kw_only=True)
class ShipmentDelayed(ShipmentEvent):
    """The promised local day ended without a delivery. Derived; told once for each promise that was broken."""

    name: ClassVar[str] = "shipment.delayed"
    example: ClassVar[dict[str, Any]] = {"promised_to": "2026-05-05T21:00:00Z", "derived_from": "promise_clock", "shipped": True}

    shipped: bool | None = prop("bool", "it is on its way; false when it has not left the shop")


@dataclass(frozen=True, kw_only=True)
class ShipmentStalled(ShipmentEvent):
    """Nothing was heard of the parcel for too long. Derived from silence; told once for each silence."""

    name: ClassVar[str] = "shipment.stalled"
    example: ClassVar[dict[str, Any]] = {"derived_from": "silence_clock", "after": "01926b2e-7a00-7000-8000-000000000001"}

    after: str | None = prop("uuid", "the event after which nothing was heard")


SHIPMENT_MILESTONES: tuple[type[Event], ...] = tuple(_of_shipment(verb, doc) for verb, doc in MILESTONES.items())
EVENTS: tuple[type[Event], ...] = (
    OrderPlaced, OrderUpdated, OrderPaid, OrderFulfilled, OrderDelivered, OrderCancelled, OrderRefunded,
    *SHIPMENT_MILESTONES, ShipmentPromised, ShipmentDelayed, ShipmentStalled,
)  # fmt: skip
