"""What each version has done besides writing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0002_hands"), ("errands", "0001_errands")]
    operations = [
        migrations.RunSQL(
            "alter table journey_version add column errands jsonb not null default '[]'",
            "alter table journey_version drop column errands",
            state_operations=[
                migrations.AddField(
                    "version",
                    "errands",
                    models.JSONField(default=list, help_text="For each step that has something done, its kind and settings."),
                )
            ],
        )
    ]
