"""What other rooms may ask of orders."""

from __future__ import annotations

from .actions.project import rebuild
from .actions.rates import keep_rates, rate, rates_in
from .queries import letters, rates_kept, rates_missing
from .types import BadRate, Missing, Rate

__all__ = [
    "BadRate", "Missing", "Rate", "keep_rates", "letters", "rate", "rates_in", "rates_kept", "rates_missing", "rebuild",
]  # fmt: skip
