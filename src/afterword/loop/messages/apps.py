"""Registration of the messages room. Its label differs from its name because Django's own message framework is called so."""

from __future__ import annotations

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """Intents, the guard, rendering, the outbox."""

    name = "afterword.loop.messages"
    label = "loop_messages"
    verbose_name = "Messages"

    def ready(self) -> None:
        """Forget on request."""
        from afterword.loop.identity.door import register_eraser

        from .actions.forget import forget

        register_eraser("messages", forget)
