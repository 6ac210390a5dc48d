"""What becomes known about a product."""

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


EVENTS: tuple[type[Event], ...] = (ProductUpdated,)
