"""Which journeys are live, since when, and what was answered about the shop's platform; all others rehearse. Ending is an instant."""

from django.db import migrations

TABLE = """
create table message_live (
    id bigint generated always as identity primary key,
    origin text not null check (origin <> ''),
    answer text not null check (answer in ('does_not', 'switched_off', 'both')),
    live_at timestamptz not null,
    by text not null,
    ended_at timestamptz,
    ended_by text not null default ''
);
create unique index message_live_now on message_live (origin) where ended_at is null;
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0004_ended")]
    operations = [migrations.RunSQL(TABLE, "drop table message_live")]
