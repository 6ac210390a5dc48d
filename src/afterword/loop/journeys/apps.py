"""Registration of the journeys room."""

from __future__ import annotations

from django.apps import AppConfig


class JourneysConfig(AppConfig):
    """Journeys, their versions, runs and visits."""

    name = "afterword.loop.journeys"
    verbose_name = "Journeys"

    def ready(self) -> None:
        """Have the clocks of new zones struck in the seal that first hears of them; errands are drawn in their own words.

        What their messages are worth is measured by their holdouts.
        """
        from afterword.loop.errands import door as errands
        from afterword.loop.events import door as events
        from afterword.loop.messages import door as messages

        from .actions.clocks import strike_new_zones
        from .queries.copies import COPIED
        from .queries.overview import names
        from .queries.trials import TRIALS
        from .queries.uses import uses
        from .queries.ways import ways
        from .rules.drawing import ask_errands

        ask_errands(errands.kinds)
        messages.register_origins("journeys", lambda: {key: messages.Origin(name, f"/journeys/{key}/") for key, name in names().items()})
        messages.register_trials("journeys", TRIALS)
        messages.register_uses("journeys", uses)
        messages.register_channels("journeys", ways)
        messages.register_copies("journeys", COPIED)
        events.register_projection("clocks", strike_new_zones)
