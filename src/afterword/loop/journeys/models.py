"""Journeys and their versions. Where runs stand and have been is written set by set, in SQL."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Journey(models.Model):
    """A journey by its key: its draft text, and the version that is live, if any."""

    key = models.TextField(unique=True)
    name = models.TextField()
    about = models.TextField(blank=True, default="")
    draft = models.TextField(help_text="The document as it was written, word for word.")
    origin = models.TextField(blank=True, default="", help_text="The shipped document it came from, and its hash.")
    live = models.ForeignKey("Version", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "journey"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """A published version. What it says never changes; the database refuses that."""

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    document = models.JSONField()
    hash = models.TextField()
    statements = models.JSONField(help_text="Pairs of step and statement for PostgreSQL, in order.")
    sends = models.JSONField(help_text="For each sending step, its message, channel, category and how long it is of use.")
    errands = models.JSONField(default=list, help_text="For each step that has something done, its kind and settings.")
    pinned = models.JSONField(default=dict, help_text="What each segment meant when this was published, by key.")
    trigger = models.TextField()
    listens = models.JSONField(help_text="For each event that may move a run, the steps at which it does.")
    published_at = models.DateTimeField()
    published_by = models.TextField(blank=True, default="")
    is_live = models.BooleanField(default=True, help_text="Whether new runs may enter; those under way go on regardless.")
    ticked_until = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True, help_text="Since when nothing of it moves.")

    class Meta:
        db_table = "journey_version"
        ordering = ("journey", "-number")
        constraints = (models.UniqueConstraint(fields=("journey", "number"), name="journey_version_number"),)

    def __str__(self) -> str:
        return f"{self.journey.name}, version {self.number}"


class Walk(models.Model):
    """A member of the team walks through a journey as themselves. It counts nowhere; each letter is claimed before it is sent."""

    id = models.UUIDField(primary_key=True)
    journey = models.TextField(help_text="Its key.")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    locale = models.TextField()
    order_id = models.UUIDField(help_text="What its letters speak of.")
    customer_id = models.UUIDField()
    store = models.TextField()
    speed = models.FloatField(help_text="Seconds of the journey that pass in a second; 0: all at once.")
    strides = models.JSONField(help_text="Its steps in order, each with how long it takes and what became of its letter.")
    position = models.PositiveIntegerField(default=0, help_text="At which of them it stands.")
    next_at = models.DateTimeField(null=True, help_text="When it goes on, in real time; null once it has ended.")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    stopped = models.BooleanField(default=False)

    class Meta:
        db_table = "journey_walk"
        indexes = (models.Index(fields=("next_at",), name="journey_walk_next", condition=models.Q(next_at__isnull=False)),)

    def __str__(self) -> str:
        return f"{self.journey}, by {self.member_id}"
