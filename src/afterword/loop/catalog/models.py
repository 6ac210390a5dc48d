"""What the shop sells now. Written by the projection alone."""

from __future__ import annotations

from django.db import models


class Product(models.Model):
    """A product now; `reference` is the shop's own."""

    id = models.UUIDField(primary_key=True)
    store = models.TextField()
    reference = models.TextField(null=True)
    title = models.TextField(null=True)
    titles = models.JSONField(default=dict)
    sku = models.TextField(null=True)
    category = models.TextField(null=True)
    url = models.TextField(null=True)
    image_url = models.TextField(null=True)
    price_minor = models.BigIntegerField(null=True)
    currency = models.TextField(null=True)
    life = models.TextField(null=True)
    use_for_days = models.BigIntegerField(null=True)
    available = models.BooleanField(null=True)
    changed_at = models.DateTimeField()
