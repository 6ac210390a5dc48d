"""Whether what a member publishes must be approved by another."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_global_holdout")]
    operations = [
        migrations.AddField(
            "installation",
            "second_person",
            models.BooleanField(default=False, db_default=False, help_text="Whether a second person approves what is published."),
        ),
    ]
