"""How far each file has been imported."""

from __future__ import annotations

from django.db import models


class FileImport(models.Model):
    """One file with one mapping into one store (`mark`): how many rows are done, written together with their events."""

    mark = models.TextField(primary_key=True)
    file = models.TextField()
    store = models.TextField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    repeated = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    report_bytes = models.BigIntegerField(default=0)
