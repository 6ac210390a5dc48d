"""For whom a message counts once two customers turned out to be one; and intents that sleep while their journey is paused."""

from django.db import migrations

WHOSE = """
alter table message_intent add column merged_into uuid, add column asleep_at timestamptz;
alter table message_intent add column person_id uuid not null generated always as (coalesce(merged_into, customer_id)) stored;
create index message_intent_person on message_intent (person_id, released_at) where released_at is not null;
create or replace view went as
select person_id as customer_id, released_at as went_at from message_intent
where category <> 'transactional' and state in ('released', 'sent') and released_at is not null;
"""
UNDO = """
create or replace view went as
select customer_id, released_at as went_at from message_intent
where category <> 'transactional' and state in ('released', 'sent') and released_at is not null;
alter table message_intent drop column person_id, drop column merged_into, drop column asleep_at;
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0006_holder"), ("events", "0003_past")]
    operations = [migrations.RunSQL(WHOSE, UNDO)]
