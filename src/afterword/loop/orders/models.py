"""What is known of orders: as of any moment, and now, with lines, payments, refunds and parcels. Written by the projection alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class OrderState(models.Model):
    """What conditions may know of an order; nothing in it names a person."""

    customer_id = models.UUIDField()
    store = models.TextField()
    status = models.TextField()
    placed_at = models.DateTimeField()
    promised_from = models.DateTimeField(null=True)
    promised_to = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)
    total_minor = models.BigIntegerField(null=True)
    currency = models.TextField(null=True)
    total_base_minor = models.BigIntegerField(null=True)
    items = models.BigIntegerField(null=True)
    first_order = models.BooleanField()
    product_life = models.TextField(null=True)
    runs_out_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class OrderHistory(OrderState):
    """An order in `[known_from, known_to)`."""

    pk = models.CompositePrimaryKey("order_id", "known_from")
    order_id = models.UUIDField()
    known_from = models.DateTimeField()
    known_to = models.DateTimeField()

    class Meta:
        db_table = "order_history"


class Order(OrderState):
    """An order now, for people to look at. `delay_due_at`: when the promise is broken unless it arrives."""

    id = models.UUIDField(primary_key=True)
    number = models.TextField(null=True)
    email = models.TextField(null=True)
    phone = models.TextField(null=True)
    full_name = models.TextField(null=True)
    shipping_address = models.JSONField(null=True)
    billing_address = models.JSONField(null=True)
    note = models.TextField(null=True)
    subtotal_minor = models.BigIntegerField(null=True)
    shipping_minor = models.BigIntegerField(null=True)
    discount_minor = models.BigIntegerField(null=True)
    tax_minor = models.BigIntegerField(null=True)
    country = models.TextField(null=True)
    language = models.TextField(null=True)
    zone = models.TextField(null=True)
    delay_due_at = models.DateTimeField(null=True)
    delay_told_for = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-placed_at"], name="order_of_customer"),
            models.Index(fields=["-placed_at", "id"], name="order_newest"),
            models.Index(fields=["number"], name="order_by_number"),
            models.Index(fields=["promised_to"], name="order_open", condition=Q(delivered_at=None, cancelled_at=None, refunded_at=None)),
            models.Index(fields=["currency"], name="order_unrated", condition=Q(total_base_minor=None, total_minor__isnull=False)),
            models.Index(
                fields=["delay_due_at"],
                name="order_delay_due",
                condition=Q(delay_due_at__isnull=False) & (Q(delay_told_for__isnull=True) | ~Q(delay_told_for=F("promised_to"))),
            ),
        ]


class Line(models.Model):
    """What was ordered, line by line."""

    pk = models.CompositePrimaryKey("order", "position")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    position = models.IntegerField()
    product_id = models.UUIDField(null=True, db_index=True)
    reference = models.TextField(null=True)
    sku = models.TextField(null=True)
    title = models.TextField(null=True)
    variant = models.TextField(null=True)
    quantity = models.BigIntegerField(null=True)
    unit_price_minor = models.BigIntegerField(null=True)
    image_url = models.TextField(null=True)
    life = models.TextField(null=True)
    use_for_days = models.BigIntegerField(null=True)


class Payment(models.Model):
    """Money that came."""

    event_id = models.UUIDField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, db_constraint=False)
    paid_at = models.DateTimeField()
    amount_minor = models.BigIntegerField(null=True)
    currency = models.TextField(null=True)
    method = models.TextField(null=True)


class Refund(models.Model):
    """Money that went back."""

    event_id = models.UUIDField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, db_constraint=False)
    refunded_at = models.DateTimeField()
    amount_minor = models.BigIntegerField(null=True)
    currency = models.TextField(null=True)
    reason = models.TextField(null=True)


class Shipment(models.Model):
    """A parcel now. `milestone` is the last word on it; once delivered, a late scan does not take that back."""

    id = models.UUIDField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, db_constraint=False, null=True)
    customer_id = models.UUIDField(null=True)
    store = models.TextField()
    carrier = models.TextField(null=True)
    tracking_number = models.TextField(null=True)
    tracking_url = models.TextField(null=True)
    milestone = models.TextField()
    milestone_at = models.DateTimeField()
    reason = models.TextField(null=True)
    action_required = models.BooleanField(null=True)
    action_by = models.TextField(null=True)
    promised_from = models.DateTimeField(null=True)
    promised_to = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    last = models.BooleanField(null=True)
    last_event_id = models.UUIDField()
    stall_due_at = models.DateTimeField(null=True)
    stall_told_for = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["stall_due_at"],
                name="shipment_stall_due",
                condition=Q(stall_due_at__isnull=False) & (Q(stall_told_for__isnull=True) | ~Q(stall_told_for=F("last_event_id"))),
            ),
        ]


class Milestone(models.Model):
    """One thing that was said of a parcel."""

    event_id = models.UUIDField(primary_key=True)
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, db_constraint=False, related_name="milestones")
    name = models.TextField()
    occurred_at = models.DateTimeField()
    known_at = models.DateTimeField()
    reason = models.TextField(null=True)
    place = models.TextField(null=True)
    promised_to = models.DateTimeField(null=True)
    derived_from = models.TextField(null=True)
