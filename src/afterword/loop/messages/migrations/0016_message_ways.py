"""By which ways a message is tried where a step leaves that open: its own chain, as far as somebody carries it, else the store's order."""

from django.db import migrations

# The chains of messages that ship are those of rules/shipped.py; a test holds them against each other. `message` is empty for all
# that have no chain of their own.
WAYS = """
create view message_way as
with own as (
    select m.key as message, c.channel, c.rank from message m join message_revision r on r.id = m.live_id
    cross join lateral jsonb_array_elements_text(coalesce(r.document -> 'ways', '[]')) with ordinality c (channel, rank)
), chain as (
    select * from own
    union all
    select s.message, s.channel, s.rank::bigint
    from (values ('recall_notice', 'email', 1), ('recall_notice', 'sms', 2), ('recall_notice', 'letter', 3)) s (message, channel, rank)
    where s.message not in (select message from own)
)
select w.store, '' as message, w.channel, w.rank from channel_way w
union all
select w.store, c.message, c.channel, c.rank from chain c join channel_way w on w.channel = c.channel
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0015_worth"), ("channels", "0005_mailboxes")]
    operations = [migrations.RunSQL(WAYS, "drop view message_way")]
