"""The mails the local mailbox has received, word for word."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Mail(models.Model):
    """One mail. `shown_at` is its own Date (the shop's shown time), `received_at` the world's. `raw` is packed."""

    received_at = models.DateTimeField()
    shown_at = models.DateTimeField()
    sender = models.TextField()
    recipient = models.TextField()
    to_name = models.TextField(default="")
    subject = models.TextField(default="")
    message_id = models.TextField(default="")
    said = models.TextField(default="", db_default="", help_text="The beginning of its plain text, to be searched.")
    raw = models.BinaryField()

    class Meta:
        db_table = "mailbox_mail"
        indexes: ClassVar = [
            models.Index(models.F("shown_at"), models.F("id"), name="mailbox_mail_newest"),
            models.Index(models.F("recipient"), name="mailbox_mail_recipient"),
            models.Index(models.F("message_id"), name="mailbox_mail_message"),
        ]
