"""Backtests that somebody asked for, how far each is, and what came out."""

from django.db import migrations

TABLE = """
create table backtest_asked (
    id bigint generated always as identity primary key,
    journey text not null,
    version integer,
    since timestamptz not null,
    until timestamptz not null,
    asked_by text not null default '',
    asked_at timestamptz not null,
    heard_at timestamptz not null,
    state text not null default 'running' check (state in ('running', 'done', 'failed', 'stopped')),
    doing text not null default '',
    steps_done integer not null default 0,
    steps integer not null default 1,
    said text not null default '',
    result jsonb
);
create index backtest_asked_journey on backtest_asked (journey, id desc);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(TABLE, "drop table backtest_asked;")]
