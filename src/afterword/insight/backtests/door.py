"""What other rooms may ask of backtests."""

from __future__ import annotations

from .actions.ask import backtest
from .types import Backtest, Stay

__all__ = ["Backtest", "Stay", "backtest"]
