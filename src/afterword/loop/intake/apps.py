"""Registration of intake."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """What comes from outside."""

    name = "afterword.loop.intake"
    label = "intake"

    def ready(self) -> None:
        """Forget raw bodies on request."""
        from afterword.loop.identity.door import register_eraser

        from .actions.quarantine import forget

        register_eraser("quarantine", forget)
