"""How far each quarter of the log reaches: what became known lately need not be looked for in what was closed long ago."""

from django.db import migrations

REACH = """
-- The first id of the quarter that an id belongs to: its first 48 bits are milliseconds (RFC 9562).
create function event_quarter(id uuid) returns uuid language sql immutable strict parallel safe as $$
    select uuid7_floor(date_trunc('quarter', to_timestamp((('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint) / 1000.0),
                                  'UTC'))
$$;

-- By quarter of the ids: the latest instant at which any of its events became known. A late import reaches into old quarters.
create table event_reach (low uuid primary key, known_until timestamptz not null);
insert into event_reach select event_quarter(id), max(known_at) from event group by 1;

-- The least id that a pass needs to look at, set by whoever makes the pass; all of them where none is set.
create function event_floor() returns uuid language sql stable parallel safe as $$
    select coalesce(nullif(current_setting('afterword.floor', true), ''), '00000000-0000-0000-0000-000000000000')::uuid
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0003_past")]
    operations = [
        migrations.RunSQL(REACH, "drop view if exists event_lately; drop function event_floor, event_quarter; drop table event_reach")
    ]
