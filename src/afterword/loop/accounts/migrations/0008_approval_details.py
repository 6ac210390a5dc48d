"""A question for a second person keeps what whoever asked saw: a forecast, a wish."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_approvals")]
    operations = [
        migrations.AddField(
            "approval",
            "details",
            models.JSONField(default=dict, help_text="What whoever asked saw and wished for, as the room of its kind writes it."),
        ),
    ]
