"""Up to where the log has been exported."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            "create table lake_watermark (one boolean primary key default true check (one), exported_until timestamptz not null);",
            "drop table lake_watermark;",
        )
    ]
