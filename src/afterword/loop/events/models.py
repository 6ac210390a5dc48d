"""The log's tables as Django reads them; they are written by SQL alone (`managed = False`)."""

from __future__ import annotations

from django.db import models


class LoggedEvent(models.Model):
    """One sealed event."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    known_at = models.DateTimeField()
    source = models.TextField()
    store = models.TextField()
    customer_id = models.UUIDField(null=True)
    order_id = models.UUIDField(null=True)
    shipment_id = models.UUIDField(null=True)
    product_id = models.UUIDField(null=True)
    message_id = models.UUIDField(null=True)
    dice = models.IntegerField()
    customer_dice = models.IntegerField()
    properties = models.JSONField()

    class Meta:
        managed = False
        db_table = "event"


class PersonalPart(models.Model):
    """What names people in an event. The only part of the log that erasure touches."""

    event_id = models.UUIDField(primary_key=True)
    customer_id = models.UUIDField(null=True)
    properties = models.JSONField()

    class Meta:
        managed = False
        db_table = "event_personal"


class Quarantined(models.Model):
    """A body that could not be understood, kept raw until somebody mends the reason and has it tried again."""

    id = models.BigAutoField(primary_key=True)
    received_at = models.DateTimeField()
    source = models.TextField()
    store = models.TextField()
    body = models.BinaryField()
    fault = models.TextField()
    complaints = models.JSONField(default=list)
    replayed_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True)
    from_browser = models.BooleanField(default=False)

    class Meta:
        managed = False
        db_table = "event_quarantine"


class CurrencyRate(models.Model):
    """What one unit of `currency` was worth in `base` on a day, and who says so."""

    pk = models.CompositePrimaryKey("currency", "base", "valid_on")
    currency = models.TextField()
    base = models.TextField()
    valid_on = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    source = models.TextField()

    class Meta:
        managed = False
        db_table = "currency_rate"
