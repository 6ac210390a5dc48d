"""Registration of the sample shops."""

from __future__ import annotations

from django.apps import AppConfig


class SampleConfig(AppConfig):
    """Replays and the simulator."""

    name = "afterword.sample"
    verbose_name = "Sample shops"
