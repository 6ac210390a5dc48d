"""Whoever asks for approval may ask that those enter too who did earlier what the journey waits for, and how many they were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0006_walks")]
    operations = [
        migrations.AddField(
            "approval", "enrol_since", models.DateTimeField(null=True, help_text="Who did since then what it waits for shall enter too.")
        ),
        migrations.AddField(
            "approval",
            "enrol_people",
            models.PositiveIntegerField(null=True, help_text="How many those were when it was asked, if it was known."),
        ),
        migrations.AddField(
            "approval",
            "enrol_reached",
            models.PositiveIntegerField(null=True, help_text="How many of them would have been sent something at once."),
        ),
    ]
