"""What customers allow, as of any moment, and the addresses nothing is sent to."""

from __future__ import annotations

from django.db import models


class ConsentHistory(models.Model):
    """What a customer allowed in `[known_from, known_to)`. An empty store means every store; channel and purpose may be `all`.

    Of the rows that fit a question, the one that became known last answers it. The purpose `pause` is asked apart: of the rows
    that fit, the latest `paused_until` counts.
    """

    pk = models.CompositePrimaryKey("customer_id", "store", "channel", "purpose", "known_from")
    customer_id = models.UUIDField()
    store = models.TextField()
    channel = models.TextField()
    purpose = models.TextField()
    known_from = models.DateTimeField()
    known_to = models.DateTimeField()
    state = models.TextField()
    paused_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "consent_history"


class Suppression(models.Model):
    """An address nothing is sent to, known by a hash alone, so that it stays suppressed when the person is forgotten."""

    pk = models.CompositePrimaryKey("channel", "address_mark")
    channel = models.TextField()
    address_mark = models.TextField()
    reason = models.TextField()
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
