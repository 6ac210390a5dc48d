"""What other rooms may ask of journeys."""

from __future__ import annotations

from .actions.publish import keep_draft, keep_shipped, publish, sends, shipped, statements, understood, withdraw
from .actions.tick import tick
from .tables.compose import COLUMNS as PASS_COLUMNS
from .tables.compose import PASS as PASS_TYPES
from .types import TRIGGER

__all__ = [
    "PASS_COLUMNS",
    "PASS_TYPES",
    "TRIGGER",
    "keep_draft",
    "keep_shipped",
    "publish",
    "sends",
    "shipped",
    "statements",
    "tick",
    "understood",
    "withdraw",
]
