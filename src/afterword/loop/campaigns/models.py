"""Campaigns with their plans, and everybody of each: what they were drawn for, and when it was their turn."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Campaign(models.Model):
    """A campaign by its key. Its plan may change until it starts."""

    key = models.TextField(unique=True)
    name = models.TextField()
    about = models.TextField(blank=True, default="")
    store = models.TextField()
    plan = models.JSONField()
    state = models.TextField(default="draft")
    revision = models.ForeignKey("segments.Revision", null=True, on_delete=models.PROTECT, related_name="+",
                                 help_text="What the segment meant when it started.")  # fmt: skip
    release_at = models.DateTimeField(null=True, help_text="When it is let go, and as of when the segment counts.")
    released_at = models.DateTimeField(null=True)
    everywhere = models.FloatField(default=0.0, help_text="The share of the global holdout, as it was then.")
    winner = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(blank=True, default="", help_text="Who chose; empty where the rule did.")
    found = models.JSONField(null=True, help_text="What the stopping rule saw when it was decided.")
    paced_until = models.DateTimeField(
        null=True, help_text="What the guard let go up to here has its turn, the last of them at `last_leaves_at`."
    )
    last_leaves_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    fault = models.TextField(blank=True, default="", help_text="Why it could not be let go.")
    created_at = models.DateTimeField()
    created_by = models.TextField(blank=True, default="")
    started_by = models.TextField(blank=True, default="")

    class Meta:
        db_table = "campaign"
        ordering = ("-created_at",)
        indexes: ClassVar = [
            models.Index(fields=["release_at"], name="campaign_due", condition=models.Q(state="scheduled")),
            models.Index(fields=["id"], name="campaign_sending", condition=models.Q(state="sending")),
        ]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody of a campaign. `planned_at` is when it was their turn, or would have been for whoever is left alone."""

    pk = models.CompositePrimaryKey("campaign", "customer_id")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, db_index=False)
    customer_id = models.UUIDField()
    part = models.TextField()
    arm = models.TextField(blank=True, default="")
    lot = models.BigIntegerField()
    zone = models.TextField()
    planned_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "campaign_person"
        indexes: ClassVar = [models.Index(fields=["customer_id"], name="campaign_of_customer")]
