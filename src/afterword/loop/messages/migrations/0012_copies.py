"""Copies of messages that went to a colleague: each once."""

from django.db import migrations

COPIES = """
create table message_copy (
    delivery_id uuid primary key,
    copied_at timestamptz not null,
    address text not null,
    said text not null default ''
);
create index message_copy_at on message_copy (copied_at);
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0011_links")]
    operations = [migrations.RunSQL(COPIES, "drop table message_copy")]
