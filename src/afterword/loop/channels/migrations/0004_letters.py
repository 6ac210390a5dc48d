"""Letters that wait to be printed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0003_reach")]
    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("store", models.TextField()),
                ("recipient", models.TextField()),
                ("pdf", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("printed_at", models.DateTimeField(null=True)),
                ("printed_by", models.TextField(default="")),
            ],
            options={"db_table": "channel_letter"},
        ),
        migrations.RunSQL("alter table channel_letter alter column printed_by set default ''", migrations.RunSQL.noop),
    ]
