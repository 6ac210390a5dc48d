"""From the rows of Online Retail to events. Pure: rows in, (events, what the data lack) out.

The data know invoices and cancelled invoices (`C…`), customers and countries; of payment, parcels and arrival they say
nothing, so nothing is told of them. A returned line belongs to the customer's latest earlier order that still has so many of
it; a cancelled invoice becomes one refund for each order that its lines belong to.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from afterword.loop.events.types import Told, Who

from .words import COUNTRIES, ELSEWHERE, HOME_ZONE, NO_GOODS, POSTAGE

Row = Mapping[str, str]
SOURCE = "online-retail"
CURRENCY = "GBP"
LACKS = {
    "rows_without_customer": "rows without a customer",
    "rows_not_of_an_order": "rows of orders that are no goods (fees, samples, corrections) or have no quantity or price",
    "orders_without_goods": "invoices of a customer that hold no goods",
    "returns_without_order": "returned lines that no single earlier order of that customer explains",
    "returned_no_goods": "lines of cancelled invoices that are no goods",
    "parcels": "orders whose payment, parcel and arrival are not in the data",
}
_HOME = ZoneInfo(HOME_ZONE)


def events(rows: Iterable[Row]) -> tuple[list[Told], Counter[str]]:
    """All events of the year, unordered, and how often the data lack what they should have (keys of `LACKS`)."""
    lacks: Counter[str] = Counter()
    invoices: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["CustomerID"]:
            invoices[row["InvoiceNo"]].append(row)
        else:
            lacks["rows_without_customer"] += 1
    told: list[Told] = []
    owned: dict[tuple[str, str], list[list[Any]]] = defaultdict(list)
    for number, lines in sorted(invoices.items(), key=lambda item: (instant(item[1][0]), item[0])):
        if number.startswith("C"):
            told += _refunds(number, lines, owned, lacks)
        else:
            told += _order(number, lines, owned, lacks)
    return told, lacks


def instant(row: Row) -> datetime:
    """When an invoice was written. `12/1/2010 8:26` is the first of December, by the clocks of the shop."""
    date, clock = row["InvoiceDate"].split(" ")
    month, day, year = map(int, date.split("/"))
    hour, minute = map(int, clock.split(":"))
    return datetime(year, month, day, hour, minute, tzinfo=_HOME).astimezone(UTC)


def _who(row: Row) -> Who:
    number = row["CustomerID"].removesuffix(".0")
    return Who(external_id=number, email=f"c{number}@customers.example", verified=True)


def _minor(row: Row) -> int:
    return round(float(row["UnitPrice"]) * 100)


def _order(number: str, rows: list[Row], owned: dict[tuple[str, str], list[list[Any]]], lacks: Counter[str]) -> Iterator[Told]:
    goods = [row for row in rows if row["StockCode"] not in NO_GOODS and int(row["Quantity"]) > 0 and _minor(row) > 0]
    postage = sum(_minor(row) * int(row["Quantity"]) for row in rows if row["StockCode"] in POSTAGE)
    lacks["rows_not_of_an_order"] += sum(row not in goods and row["StockCode"] not in POSTAGE for row in rows)
    if not goods:
        lacks["orders_without_goods"] += 1
        return
    lacks["parcels"] += 1
    who = _who(rows[0])
    country, zone, language = COUNTRIES.get(rows[0]["Country"], ELSEWHERE)
    goods_minor = sum(_minor(row) * int(row["Quantity"]) for row in goods)
    for row in goods:
        owned[row["CustomerID"], row["StockCode"]].append([number, int(row["Quantity"])])
    properties: dict[str, Any] = {
        "currency": CURRENCY,
        "total_minor": goods_minor + postage,
        "total_base_minor": goods_minor + postage,
        "subtotal_minor": goods_minor,
        "shipping_minor": postage,
        "items": sum(int(row["Quantity"]) for row in goods),
        "language": language,
        "zone": zone,
        "lines": [_line(row) for row in goods],
    }
    if country:
        properties["country"] = country
    yield Told(
        "order.placed", instant(rows[0]), SOURCE, f"{number}:order.placed", who=who, order=number, properties=properties,
        personal={"number": number, "email": who.email},
    )  # fmt: skip


def _line(row: Row) -> dict[str, Any]:
    """A line. Nothing says how a thing is used up, so none of them is a consumable."""
    return {
        "product": row["StockCode"],
        "sku": row["StockCode"],
        "title": " ".join(row["Description"].split()).capitalize() or row["StockCode"],
        "quantity": int(row["Quantity"]),
        "unit_price_minor": _minor(row),
    }


def _refunds(number: str, rows: list[Row], owned: dict[tuple[str, str], list[list[Any]]], lacks: Counter[str]) -> Iterator[Told]:
    """One refund for each order that a cancelled invoice takes something back from."""
    back: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["StockCode"] in NO_GOODS or _minor(row) <= 0:
            lacks["returned_no_goods"] += 1
            continue
        order = _taken(owned[row["CustomerID"], row["StockCode"]], -int(row["Quantity"]))
        if order is None:
            lacks["returns_without_order"] += 1
        else:
            back[order].append(row)
    for order, lines in back.items():
        amount = sum(_minor(row) * -int(row["Quantity"]) for row in lines)
        taken = [{"product": row["StockCode"], "quantity": -int(row["Quantity"])} for row in lines]
        yield Told(
            "order.refunded", instant(rows[0]), SOURCE, f"{number}:{order}:order.refunded", who=_who(rows[0]), order=order,
            properties={"amount_minor": amount, "currency": CURRENCY, "lines": taken},
        )  # fmt: skip


def _taken(bought: list[list[Any]], quantity: int) -> str | None:
    """Take so many back out of the latest order that has them; its number."""
    for lot in reversed(bought):
        if lot[1] >= quantity:
            lot[1] -= quantity
            return str(lot[0])
    return None
