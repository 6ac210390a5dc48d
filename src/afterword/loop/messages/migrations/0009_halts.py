"""Origins that were stopped by themselves, because too many complained or too many mails came back."""

from django.db import migrations

HALTS = """
create table message_halt (
    origin text not null,
    since timestamptz not null,
    why text not null check (why in ('complaints', 'bounces')),
    part integer not null,
    sent integer not null,
    told_at timestamptz,
    lifted_at timestamptz,
    lifted_by text not null default '',
    primary key (origin, since)
);
create unique index message_halt_now on message_halt (origin) where lifted_at is null;
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0008_ways")]
    operations = [migrations.RunSQL(HALTS, "drop table message_halt")]
