"""A pause and until when it lasts; what a merge gives to the survivor stands in their own past, so only that is asked."""

from django.db import migrations, models

STATE = """
create or replace function consent_state(customer uuid, at_store text, by_channel text, for_purpose text) returns text language sql stable as $$
    select coalesce((
        select n.state from consent_now n
        where n.customer_id = coalesce((select survivor_id from identity_survivor where customer_id = customer), customer)
          and n.store in (at_store, '') and n.channel in (by_channel, 'all') and n.purpose in (for_purpose, 'all')
        order by n.known_from desc limit 1
    ), 'unknown')
$$;

create function consent_paused_until(customer uuid, at_store text) returns timestamptz language sql stable as $$
    select max(h.paused_until) from consent_history h
    where h.customer_id = coalesce((select survivor_id from identity_survivor where customer_id = customer), customer)
      and h.store in (at_store, '') and h.purpose = 'pause' and h.known_to = '9999-12-31 00:00+00'::timestamptz
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial"), ("events", "0003_past")]
    operations = [
        migrations.AddField("consenthistory", "paused_until", models.DateTimeField(null=True)),
        migrations.RunSQL(STATE, "drop function consent_paused_until"),
    ]
