"""The share of customers whom no marketing reaches, so that the company can tell what all of it earned."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_no_rehearsal")]
    operations = [
        migrations.AddField(
            "installation",
            "global_holdout",
            models.FloatField(default=0.05, db_default=0.05, help_text="The share of customers whom no marketing reaches."),
        ),
        migrations.AddConstraint(
            "installation",
            models.CheckConstraint(
                name="installation_holdout_share", condition=models.Q(global_holdout__gte=0) & models.Q(global_holdout__lte=0.5)
            ),
        ),
    ]
