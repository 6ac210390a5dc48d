"""Registration of the journeys room."""

from __future__ import annotations

from django.apps import AppConfig


class JourneysConfig(AppConfig):
    """Journeys, their versions, runs and visits."""

    name = "afterword.loop.journeys"
    verbose_name = "Journeys"
