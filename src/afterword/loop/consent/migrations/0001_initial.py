"""What customers allow, as of any moment; the addresses nothing is sent to; and what the guard asks."""

from django.db import migrations, models

VIEWS = """
create function address_mark(address text) returns text language sql immutable strict as $$
    select encode(sha256(convert_to(lower(btrim(address)), 'UTF8')), 'hex')
$$;

create view consent_now as
select customer_id, store, channel, purpose, state, known_from
from consent_history where known_to = '9999-12-31 00:00+00'::timestamptz;

create function consent_state(customer uuid, at_store text, by_channel text, for_purpose text) returns text language sql stable as $$
    with past as (
        select customer as id union select customer_id from identity_survivor where survivor_id = customer
    ),
    said as (
        select distinct on (n.customer_id) n.state from consent_now n join past on past.id = n.customer_id
        where n.store in (at_store, '') and n.channel in (by_channel, 'all') and n.purpose in (for_purpose, 'all')
        order by n.customer_id, n.known_from desc
    )
    select case when bool_or(state = 'withdrawn') then 'withdrawn' when bool_or(state = 'granted') then 'granted' else 'unknown' end from said
$$;

create view suppressed as
select c.id as customer_id, s.channel, s.reason, s.since
from customers_customer c join consent_suppression s on s.channel = 'email' and s.address_mark = address_mark(c.email)
where s.lifted_at is null
union all
select c.id, s.channel, s.reason, s.since
from customers_customer c join consent_suppression s on s.channel <> 'email' and s.address_mark = address_mark(c.phone)
where s.lifted_at is null;
"""
UNDO = "drop view suppressed; drop function consent_state; drop view consent_now; drop function address_mark;"


class Migration(migrations.Migration):
    initial = True
    dependencies = [("customers", "0002_facts"), ("identity", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="ConsentHistory",
            fields=[
                ("pk", models.CompositePrimaryKey("customer_id", "store", "channel", "purpose", "known_from", blank=True, editable=False, primary_key=True, serialize=False)),
                ("customer_id", models.UUIDField()),
                ("store", models.TextField()),
                ("channel", models.TextField()),
                ("purpose", models.TextField()),
                ("known_from", models.DateTimeField()),
                ("known_to", models.DateTimeField()),
                ("state", models.TextField()),
            ],
            options={"db_table": "consent_history"},
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("pk", models.CompositePrimaryKey("channel", "address_mark", blank=True, editable=False, primary_key=True, serialize=False)),
                ("channel", models.TextField()),
                ("address_mark", models.TextField()),
                ("reason", models.TextField()),
                ("since", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RunSQL(VIEWS, UNDO),
    ]
