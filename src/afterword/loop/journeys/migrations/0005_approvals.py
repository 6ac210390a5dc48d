"""Drafts for which somebody asked that another person approve them, and what that person said."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0004_on")]
    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("journey", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="approvals", to="journeys.journey")),
                ("mark", models.TextField(help_text="The digest of the draft that was asked about.")),
                ("text", models.TextField()),
                ("note", models.TextField(blank=True, default="")),
                ("asked_by", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("decided_by", models.TextField(blank=True, default="")),
                ("decided_at", models.DateTimeField(null=True)),
                ("approved", models.BooleanField(null=True)),
                ("said", models.TextField(blank=True, default="")),
            ],
            options={"db_table": "journey_approval", "ordering": ("-id",)},
        ),
        migrations.AddConstraint(
            "approval", models.CheckConstraint(name="journey_approval_by_another", condition=~models.Q(decided_by=models.F("asked_by")))
        ),
        migrations.AddConstraint(
            "approval",
            models.UniqueConstraint(name="journey_approval_waiting", fields=("journey",), condition=models.Q(decided_at__isnull=True)),
        ),
    ]
