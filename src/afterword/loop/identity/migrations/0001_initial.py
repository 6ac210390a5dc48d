"""Customers as numbers only, the keys by which they are known, merges, whose an order is, and what waits for a name."""

from django.db import migrations

TABLES = """
create table identity_customer (
    id uuid primary key,
    created_at timestamptz not null,
    erased_at timestamptz
);

create table identity_key (
    kind text not null check (kind in ('external', 'email', 'phone', 'claimed_email', 'claimed_phone', 'anonymous')),
    store text not null,
    value text not null,
    customer_id uuid not null references identity_customer (id),
    known_from timestamptz not null,
    primary key (kind, store, value)
);
create index identity_key_customer on identity_key (customer_id);

create table identity_merge (
    id bigint generated always as identity primary key,
    loser uuid not null,
    survivor uuid not null,
    known_from timestamptz not null,
    told_by text not null
);
create index identity_merge_loser on identity_merge (loser, id);

create view identity_as_of as
select loser as customer_id, survivor as survivor_id, known_from,
       coalesce(lead(known_from) over (partition by loser order by id), '9999-12-31 00:00+00'::timestamptz) as known_to
from identity_merge;

create view identity_survivor as
select customer_id, survivor_id from identity_as_of
where known_to = '9999-12-31 00:00+00'::timestamptz and survivor_id <> customer_id;

create table identity_subject (
    subject_id uuid primary key,
    order_id uuid,
    customer_id uuid not null
);
create index identity_subject_customer on identity_subject (customer_id);

create table identity_waiting (
    mark uuid primary key,
    kind text not null check (kind in ('anonymous', 'order', 'shipment')),
    store text not null,
    value text not null,
    received_at timestamptz not null,
    told text not null
);
create index identity_waiting_for on identity_waiting (kind, store, value);
create index identity_waiting_since on identity_waiting (received_at);
"""
UNDO = """
drop view identity_survivor, identity_as_of;
drop table identity_waiting, identity_subject, identity_merge, identity_key, identity_customer;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("events", "0001_initial")]
    operations = [migrations.RunSQL(TABLES, UNDO)]
