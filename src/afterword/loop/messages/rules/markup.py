"""Schema.org in a mail: the order, its parcel, or where a review is asked for; only what is known, and nothing where too little is.

What each must have is what Gmail asks of it: https://developers.google.com/workspace/gmail/markup/reference
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from .links import Links
from .liquid import harmless
from .shipped import MESSAGES

Given = Mapping[str, Any]
PARCEL = frozenset({
    "shipping_notice", "delayed", "split_shipment", "attempt_failed", "pickup_reminder", "silent_parcel", "anxious_waiting",
    "delivered_thanks",
})  # fmt: skip
ORDER = frozenset({"order_confirmation", "gift_placed", "cancelled_by_us", "cancelled_care", "refund_done"})
STATUS = {"cancelled_by_us": "OrderCancelled", "cancelled_care": "OrderCancelled", "refund_done": "OrderReturned"}
MOST_LINES = 40
_HARMFUL = re.compile("[<>&\u2028\u2029]")


def script(key: str, category: str, review: bool, context: Given, shop: str, links: Links) -> str:
    """The element for the head of the page; empty where nothing can be said."""
    found = markup(key, category, review, context, shop, links)
    if found is None:
        return ""
    # No `<` may end the element early, whatever a product is called.
    text = _HARMFUL.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(found, ensure_ascii=False, separators=(",", ":")))
    return f'<script type="application/ld+json">{text}</script>'


def markup(key: str, category: str, review: bool, context: Given, shop: str, links: Links) -> dict[str, Any] | None:
    """What a message says to a machine, as JSON-LD; None where it speaks of no order, or too little is known."""
    order, parcel = _part(context, "order"), _part(context, "shipment")
    if review and links.review.startswith("http"):
        return _review(links.review)
    if key in PARCEL and (made := _parcel(order, parcel, shop, links)):
        return made
    about_it = key in ORDER or (key not in MESSAGES and category == "transactional")  # a recall speaks of one thing, not of the order
    return _order(key, order, shop, links) if about_it else None


def _part(context: Given, name: str) -> Given:
    found = context.get(name)
    return found if isinstance(found, Mapping) else {}


def _review(address: str) -> dict[str, Any]:
    action = {"@type": "ViewAction", "target": address, "url": address, "name": "Review"}
    return {"@context": "http://schema.org", "@type": "EmailMessage", "potentialAction": action}


def _order(key: str, order: Given, shop: str, links: Links) -> dict[str, Any] | None:
    number, currency, total = str(order.get("number") or ""), order.get("currency"), order.get("total_minor")
    lines = [line for line in (order.get("lines") or ())[:MOST_LINES] if line.get("title")]
    if not (number and currency and isinstance(total, int) and lines and shop):
        return None
    status = STATUS.get(key, "OrderProcessing")
    made = {
        "@context": "http://schema.org", "@type": "Order", "merchant": {"@type": "Organization", "name": shop}, "orderNumber": number,
        "priceCurrency": currency, "price": _price(total, currency), "orderStatus": f"http://schema.org/{status}",
        "acceptedOffer": [_offer(line, currency) for line in lines],
    }  # fmt: skip
    if placed := _day(order.get("placed_at")):
        made["orderDate"] = placed
    return made | _view(links)


def _offer(line: Given, currency: str) -> dict[str, Any]:
    quantity, total = int(line.get("quantity") or 1), line.get("total_minor")
    item: dict[str, Any] = {"@type": "Product", "name": str(line["title"])}
    for name, given in (("url", line.get("url")), ("image", line.get("image_url")), ("sku", line.get("sku"))):
        if given and (name == "sku" or str(given).startswith("http")):
            item[name] = str(given)
    price = _price(total // quantity, currency) if isinstance(total, int) and quantity else "0"
    return {
        "@type": "Offer", "itemOffered": item, "price": price, "priceCurrency": currency,
        "eligibleQuantity": {"@type": "QuantitativeValue", "value": quantity},
    }  # fmt: skip


def _parcel(order: Given, parcel: Given, shop: str, links: Links) -> dict[str, Any] | None:
    number, carrier = str(order.get("number") or ""), str(parcel.get("carrier") or "")
    lines = [line for line in (order.get("lines") or ())[:MOST_LINES] if line.get("title")]
    if not (number and carrier and lines and shop):
        return None
    made: dict[str, Any] = {
        "@context": "http://schema.org", "@type": "ParcelDelivery", "carrier": {"@type": "Organization", "name": carrier},
        "itemShipped": [{"@type": "Product", "name": str(line["title"])} for line in lines],
        "partOfOrder": {"@type": "Order", "orderNumber": number, "merchant": {"@type": "Organization", "name": shop}},
    }  # fmt: skip
    known = {
        "trackingNumber": parcel.get("tracking_number"), "trackingUrl": harmless(str(parcel.get("tracking_url") or "")).strip("#"),
        "expectedArrivalFrom": _day(order.get("promised_from")), "expectedArrivalUntil": _day(order.get("promised_to")),
        "deliveryAddress": _address(_part(order, "address")),
    }  # fmt: skip
    return made | {name: value for name, value in known.items() if value} | _view(links)


def _address(given: Given) -> dict[str, Any] | None:
    parts = {
        "name": given.get("name"), "streetAddress": given.get("line1"), "addressLocality": given.get("city"),
        "addressRegion": given.get("region"), "postalCode": given.get("postcode"), "addressCountry": given.get("country"),
    }  # fmt: skip
    found = {name: str(value) for name, value in parts.items() if value}
    return {"@type": "PostalAddress", **found} if {"streetAddress", "addressLocality", "addressCountry"} <= found.keys() else None


def _view(links: Links) -> dict[str, Any]:
    return {"url": links.order} if links.order.startswith("http") else {}


def _price(minor: int, currency: str) -> str:
    return str(Decimal(minor).scaleb(-get_currency_precision(currency)))


def _day(value: object) -> str | None:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str) and value else None
