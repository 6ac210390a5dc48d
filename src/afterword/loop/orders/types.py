"""What crosses the door of the orders room: currency rates, and where one is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from afterword.kernel.errors import Refused


class BadRate(Refused):
    """{place} {what} is no rate; expected {expected}."""


@dataclass(frozen=True)
class Rate:
    """What one unit of a currency is worth in the reporting currency from a day on, and who says so."""

    currency: str
    valid_on: date
    rate: Decimal
    source: str


@dataclass(frozen=True)
class Missing:
    """A currency in which orders came that could not be reckoned: how many, from when to when."""

    currency: str
    orders: int
    first_on: date
    last_on: date
