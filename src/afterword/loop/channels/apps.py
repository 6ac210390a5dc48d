"""Registration of the channels."""

from __future__ import annotations

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """The ways to say something."""

    name = "afterword.loop.channels"
    label = "channels"
    verbose_name = "Channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Teach the vocabulary this room's events, follow the log, forget on request."""
        from afterword.loop.events.door import register_projection, vocabulary
        from afterword.loop.identity.door import register_eraser

        from .actions.addresses import forget, project
        from .events import EVENTS

        vocabulary.register(EVENTS)
        register_projection("addresses", project)
        register_eraser("channels", forget)
