"""Registration of backtests."""

from __future__ import annotations

from django.apps import AppConfig


class BacktestsConfig(AppConfig):
    """What the past would have made of a journey."""

    name = "afterword.insight.backtests"
    verbose_name = "Backtests"
