"""What other rooms may ask of backtests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afterword.kernel.doors import lazily

from .actions.answer import ask_backtest, stop_backtest
from .queries import asked, latest
from .types import Asked, Backtest, NoSuchBacktest, NothingKnown, Stay

if TYPE_CHECKING:
    from .actions.ask import backtest
else:
    __getattr__ = lazily(__package__, {"backtest": "actions.ask"})

__all__ = [
    "Asked", "Backtest", "NoSuchBacktest", "NothingKnown", "Stay", "ask_backtest", "asked", "backtest", "latest", "stop_backtest",
]  # fmt: skip
