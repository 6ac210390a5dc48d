"""What is known of customers: as of any moment, and now. Written by the projection alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CustomerHistory(models.Model):
    """What conditions may know of a customer in `[known_from, known_to)`; nothing in it names them."""

    pk = models.CompositePrimaryKey("customer_id", "known_from")
    customer_id = models.UUIDField()
    known_from = models.DateTimeField()
    known_to = models.DateTimeField()
    country = models.TextField(null=True)
    language = models.TextField(null=True)
    zone = models.TextField(null=True)
    store = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "customer_history"


class Customer(models.Model):
    """A customer now, for people to look at. Whoever was merged into another keeps a row that names the survivor."""

    id = models.UUIDField(primary_key=True)
    created_at = models.DateTimeField()
    store = models.TextField()
    full_name = models.TextField(null=True)
    first_name = models.TextField(null=True)
    email = models.TextField(null=True, db_index=True)
    phone = models.TextField(null=True)
    language = models.TextField(null=True)
    zone = models.TextField(null=True)
    country = models.TextField(null=True)
    orders = models.IntegerField(default=0)
    spent_base_minor = models.BigIntegerField(default=0)
    first_order_at = models.DateTimeField(null=True)
    last_order_at = models.DateTimeField(null=True)
    merged_into_id = models.UUIDField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-created_at", "id"], name="customer_newest"),
            models.Index(fields=["-last_order_at", "id"], name="customer_last_order"),
        ]


class Token(models.Model):
    """A word by which a customer is found: of a name, an address, a number. Looked up by its beginning."""

    pk = models.CompositePrimaryKey("token", "customer")
    token = models.TextField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_constraint=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["token"], name="customer_token_prefix", opclasses=["text_pattern_ops"])]
