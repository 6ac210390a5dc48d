"""Registration of the room that knows who somebody is."""

from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The room that knows who somebody is."""

    name = "afterword.loop.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Teach the vocabulary this room's events."""
        from afterword.loop.events.door import vocabulary

        from .events import EVENTS

        vocabulary.register(EVENTS)
