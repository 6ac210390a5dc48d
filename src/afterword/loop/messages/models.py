"""What a shop writes: its messages, their revisions, its blocks, and how it wishes to write. Intents and deliveries are SQL's own."""

from __future__ import annotations

from django.db import models


class Message(models.Model):
    """A message of the shop's own, or its version of one that ships (then the key is the same): the draft, and what is sent."""

    key = models.TextField(unique=True)
    name = models.TextField()
    category = models.TextField()
    draft = models.JSONField(help_text="The document as it was written; see rules/wording.")
    live = models.ForeignKey("Revision", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.TextField(blank=True, default="")

    class Meta:
        db_table = "message"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Revision(models.Model):
    """What a message said from a publication on. It never changes; the database refuses that. A delivery names its own."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    mark = models.TextField(help_text="By what the document is known again.")
    published_at = models.DateTimeField()
    published_by = models.TextField(blank=True, default="")

    class Meta:
        db_table = "message_revision"
        ordering = ("message", "-number")
        constraints = (models.UniqueConstraint(fields=("message", "number"), name="message_revision_number"),)

    def __str__(self) -> str:
        return f"{self.message.name}, revision {self.number}"


class Block(models.Model):
    """A piece of MJML that messages include by its key. A message keeps the one it was published with."""

    key = models.TextField(unique=True)
    name = models.TextField()
    source = models.TextField()
    changed_at = models.DateTimeField()
    changed_by = models.TextField(blank=True, default="")

    class Meta:
        db_table = "message_block"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Manner(models.Model):
    """How a store wishes to write: words it avoids and prefers, the marks of its links, how many days bodies are kept."""

    store = models.TextField(unique=True)
    avoided = models.JSONField(default=list)
    preferred = models.JSONField(default=dict, help_text="Word → the one that is said instead.")
    marks = models.JSONField(default=dict, help_text="utm_source and its like.")
    keep_days = models.JSONField(default=dict, help_text="Category → for how many days a body is kept.")
    paper = models.TextField(default="off", help_text="What travels with confirmations: off, summary or invoice.")

    class Meta:
        db_table = "message_manner"

    def __str__(self) -> str:
        return self.store
