"""What the lists of messages are read by, and what an override leaves behind."""

from django.db import migrations

INDEXES = """
create index message_intent_origin on message_intent (origin, planned_at desc) include (version_id, step, state);
create index message_intent_state on message_intent (state, planned_at desc, id desc) where state not in ('sent', 'released');
create index message_intent_message on message_intent (message, planned_at desc, id desc);
"""
UNDO = "drop index message_intent_origin, message_intent_state, message_intent_message;"


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0002_guard")]
    operations = [migrations.RunSQL(INDEXES, UNDO)]
