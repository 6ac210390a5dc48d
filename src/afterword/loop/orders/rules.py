"""Amounts in the company's reporting currency, and how many pieces an order has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

_WHOLE = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF")
_THOUSANDTHS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
DIGITS = {**dict.fromkeys(_WHOLE, 0), **dict.fromkeys(_THOUSANDTHS, 3)}
AMOUNTS = {
    "order.placed": ("total_minor", "total_base_minor"),
    "order.updated": ("total_minor", "total_base_minor"),
    "order.paid": ("amount_minor", "amount_base_minor"),
    "order.refunded": ("amount_minor", "amount_base_minor"),
}


def digits(currency: str) -> int:
    """How many digits the minor unit of a currency has (ISO 4217)."""
    return DIGITS.get(currency, 2)


def in_base(amount_minor: int, currency: str, base: str, rate: Decimal) -> int:
    """The amount in minor units of `base`, at what one unit of `currency` is worth in it; halves go to the even neighbour."""
    shift = Decimal(10) ** (digits(base) - digits(currency))
    return int((Decimal(amount_minor) * rate * shift).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def pieces(lines: Sequence[Any]) -> int:
    """How many pieces these lines hold; a line that does not say is one."""
    return sum(_count(line) for line in lines if isinstance(line, Mapping))


def _count(line: Mapping[str, Any]) -> int:
    quantity = line.get("quantity")
    return quantity if isinstance(quantity, int) and not isinstance(quantity, bool) and quantity >= 0 else 1
