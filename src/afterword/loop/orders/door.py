"""What other rooms may ask of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afterword.kernel.doors import lazily

from .actions.project import rebuild
from .actions.rates import keep_rates, rate, rates_in
from .queries import letters, rates_kept, rates_missing
from .types import BadRate, Missing, Rate

if TYPE_CHECKING:
    from .tables import order_history
else:
    __getattr__ = lazily(__package__, {"order_history": "tables"})

__all__ = [
    "BadRate", "Missing", "Rate", "keep_rates", "letters", "order_history", "rate", "rates_in", "rates_kept", "rates_missing", "rebuild",
]  # fmt: skip
