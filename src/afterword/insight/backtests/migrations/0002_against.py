"""What a backtest is held against, what is stated of reactions, and what a check found of what really ran."""

from django.db import migrations

ASKED = """
alter table backtest_asked add column against text not null default '', add column stated jsonb not null default '{}';
create table parity_check (
    id bigint generated always as identity primary key,
    journey text not null,
    version_id integer not null,
    number integer not null,
    since timestamptz not null,
    until timestamptz not null,
    checked_at timestamptz not null,
    visits bigint not null default 0,
    differing bigint not null default 0,
    first jsonb not null default '[]',
    said text not null default ''
);
create index parity_check_latest on parity_check (version_id, id desc);
"""
UNDO = "drop table parity_check; alter table backtest_asked drop column against, drop column stated;"


class Migration(migrations.Migration):
    dependencies = [("backtests", "0001_asked")]
    operations = [migrations.RunSQL(ASKED, UNDO)]
