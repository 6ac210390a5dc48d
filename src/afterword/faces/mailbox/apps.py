"""Registration of the local mailbox."""

from django.apps import AppConfig


class MailboxConfig(AppConfig):
    """The local mailbox."""

    name = "afterword.faces.mailbox"
    label = "mailbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Forget on request."""
        from afterword.loop.identity.door import register_eraser

        from .actions import forget

        register_eraser("mailbox", forget)
