"""Registration of consent and suppression."""

from __future__ import annotations

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Consent and suppression."""

    name = "afterword.loop.consent"
    label = "consent"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Teach the vocabulary this room's events, and follow the log."""
        from afterword.loop.events.door import register_projection, vocabulary

        from .actions.history import project
        from .events import EVENTS

        vocabulary.register(EVENTS)
        register_projection("consent", project)
