"""Their words, and ours."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

EVENTS = {
    "order completed": "order.placed",
    "order placed": "order.placed",
    "order updated": "order.updated",
    "order paid": "order.paid",
    "order fulfilled": "order.fulfilled",
    "order shipped": "order.fulfilled",
    "order delivered": "order.delivered",
    "order refunded": "order.refunded",
    "order cancelled": "order.cancelled",
    "order canceled": "order.cancelled",
    "product viewed": "product.viewed",
    "product reviewed": "review.submitted",
    "product added": "cart.updated",
    "product removed": "cart.updated",
    "cart viewed": "cart.updated",
    "cart updated": "cart.updated",
    "products searched": "search.performed",
}
AMOUNTS = {"subtotal": "subtotal_minor", "shipping": "shipping_minor", "tax": "tax_minor", "discount": "discount_minor"}
KINDS = ("identify", "track", "page", "screen", "group", "alias")


def our_name(event: str) -> str:
    """Our name for their event: from the table, or `Shipment Out For Delivery` → `shipment.out_for_delivery`, or as it is."""
    plain = " ".join(event.split()).lower()
    if plain in EVENTS:
        return EVENTS[plain]
    if "." in plain or " " not in plain:
        return plain
    noun, verb = plain.split(" ", 1)
    return f"{noun}.{verb.replace(' ', '_')}"


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Every IANA zone."""
    return frozenset(available_timezones())


def our_language(locale: object) -> str | None:
    """`en_US` → `en-US`; None when it is no language."""
    if not isinstance(locale, str):
        return None
    parts = locale.strip().split(".")[0].replace("_", "-").split("-")
    good = 2 <= len(parts[0]) <= 3 and all(part.isascii() and part.isalnum() and len(part) <= 8 for part in parts) and parts[0].isalpha()
    return "-".join(parts) if good else None


def our_country(country: object) -> str | None:
    """`ro` → `RO`; None for names, which are not guessed."""
    code = country.strip().upper() if isinstance(country, str) else ""
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def without_query(address: object) -> str | None:
    """The address without what may be about the visitor."""
    return address.split("?", 1)[0].split("#", 1)[0] if isinstance(address, str) and address else None
