"""What becomes known about a product, and about the ones that customers have at home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from afterword.kernel.shapes import Event, Subject, prop


@dataclass(frozen=True, kw_only=True)
class ProductUpdated(Event):
    """A product came into the catalog, or something about it changed. What is left out stays as it was."""

    name: ClassVar[str] = "product.updated"
    subject: ClassVar[Subject] = "product"
    example: ClassVar[dict[str, Any]] = {
        "title": "Green tea", "titles": {"ro": "Ceai verde"}, "sku": "TEA-1", "life": "consumable", "use_for_days": 30,
        "price_minor": 1290, "currency": "EUR",
    }  # fmt: skip

    reference: str | None = prop("text", "the shop's own reference; filled in")
    title: str | None = prop("text", "what it is called")
    titles: dict[str, Any] | None = prop("json", "what it is called, by language")
    sku: str | None = prop("text", "the shop's stock code")
    category: str | None = prop("text", "its category")
    url: str | None = prop("text", "its page")
    image_url: str | None = prop("text", "its picture")
    price_minor: int | None = prop("minor", "its price", unit="currency")
    currency: str | None = prop("currency", "the currency of the price")
    life: str | None = prop("text", "how it lives with the customer", choices=("consumable", "durable", "experience"))
    use_for_days: int | None = prop("int", "how long one piece of a consumable lasts", unit="days")
    available: bool | None = prop("bool", "it can be bought now")


@dataclass(frozen=True, kw_only=True)
class OwnedEvent(Event):
    """What every event about a thing that a customer owns may carry. It is told for each customer whom it concerns."""

    subject: ClassVar[Subject] = "product"

    title: str | None = prop("text", "what the thing is called, where the catalogue does not say")
    url: str | None = prop("text", "the page that says what to do, or more about it")


@dataclass(frozen=True, kw_only=True)
class ServiceDue(OwnedEvent):
    """Something that a customer owns should be looked after: cleaned, oiled, checked. Told by the shop's own clock."""

    name: ClassVar[str] = "service.due"
    example: ClassVar[dict[str, Any]] = {"title": "Espresso machine", "url": "https://shop.example/service", "kind": "descaling"}

    kind: str | None = prop("text", "what is to be done, in a word")
    due_on: str | None = prop("day", "by which day")


@dataclass(frozen=True, kw_only=True)
class ServiceBooked(OwnedEvent):
    """A customer has found a day for it."""

    name: ClassVar[str] = "service.booked"
    example: ClassVar[dict[str, Any]] = {"title": "Espresso machine", "booked_for": "2026-05-12"}

    booked_for: str | None = prop("day", "the day it is booked for")
    booked_from: str | None = prop("instant", "when it begins, where an hour was agreed")
    booked_to: str | None = prop("instant", "when it ends, where an hour was agreed")
    place: str | None = prop("text", "where it is done: a workshop's name and address; at the customer's home nothing")


@dataclass(frozen=True, kw_only=True)
class ServiceCancelled(OwnedEvent):
    """A day that was found for it will not be kept, by the shop or by the customer."""

    name: ClassVar[str] = "service.cancelled"
    example: ClassVar[dict[str, Any]] = {"title": "Espresso machine", "booked_for": "2026-05-12"}

    booked_for: str | None = prop("day", "the day it was booked for")
    reason: str | None = prop("text", "why, in a word")


@dataclass(frozen=True, kw_only=True)
class ServiceDone(OwnedEvent):
    """It was looked after, by the shop or by the customer."""

    name: ClassVar[str] = "service.done"
    example: ClassVar[dict[str, Any]] = {"title": "Espresso machine", "kind": "descaling"}

    kind: str | None = prop("text", "what was done, in a word")


@dataclass(frozen=True, kw_only=True)
class RecallIssued(OwnedEvent):
    """Something that a customer has bought is not safe, and is called back."""

    name: ClassVar[str] = "recall.issued"
    example: ClassVar[dict[str, Any]] = {"title": "Kettle K2", "url": "https://shop.example/recall/k2", "reason": "overheating"}

    reason: str | None = prop("text", "why, in a word")
    recall: str | None = prop("text", "the recall's own reference")


@dataclass(frozen=True, kw_only=True)
class UpdatePublished(OwnedEvent):
    """There is something new for what a customer owns: a version, a manual, a part."""

    name: ClassVar[str] = "update.published"
    example: ClassVar[dict[str, Any]] = {"title": "Kettle K2", "url": "https://shop.example/k2/update", "kind": "manual"}

    kind: str | None = prop("text", "what is new: version, manual, part …")


EVENTS: tuple[type[Event], ...] = (
    ProductUpdated, ServiceDue, ServiceBooked, ServiceCancelled, ServiceDone, RecallIssued, UpdatePublished,
)  # fmt: skip
