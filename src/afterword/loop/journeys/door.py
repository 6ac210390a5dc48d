"""What other rooms may ask of journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afterword.kernel.doors import lazily

from .queries.why import Passage, passages
from .types import TRIGGER

if TYPE_CHECKING:
    from .actions.clocks import strike
    from .actions.publish import keep_draft, keep_shipped, publish, sends, shipped, statements, text_of, understood, withdraw
    from .actions.tick import tick
    from .tables.compose import COLUMNS, PASS
else:
    PUBLISH = ("keep_draft", "keep_shipped", "publish", "sends", "shipped", "statements", "text_of", "understood", "withdraw")
    PASSES = dict.fromkeys(("COLUMNS", "PASS"), "tables.compose")
    __getattr__ = lazily(__package__, {**dict.fromkeys(PUBLISH, "actions.publish"), **PASSES, "tick": "actions.tick", "strike": "actions.clocks"})

__all__ = [
    "COLUMNS", "PASS", "TRIGGER", "Passage", "keep_draft", "keep_shipped", "passages", "publish", "sends", "shipped", "statements", "strike",
    "text_of", "tick", "understood", "withdraw",
]  # fmt: skip
