"""Walks of members of the team through a journey: where each stands, when it goes on, what became of its letters."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0005_approvals"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Walk",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("journey", models.TextField(help_text="Its key.")),
                ("locale", models.TextField()),
                ("order_id", models.UUIDField(help_text="What its letters speak of.")),
                ("customer_id", models.UUIDField()),
                ("store", models.TextField()),
                ("speed", models.FloatField(help_text="Seconds of the journey that pass in a second; 0: all at once.")),
                ("strides", models.JSONField(help_text="Its steps in order, each with how long it takes and what became of its letter.")),
                ("position", models.PositiveIntegerField(default=0, help_text="At which of them it stands.")),
                ("next_at", models.DateTimeField(null=True, help_text="When it goes on, in real time; null once it has ended.")),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("stopped", models.BooleanField(default=False)),
                ("member", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "journey_walk"},
        ),
        migrations.AddIndex(
            "walk", models.Index(fields=["next_at"], name="journey_walk_next", condition=models.Q(next_at__isnull=False))
        ),
    ]
