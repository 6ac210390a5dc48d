"""How long what was bought lives with the customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

LIVES = ("consumable", "durable", "experience")


def leading_life(lines: Sequence[Any]) -> tuple[str | None, int | None]:
    """The life of an order, and how long its first consumable lasts: consumables lead, then durables, then experiences."""
    found = [line for line in lines if isinstance(line, Mapping) and line.get("life") in LIVES]
    life = next((life for life in LIVES if any(line["life"] == life for line in found)), None)
    lasting = [_lasts(line) for line in found if line["life"] == "consumable"]
    return life, min((days for days in lasting if days), default=None)


def _lasts(line: Mapping[str, Any]) -> int | None:
    """Two packs last twice as long."""
    days, quantity = line.get("use_for_days"), line.get("quantity")
    if not isinstance(days, int) or isinstance(days, bool) or not 0 < days < 10_000:
        return None
    pieces = quantity if isinstance(quantity, int) and not isinstance(quantity, bool) and 0 < quantity < 1_000 else 1
    return days * pieces
