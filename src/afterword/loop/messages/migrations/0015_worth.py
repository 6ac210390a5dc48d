"""What a message is worth, measured against people who were left alone, as it was known at each moment."""

from django.db import migrations

WORTH = """
create table message_worth (
    store text not null,
    message text not null,
    known_from timestamptz not null,
    known_to timestamptz not null default '9999-12-31 00:00+00',
    worth double precision not null,
    estimate double precision not null,
    spread double precision not null,
    sent bigint not null,
    alone bigint not null,
    primary key (store, message, known_from)
);
create unique index message_worth_now on message_worth (store, message) where known_to = '9999-12-31 00:00+00';
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0014_offers")]
    operations = [migrations.RunSQL(WORTH, "drop table message_worth")]
