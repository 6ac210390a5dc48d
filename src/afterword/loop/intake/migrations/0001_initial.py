"""How far each file has been imported."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.CreateModel(
            name="FileImport",
            fields=[
                ("mark", models.TextField(primary_key=True, serialize=False)),
                ("file", models.TextField()),
                ("store", models.TextField()),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("rows", models.BigIntegerField(default=0)),
                ("accepted", models.BigIntegerField(default=0)),
                ("repeated", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
                ("report_bytes", models.BigIntegerField(default=0)),
            ],
        ),
    ]
