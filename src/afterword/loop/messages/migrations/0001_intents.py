"""Intents, what became of each, and the outbox. Written set by set, so the tables are spelled out here."""

from django.db import migrations

TABLES = """
create table message_intent (
    id uuid primary key,
    origin text not null,
    version_id integer,
    run uuid not null,
    leg integer not null default 0,
    step text not null,
    subject_id uuid not null,
    customer_id uuid not null,
    order_id uuid,
    shipment_id uuid,
    store text not null,
    kind text not null default 'message',
    message text not null,
    channel text not null,
    category text not null check (category in ('transactional', 'service', 'marketing')),
    priority smallint not null default 1,
    planned_at timestamptz not null,
    useful_until timestamptz not null,
    state text not null default 'planned'
        check (state in ('planned', 'held', 'dropped', 'released', 'sent', 'failed')),
    ask_at timestamptz,
    wakes_on text[],
    reason text not null default '',
    checks jsonb not null default '[]',
    judged_at timestamptz,
    released_at timestamptz,
    sent_at timestamptz,
    override_reason text not null default '',
    unique (origin, run, step)
);
create index message_intent_ask on message_intent (ask_at) where ask_at is not null;
create index message_intent_customer on message_intent (customer_id, planned_at);
create index message_intent_planned on message_intent (planned_at desc, id);
create index message_intent_waiting on message_intent (customer_id) where state = 'held' and wakes_on is not null;

create table message_delivery (
    intent_id uuid primary key references message_intent (id) on delete cascade,
    customer_id uuid not null,
    store text not null,
    channel text not null,
    address text not null,
    locale text not null default '',
    subject text not null default '',
    body bytea,
    state text not null default 'queued' check (state in ('queued', 'handed', 'accepted', 'deferred', 'failed')),
    next_at timestamptz,
    leased_until timestamptz,
    attempts smallint not null default 0,
    response text not null default '',
    accepted_at timestamptz
);
create index message_delivery_due on message_delivery (next_at) where next_at is not null;

create table message_cap (
    customer_id uuid not null,
    bucket text not null,
    sent integer not null,
    primary key (customer_id, bucket)
);
"""

UNDO = "drop table message_cap, message_delivery, message_intent;"


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(TABLES, UNDO)]
