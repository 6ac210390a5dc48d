"""From Olist's rows to events. Pure: rows in, (events, what the data lack) out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from afterword.loop.events.types import Told, Who

from .words import CONSUMED, HOME_ZONE, PAYMENTS, ZONES

Row = Mapping[str, str]
SOURCE = "olist"
LACKS = {
    "delivered_no_date": "delivered orders without a delivery date",
    "delivered_no_hand_over": "delivered orders without a hand-over to the carrier",
    "handed_before_placed": "orders handed over before they were placed",
    "delivered_before_hand_over": "orders delivered before they were handed over",
    "cancelled_approved": "cancelled orders that had been approved",
    "cancelled_shipped": "cancelled orders that had been handed over",
    "no_items": "orders without items",
}


def events(tables: Mapping[str, Iterable[Row]]) -> tuple[list[Told], Counter[str]]:
    """All events of the sample, unordered, and how often the data lack what they should have (keys of `LACKS`)."""
    people = {r["customer_id"]: r for r in tables["customers"]}
    products = {r["product_id"]: r["product_category_name"] for r in tables["products"]}
    english = {r["product_category_name"]: r["product_category_name_english"] for r in tables["words"]}
    items: dict[str, list[Row]] = defaultdict(list)
    for row in tables["items"]:
        items[row["order_id"]].append(row)
    paid: dict[str, list[Row]] = defaultdict(list)
    for row in tables["payments"]:
        paid[row["order_id"]].append(row)
    told: list[Told] = []
    lacks: Counter[str] = Counter()
    whose: dict[str, Who] = {}
    zones: dict[str, ZoneInfo] = {}
    for order in tables["orders"]:
        person = people[order["customer_id"]]
        lines = [_line(r, products, english) for r in sorted(items[order["order_id"]], key=lambda r: int(r["order_item_id"]))]
        whose[order["order_id"]] = _who(person)
        zones[order["order_id"]] = ZoneInfo(ZONES.get(person["customer_state"], HOME_ZONE))
        told += _order(order, person, lines, paid[order["order_id"]], zones[order["order_id"]], lacks)
        lacks["no_items"] += not lines
    told += _reviews(tables["reviews"], whose, zones)
    return told, lacks


def _who(person: Row) -> Who:
    unique = person["customer_unique_id"]
    return Who(external_id=unique, email=f"{unique[:16]}@customers.example", verified=True)


def _line(row: Row, products: Mapping[str, str], english: Mapping[str, str]) -> dict[str, Any]:
    category = products.get(row["product_id"], "")
    spoken = english.get(category, category).replace("_", " ").capitalize() or "Product"
    line = {
        "product": row["product_id"], "title": spoken, "quantity": 1, "unit_price_minor": _minor(row["price"]),
        "freight_minor": _minor(row["freight_value"]), "life": "consumable" if category in CONSUMED else "durable",
    }  # fmt: skip
    return {**line, "use_for_days": CONSUMED[category]} if category in CONSUMED else line


def _minor(text: str) -> int:
    return round(float(text) * 100)


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC) if text else None


def _order(order: Row, person: Row, lines: list[dict[str, Any]], paid: list[Row], zone: ZoneInfo, lacks: Counter[str]) -> Iterator[Told]:
    number, who = order["order_id"], _who(person)
    placed = _instant(order["order_purchase_timestamp"], zone)
    approved = _instant(order["order_approved_at"], zone)
    handed = _instant(order["order_delivered_carrier_date"], zone)
    came = _instant(order["order_delivered_customer_date"], zone)
    promised = _instant(order["order_estimated_delivery_date"], zone)
    assert placed is not None
    assert promised is not None
    lacks["handed_before_placed"] += handed is not None and handed < placed
    _count_lacks(order["order_status"], approved, handed, came, lacks)
    until = promised + timedelta(days=1) - timedelta(seconds=1)

    def event(name: str, at: datetime, *, shipment: str | None = None, personal: dict[str, Any] | None = None, **properties: Any) -> Told:
        return Told(
            name, at, SOURCE, f"{number}:{name}", store="main", who=who, order=number, shipment=shipment, properties=properties,
            personal=personal or {},
        )  # fmt: skip

    yield event("order.placed", placed, personal=_private(order, person), **_contents(lines, paid, person, zone, until))
    if approved:
        yield event(
            "order.paid", approved, amount_minor=sum(_minor(r["payment_value"]) for r in paid), currency="BRL", method=_method(paid)
        )
    if handed:
        yield event("order.fulfilled", handed)
        yield event("shipment.accepted", handed, shipment=number, carrier="Correios", last=True, promised_to=until.isoformat())
    if came:
        yield event("shipment.delivered", came, shipment=number, carrier="Correios", last=True)
    if order["order_status"] == "canceled":
        last = max(at for at in (placed, approved, handed, came) if at is not None)
        yield event("order.cancelled", last + timedelta(seconds=1), by="unknown", time_inferred=True)


def _count_lacks(status: str, approved: datetime | None, handed: datetime | None, came: datetime | None, lacks: Counter[str]) -> None:
    if status == "delivered":
        lacks["delivered_no_date"] += came is None
        lacks["delivered_no_hand_over"] += handed is None
    lacks["delivered_before_hand_over"] += status == "delivered" and handed is not None and came is not None and came < handed
    if status == "canceled":
        lacks["cancelled_approved"] += approved is not None
        lacks["cancelled_shipped"] += handed is not None


def _private(order: Row, person: Row) -> dict[str, Any]:
    return {
        "number": f"#{order['order_id'][:8].upper()}", "email": _who(person).email,
        "shipping_address": {
            "city": person["customer_city"].title(), "region": person["customer_state"], "postal_code": person["customer_zip_code_prefix"],
            "country": "BR",
        },
    }  # fmt: skip


def _contents(lines: list[dict[str, Any]], paid: list[Row], person: Row, zone: ZoneInfo, until: datetime) -> dict[str, Any]:
    freight = sum(line["freight_minor"] for line in lines)
    goods = sum(line["unit_price_minor"] for line in lines)
    total = sum(_minor(r["payment_value"]) for r in paid) or goods + freight
    return {
        "currency": "BRL", "total_minor": total, "total_base_minor": total, "subtotal_minor": goods, "shipping_minor": freight,
        "items": len(lines), "promised_to": until.isoformat(), "country": "BR", "language": "pt-BR", "zone": str(zone),
        "lines": [{k: v for k, v in line.items() if k != "freight_minor"} for line in lines],
    }  # fmt: skip


def _method(paid: list[Row]) -> str:
    return PAYMENTS.get(paid[0]["payment_type"], "unknown") if paid else "unknown"


def _reviews(rows: Iterable[Row], whose: Mapping[str, Who], zones: Mapping[str, ZoneInfo]) -> Iterator[Told]:
    """Their reviews answer their own survey: the answer's instant is when it was submitted. A review may concern several orders."""
    for row in rows:
        order = row["order_id"]
        at = _instant(row["review_answer_timestamp"], zones[order])
        assert at is not None
        text = {k: v for k, v in (("title", row["review_comment_title"].strip()), ("text", row["review_comment_message"].strip())) if v}
        yield Told(
            "review.submitted", at, SOURCE, f"{row['review_id']}:{order}", store="main", who=whose[order], order=order,
            properties={"rating": int(row["review_score"]), "language": "pt-BR"}, personal=text,
        )  # fmt: skip
