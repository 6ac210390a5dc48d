"""Registration of the log."""

from __future__ import annotations

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The event log."""

    name = "afterword.loop.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Teach the vocabulary the events defined here."""
        from . import door
        from .events import EVENTS

        door.vocabulary.register(EVENTS)
