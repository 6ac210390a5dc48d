"""Registration of the lake."""

from __future__ import annotations

from django.apps import AppConfig


class LakeConfig(AppConfig):
    """Parquet files of the log and the histories."""

    name = "afterword.insight.lake"
    verbose_name = "Lake"
