"""One row per recipient and channel: a message that cannot go one way goes another, and each way says how far it came."""

from django.db import migrations

WAYS = """
alter table message_intent add column asked_channel text not null default '', add column tried text[] not null default '{}';

alter table message_delivery drop constraint message_delivery_pkey;
alter table message_delivery
    add column id uuid not null
        generated always as (case when channel = 'email' then intent_id else md5(intent_id::text || channel)::uuid end) stored,
    add column handed_at timestamptz,
    add column delivered_at timestamptz,
    add column read_at timestamptz,
    add column failed_at timestamptz,
    add column provider text not null default '',
    add column provider_id text not null default '',
    add column segments smallint not null default 0,
    add column cost_minor numeric(14, 4),
    add column currency text not null default '',
    add primary key (intent_id, channel);
alter table message_delivery drop constraint message_delivery_state_check;
alter table message_delivery add constraint message_delivery_state_check
    check (state in ('queued', 'handed', 'accepted', 'delivered', 'read', 'deferred', 'failed'));
create unique index message_delivery_id on message_delivery (id);
create index message_delivery_theirs on message_delivery (provider_id) where provider_id <> '';

create table message_short (
    code text primary key,
    message_id uuid not null references message_intent (id) on delete cascade,
    customer_id uuid not null,
    url text not null,
    expires_at timestamptz
);
create index message_short_customer on message_short (customer_id);
"""
UNDO = """
drop table message_short;
delete from message_delivery where channel <> 'email';
update message_delivery set state = 'accepted' where state in ('delivered', 'read');
alter table message_delivery drop constraint message_delivery_state_check, drop constraint message_delivery_pkey, drop column id,
    drop column handed_at, drop column delivered_at, drop column read_at, drop column failed_at, drop column provider,
    drop column provider_id, drop column segments, drop column cost_minor, drop column currency;
alter table message_delivery add primary key (intent_id);
alter table message_delivery add constraint message_delivery_state_check
    check (state in ('queued', 'handed', 'accepted', 'deferred', 'failed'));
alter table message_intent drop column asked_channel, drop column tried;
"""


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0007_whose")]
    operations = [migrations.RunSQL(WAYS, UNDO)]
