"""Journeys and their versions. Where runs stand and have been is written set by set, in SQL."""

from __future__ import annotations

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
