"""How far each mailbox has been read, and which of its mails were taken in."""

from django.db import migrations, models

WAYS = """
create or replace view channel_way as
select s.key as store, w.channel, (row_number() over (partition by s.key order by w.place, w.channel))::bigint as rank
from accounts_store s cross join lateral (
    select channel, min(place) as place from (
        select p.channel, p.place from channel_provider p
        where p.closed_at is null and p.channel <> 'inbound' and (p.store = '' or p.store = s.key)
        union all select 'email', 0
    ) each group by channel
) w;
"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0004_letters")]
    operations = [
        migrations.RunSQL(WAYS, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Pull",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                ("validity", models.BigIntegerField(null=True)),
                ("last_uid", models.BigIntegerField(default=0)),
                ("looked_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "channel_pull"},
        ),
        migrations.CreateModel(
            name="Pulled",
            fields=[
                ("pk", models.CompositePrimaryKey("key", "mark", blank=True, editable=False, primary_key=True, serialize=False)),
                ("key", models.TextField()),
                ("mark", models.BinaryField()),
                ("validity", models.BigIntegerField()),
                ("uid", models.BigIntegerField()),
                ("taken_at", models.DateTimeField()),
                ("settled", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "channel_pulled",
                "indexes": [models.Index(fields=["key"], name="channel_pulled_open", condition=models.Q(settled=False))],
            },
        ),
    ]
