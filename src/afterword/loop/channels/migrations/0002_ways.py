"""Who carries messages for a store, and the addresses by which a customer is reached in a channel, with their past."""

from django.db import migrations, models

REACH = """
create view channel_reach as
select customer_id, channel, known_from, known_to from channel_address
union all
select c.id, way, '-infinity'::timestamptz, '9999-12-31 00:00+00'::timestamptz
from customers_customer c cross join (values ('sms'), ('whatsapp')) ways (way) where c.phone is not null and c.phone <> ''
union all
select c.id, way, '-infinity'::timestamptz, '9999-12-31 00:00+00'::timestamptz
from customers_customer c cross join (values ('email'), ('webhook'), ('letter')) ways (way);

-- Every store's ways, in its order; e-mail is always one of them, at place 0.
create view channel_way as
select s.key as store, w.channel, (row_number() over (partition by s.key order by w.place, w.channel))::bigint as rank
from accounts_store s cross join lateral (
    select channel, min(place) as place from (
        select p.channel, p.place from channel_provider p where p.closed_at is null and (p.store = '' or p.store = s.key)
        union all select 'email', 0
    ) each group by channel
) w;
"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_domains"), ("accounts", "0001_first"), ("customers", "0002_facts")]
    operations = [
        migrations.CreateModel(
            name="Way",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("channel", models.TextField()),
                ("store", models.TextField(default="")),
                ("settings", models.JSONField(default=dict)),
                ("secrets", models.BinaryField(default=b"")),
                ("hook", models.TextField(unique=True)),
                ("place", models.SmallIntegerField(default=1)),
                ("made_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "channel_provider"},
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("pk", models.CompositePrimaryKey("customer_id", "channel", "mark", "known_from", blank=True, editable=False, primary_key=True, serialize=False)),
                ("customer_id", models.UUIDField()),
                ("channel", models.TextField()),
                ("mark", models.TextField()),
                ("address", models.TextField()),
                ("known_from", models.DateTimeField()),
                ("known_to", models.DateTimeField()),
            ],
            options={"db_table": "channel_address", "indexes": [models.Index(fields=["channel", "mark"], name="channel_address_mark")]},
        ),
        migrations.RunSQL(REACH, "drop view channel_way; drop view channel_reach"),
    ]
