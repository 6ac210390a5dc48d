"""Registration of the local mailbox."""

from django.apps import AppConfig


class MailboxConfig(AppConfig):
    """The local mailbox."""

    name = "afterword.faces.mailbox"
    label = "mailbox"
    default_auto_field = "django.db.models.BigAutoField"
