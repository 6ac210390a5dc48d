"""What other rooms may ask of backtests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afterword.kernel.doors import lazily

from .actions.answer import ask_backtest, document, stop_backtest, version_of
from .queries import alarms, asked, last_check, latest
from .types import (
    Asked,
    Assumption,
    Backtest,
    BadAssumption,
    Checked,
    Differing,
    DifferingVerdict,
    NoSuchBacktest,
    NothingKnown,
    Stated,
    Stay,
    Tested,
)

if TYPE_CHECKING:
    from .actions.ask import backtest, compare
    from .actions.examples import try_all
    from .actions.parity import check_parity
else:
    ASK = dict.fromkeys(("backtest", "compare"), "actions.ask")
    __getattr__ = lazily(__package__, {**ASK, "check_parity": "actions.parity", "try_all": "actions.examples"})

__all__ = [
    "Asked", "Assumption", "Backtest", "BadAssumption", "Checked", "Differing", "DifferingVerdict", "NoSuchBacktest", "NothingKnown",
    "Stated", "Stay", "Tested",
    "alarms", "ask_backtest", "asked", "backtest", "check_parity", "compare", "document", "last_check", "latest",
    "stop_backtest", "try_all",
    "version_of",
]  # fmt: skip
