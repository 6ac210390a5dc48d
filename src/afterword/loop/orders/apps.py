"""Registration of orders and their parcels."""

from __future__ import annotations

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders and their parcels."""

    name = "afterword.loop.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Teach the vocabulary this room's events."""
        from afterword.loop.events.door import vocabulary

        from .events import EVENTS

        vocabulary.register(EVENTS)
