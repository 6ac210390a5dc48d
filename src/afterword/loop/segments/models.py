"""Segments, what they meant when, who was in them from when to when, and when to look at somebody again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

FAR = datetime(9999, 12, 31, tzinfo=UTC)


class Segment(models.Model):
    """A segment by its key. Followed while it is on and nothing is wrong with it."""

    key = models.TextField(unique=True)
    name = models.TextField()
    about = models.TextField(blank=True, default="")
    origin = models.TextField(blank=True, default="", help_text="The ready-made segment it came from.")
    is_on = models.BooleanField(default=True)
    live = models.ForeignKey("Revision", null=True, on_delete=models.PROTECT, related_name="+")
    asked_until = models.DateTimeField(null=True, help_text="Membership is exact up to here.")
    fault = models.TextField(blank=True, default="", help_text="Why it is not followed any more.")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "segment"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Revision(models.Model):
    """What a segment meant from an instant on. Never changed; the database refuses that."""

    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    pins = models.JSONField(help_text="The segments that it names, each with the revision that stands in it.")
    reads = models.JSONField(help_text="The events that it folds over.")
    everybody = models.TextField()
    some = models.TextField()
    parts = models.TextField()
    spoken = models.JSONField(help_text="Each part's text and the kind of its value.")
    at = models.DateTimeField()
    by = models.TextField(blank=True, default="")

    class Meta:
        db_table = "segment_revision"
        ordering = ("segment", "-number")
        constraints: ClassVar = [models.UniqueConstraint(fields=("segment", "number"), name="segment_revision_number")]

    def __str__(self) -> str:
        return f"{self.segment.name}, revision {self.number}"


class Membership(models.Model):
    """A customer was in a segment in `[known_from, known_to)`; who is in it now has the far date."""

    pk = models.CompositePrimaryKey("segment", "customer_id", "known_from")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, db_index=False)
    customer_id = models.UUIDField()
    known_from = models.DateTimeField()
    known_to = models.DateTimeField()

    class Meta:
        db_table = "segment_membership"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("segment", "customer_id"), condition=Q(known_to=FAR), name="segment_member"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id"], name="segment_of_customer"),
            models.Index(fields=["segment", "-known_from", "customer_id"], condition=Q(known_to=FAR), name="segment_newest"),
        ]


class LookAgain(models.Model):
    """The instant at which a customer's answer may turn by time alone."""

    pk = models.CompositePrimaryKey("segment", "customer_id")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, db_index=False)
    customer_id = models.UUIDField()
    due_at = models.DateTimeField()

    class Meta:
        db_table = "segment_look_again"
        indexes: ClassVar = [models.Index(fields=["due_at", "segment"], name="segment_due")]


class Moved(models.Model):
    """How many came into a segment and left it in a quarter of an hour; every zone's days are made of those."""

    pk = models.CompositePrimaryKey("segment", "at")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, db_index=False)
    at = models.DateTimeField()
    came = models.IntegerField()
    went = models.IntegerField()

    class Meta:
        db_table = "segment_moved"
