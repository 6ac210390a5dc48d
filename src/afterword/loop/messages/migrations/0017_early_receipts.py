"""Receipts that came before their provider's id was written down wait here for it."""

from django.db import migrations

EARLY = """
create table message_early (
    way text not null,
    reference text not null,
    channel text not null,
    provider text not null,
    provider_id text not null,
    kind text not null check (kind in ('delivered', 'read', 'failed', 'complained')),
    at timestamptz not null,
    word text not null default '',
    said text not null default '',
    suppress boolean not null default false,
    came_at timestamptz not null,
    primary key (way, reference)
);
create index message_early_theirs on message_early (provider_id);
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0016_message_ways")]
    operations = [migrations.RunSQL(EARLY, "drop table message_early")]
