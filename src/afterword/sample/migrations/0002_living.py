"""A shop that has been lived through may go on living."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sample", "0001_replay")]
    operations = [
        migrations.RunSQL(
            "alter table sample_replay add column living boolean not null default false, add column customers integer not null default 0",
            "alter table sample_replay drop column living, drop column customers",
        )
    ]
