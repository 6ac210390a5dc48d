"""The past that a customer was given by a merge: the events of whoever they were as well, seen from the merge on."""

from django.db import migrations

PAST = """
create table event_past (
    like event,
    past_of uuid not null,
    seen_from timestamptz not null,
    forgotten_at timestamptz not null default '9999-12-31 00:00+00',
    primary key (customer_id, id, seen_from)
);
create index event_past_customer on event_past (customer_id, name, seen_from);
create index event_past_of on event_past (past_of);
create index event_merged on event (known_at) where name = 'customer.merged';
create index event_merged_loser on event ((properties ->> 'loser')) where name = 'customer.merged';
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0002_models")]
    operations = [migrations.RunSQL(PAST, "drop index event_merged_loser, event_merged; drop table event_past")]
