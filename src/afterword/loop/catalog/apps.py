"""Registration of the catalog."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The catalog."""

    name = "afterword.loop.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Teach the vocabulary this room's events, follow the log, lend orders the lives of their products."""
        from afterword.loop.events.door import register_projection, vocabulary
        from afterword.loop.identity.door import register_filler

        from .actions import lend_lives, project
        from .events import EVENTS

        vocabulary.register(EVENTS)
        register_projection("catalog", project)
        register_filler("lives", lend_lives)
