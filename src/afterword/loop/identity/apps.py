"""Registration of the room that knows who somebody is."""

from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The room that knows who somebody is."""

    name = "afterword.loop.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Teach the vocabulary this room's events, and give survivors the past of those who were merged into them."""
        from afterword.loop.events.door import register_projection, vocabulary

        from .actions.past import project
        from .events import EVENTS

        vocabulary.register(EVENTS)
        register_projection("identity", project)
