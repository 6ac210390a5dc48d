"""Registration of customers."""

from __future__ import annotations

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Customers as they follow from the log."""

    name = "afterword.loop.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Follow the log, and forget on request."""
        from afterword.loop.events.door import register_projection
        from afterword.loop.identity.door import register_eraser

        from .actions import forget, project

        register_projection("customers", project)
        register_eraser("customers", forget)
