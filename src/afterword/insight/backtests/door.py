"""What other rooms may ask of backtests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afterword.kernel.doors import lazily

from .actions.answer import ask_backtest, ask_entering, document, stop_backtest, version_of
from .queries import alarms, asked, last_check, latest, let_in
from .types import (
    Asked,
    Assumption,
    Backtest,
    BadAssumption,
    Checked,
    Differing,
    DifferingVerdict,
    LetIn,
    NoSuchBacktest,
    NothingKnown,
    Stated,
    Stay,
    Tested,
)

if TYPE_CHECKING:
    from .actions.ask import backtest, compare
    from .actions.cluster import backtest_on_spark
    from .actions.entering import foresee_entering
    from .actions.examples import try_all
    from .actions.parity import check_parity
else:
    ASK = dict.fromkeys(("backtest", "compare"), "actions.ask")
    LATE = {
        "backtest_on_spark": "actions.cluster",
        "check_parity": "actions.parity",
        "foresee_entering": "actions.entering",
        "try_all": "actions.examples",
    }
    __getattr__ = lazily(__package__, {**ASK, **LATE})

__all__ = [
    "Asked", "Assumption", "Backtest", "BadAssumption", "Checked", "Differing", "DifferingVerdict", "LetIn", "NoSuchBacktest",
    "NothingKnown", "Stated", "Stay", "Tested", "alarms", "ask_backtest", "ask_entering", "asked", "backtest", "backtest_on_spark",
    "check_parity", "compare", "document", "foresee_entering", "last_check", "latest", "let_in", "stop_backtest", "try_all", "version_of",
]  # fmt: skip
