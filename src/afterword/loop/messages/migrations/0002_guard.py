"""What the guard reads besides the world: the stores' rules, and what went out."""

from django.db import migrations

VIEWS = """
create view store_rule as
select key as store, zone, to_char(quiet_from, 'HH24:MI') as quiet_from, to_char(quiet_until, 'HH24:MI') as quiet_until,
       coalesce((brand ->> 'day_cap')::bigint, 2) as day_cap, coalesce((brand ->> 'week_cap')::bigint, 4) as week_cap
from accounts_store;

create view went as
select customer_id, released_at as went_at from message_intent
where category <> 'transactional' and state in ('released', 'sent') and released_at is not null;
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0001_intents"), ("accounts", "0001_first")]
    operations = [migrations.RunSQL(VIEWS, "drop view went, store_rule")]
