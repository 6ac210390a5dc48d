"""What other rooms may ask of journeys."""

from __future__ import annotations

from .actions.publish import keep_draft, keep_shipped, publish, sends, shipped, statements, text_of, understood, withdraw
from .actions.tick import tick
from .queries.why import Passage, passages
from .tables.compose import COLUMNS as PASS_COLUMNS
from .tables.compose import PASS as PASS_TYPES
from .types import TRIGGER

__all__ = [
    "PASS_COLUMNS",
    "PASS_TYPES",
    "Passage",
    "TRIGGER",
    "keep_draft",
    "keep_shipped",
    "passages",
    "publish",
    "sends",
    "shipped",
    "statements",
    "text_of",
    "tick",
    "understood",
    "withdraw",
]
