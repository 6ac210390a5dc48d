"""Errands, the endpoints that are called, tasks, and who has which tag."""

from django.db import migrations

TABLES = """
create table errand (
    id uuid primary key,
    kind text not null,
    settings jsonb not null,
    origin text not null,
    version_id integer,
    run uuid not null,
    leg integer not null default 0,
    step text not null,
    store text not null,
    customer_id uuid not null,
    order_id uuid,
    planned_at timestamptz not null,
    useful_until timestamptz,
    state text not null default 'planned' check (state in ('planned', 'doing', 'done', 'rehearsed', 'dropped', 'dead')),
    next_at timestamptz,
    attempts integer not null default 0,
    leased_until timestamptz,
    said text not null default '',
    done_at timestamptz,
    unique (origin, run, step)
);
create index errand_due on errand (next_at) where next_at is not null;
create index errand_dead on errand (planned_at desc) where state = 'dead';
create index errand_customer on errand (customer_id, planned_at);
create index errand_run on errand (run);

create table errand_endpoint (
    key text primary key,
    url text not null,
    secret bytea not null,
    former_secret bytea,
    made_at timestamptz not null,
    closed_at timestamptz,
    closed_why text not null default ''
);

create table errand_task (
    id uuid primary key,
    title text not null,
    note text not null default '',
    meant_for text not null,
    store text not null,
    customer_id uuid not null,
    order_id uuid,
    origin text not null,
    opened_at timestamptz not null,
    due_at timestamptz,
    closed_at timestamptz,
    closed_by text not null default ''
);
create index errand_task_open on errand_task (opened_at) where closed_at is null;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("loop_messages", "0007_whose")]
    operations = [migrations.RunSQL(TABLES, "drop table errand_task, errand_endpoint, errand")]
