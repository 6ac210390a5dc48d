"""Registration of surveys and reviews."""

from __future__ import annotations

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """Surveys and reviews."""

    name = "afterword.care.feedback"
    label = "feedback"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Teach the vocabulary this room's events."""
        from afterword.loop.events.door import vocabulary

        from .events import EVENTS

        vocabulary.register(EVENTS)
