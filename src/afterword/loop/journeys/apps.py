"""Registration of the journeys room."""

from __future__ import annotations

from django.apps import AppConfig


class JourneysConfig(AppConfig):
    """Journeys, their versions, runs and visits."""

    name = "afterword.loop.journeys"
    verbose_name = "Journeys"

    def ready(self) -> None:
        """Have the clocks of new zones struck in the seal that first hears of them; errands are drawn in their own words."""
        from afterword.loop.errands import door as errands
        from afterword.loop.events import door as events

        from .actions.clocks import strike_new_zones
        from .rules.drawing import ask_errands

        ask_errands(errands.kinds)
        events.register_projection("clocks", strike_new_zones)
