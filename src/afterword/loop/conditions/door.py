"""What other rooms may ask of conditions: read one, ask many moments, and the world that is asked."""

from __future__ import annotations

from .rules.parse import ATTRIBUTES, Scope, parse
from .tables.ask import ask, is_told, of_event, told_of, truth
from .tables.world import World, clocks, customers, orders, since, until

__all__ = [
    "ATTRIBUTES", "Scope", "World", "ask", "clocks", "customers", "is_told", "of_event", "orders", "parse", "since", "told_of", "truth",
    "until",
]  # fmt: skip
