"""Registration of campaigns."""

from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """One message to everybody of a segment, at one time."""

    name = "afterword.loop.campaigns"
    label = "campaigns"
    verbose_name = "Campaigns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Letters of an invitation speak of what they invite to; what messages are worth is measured by campaigns' holdouts too."""
        from afterword.loop.messages.door import register_channels, register_occasions, register_origins, register_trials, register_uses

        from .queries.listing import origins
        from .queries.occasions import occasions
        from .queries.trials import TRIALS
        from .queries.uses import uses, ways

        register_occasions("campaigns", occasions)
        register_origins("campaigns", origins)
        register_trials("campaigns", TRIALS)
        register_uses("campaigns", uses)
        register_channels("campaigns", ways)
