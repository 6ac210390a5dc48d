"""Registration of the messages room. Its label differs from its name because Django's own message framework is called so."""

from __future__ import annotations

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """Intents, the guard, rendering, the outbox."""

    name = "afterword.loop.messages"
    label = "loop_messages"
    verbose_name = "Messages"

    def ready(self) -> None:
        """Forget on request; follow merges; ask again about what waits for the end of a customer's pause when they turn it."""
        from afterword.loop.channels.door import register_server
        from afterword.loop.events.door import register_projection
        from afterword.loop.identity.door import register_eraser

        from .actions.follow import follow_merges
        from .actions.forget import forget
        from .actions.wake import wake
        from .queries.servers import server_key

        register_projection("merged messages", follow_merges)
        register_projection("messages", wake)
        register_eraser("messages", forget)
        register_server("mail", server_key)
