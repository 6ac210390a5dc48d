"""Registration of the catalog."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The catalog."""

    name = "afterword.loop.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Teach the vocabulary this room's events."""
        from afterword.loop.events.door import vocabulary

        from .events import EVENTS

        vocabulary.register(EVENTS)
