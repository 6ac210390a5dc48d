"""Registration of orders and their parcels."""

from __future__ import annotations

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders and their parcels."""

    name = "afterword.loop.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Teach the vocabulary this room's events, complete what comes in, follow the log, forget on request."""
        from afterword.loop.events.door import register_projection, vocabulary
        from afterword.loop.identity.door import register_eraser, register_filler

        from .actions.fill import fill_amounts, fill_items
        from .actions.forget import forget
        from .actions.project import project
        from .events import EVENTS

        vocabulary.register(EVENTS)
        register_filler("items", fill_items)
        register_filler("amounts", fill_amounts)
        register_projection("orders", project)
        register_eraser("orders", forget)
