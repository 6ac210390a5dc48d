"""Which amounts are also kept in the reporting currency, and how many pieces an order has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

AMOUNTS = {
    "order.placed": ("total_minor", "total_base_minor"),
    "order.updated": ("total_minor", "total_base_minor"),
    "order.paid": ("amount_minor", "amount_base_minor"),
    "order.refunded": ("amount_minor", "amount_base_minor"),
}


def pieces(lines: Sequence[Any]) -> int:
    """How many pieces these lines hold; a line that does not say is one."""
    return sum(_count(line) for line in lines if isinstance(line, Mapping))


def _count(line: Mapping[str, Any]) -> int:
    quantity = line.get("quantity")
    return quantity if isinstance(quantity, int) and not isinstance(quantity, bool) and quantity >= 0 else 1
