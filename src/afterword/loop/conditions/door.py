"""What other rooms may ask of conditions: read one, ask many moments, and the world that is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afterword.kernel.doors import lazily

from .rules.parse import ATTRIBUTES, Scope, parse
from .rules.parts import parts, seen
from .rules.pieces import OPS, Piece, Pieces, pieces
from .rules.pieces import written as pieces_written
from .rules.text import text_of
from .rules.truths import oddities
from .rules.turns import turns

if TYPE_CHECKING:
    from .tables.ask import ask, is_told, of_event, told_of, truth
    from .tables.world import World, clocks, customers, orders, since, until
else:
    ASK = dict.fromkeys(("ask", "is_told", "of_event", "told_of", "truth"), "tables.ask")
    WORLD = dict.fromkeys(("World", "clocks", "customers", "orders", "since", "until"), "tables.world")
    __getattr__ = lazily(__package__, {**ASK, **WORLD})

__all__ = [
    "ATTRIBUTES", "OPS", "Piece", "Pieces", "Scope", "World", "ask", "clocks", "customers", "is_told", "oddities",
    "of_event", "orders", "parse", "parts", "pieces", "pieces_written", "seen", "since", "text_of", "told_of",
    "truth", "turns", "until",
]  # fmt: skip
