"""What other rooms may ask of backtests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afterword.kernel.doors import lazily

from .actions.answer import ask_backtest, document, stop_backtest, version_of
from .queries import asked, latest
from .types import Asked, Assumption, Backtest, BadAssumption, NoSuchBacktest, NothingKnown, Stated, Stay

if TYPE_CHECKING:
    from .actions.ask import backtest, compare
else:
    __getattr__ = lazily(__package__, {"backtest": "actions.ask", "compare": "actions.ask"})

__all__ = [
    "Asked", "Assumption", "Backtest", "BadAssumption", "NoSuchBacktest", "NothingKnown", "Stated", "Stay", "ask_backtest", "asked",
    "backtest", "compare", "document", "latest", "stop_backtest", "version_of",
]  # fmt: skip
