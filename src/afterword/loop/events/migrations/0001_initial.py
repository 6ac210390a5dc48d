"""The log: an inbox, the sealed log by quarters, what makes an event unique, what names people, the frontier, and quarantine."""

from django.db import migrations

COLUMNS = """
    id uuid not null,
    name text not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    {known}
    source text not null,
    store text not null,
    customer_id uuid,
    order_id uuid,
    shipment_id uuid,
    product_id uuid,
    message_id uuid,
    dice integer not null,
    customer_dice integer not null,
    properties jsonb not null
"""

TABLES = f"""
create table event_inbox ({COLUMNS.format(known="seq bigint generated always as identity primary key,")});

create table event ({COLUMNS.format(known="known_at timestamptz not null,")}, primary key (id)) partition by range (id);
-- By name too: a visit that waits for one kind of event fetches no other.
create index event_customer on event (customer_id, name, known_at);
create index event_known on event (known_at);
create index event_order on event (order_id, known_at) where order_id is not null;
create table event_other partition of event default;

create table event_source (mark uuid not null primary key, event_id uuid not null) partition by hash (mark);
create table event_source_0 partition of event_source for values with (modulus 8, remainder 0);
create table event_source_1 partition of event_source for values with (modulus 8, remainder 1);
create table event_source_2 partition of event_source for values with (modulus 8, remainder 2);
create table event_source_3 partition of event_source for values with (modulus 8, remainder 3);
create table event_source_4 partition of event_source for values with (modulus 8, remainder 4);
create table event_source_5 partition of event_source for values with (modulus 8, remainder 5);
create table event_source_6 partition of event_source for values with (modulus 8, remainder 6);
create table event_source_7 partition of event_source for values with (modulus 8, remainder 7);

create table event_personal (event_id uuid not null primary key, customer_id uuid, properties jsonb not null);
create index event_personal_customer on event_personal (customer_id) where customer_id is not null;

create table frontier (one boolean primary key default true check (one), sealed_until timestamptz not null);

create table currency_rate (
    currency text not null check (currency ~ '^[A-Z]{{3}}$'),
    base text not null check (base ~ '^[A-Z]{{3}}$'),
    valid_on date not null,
    rate numeric not null check (rate > 0),
    source text not null,
    primary key (currency, base, valid_on)
);

create table event_quarantine (
    id bigint generated always as identity primary key,
    received_at timestamptz not null,
    source text not null,
    store text not null,
    body bytea not null,
    fault text not null,
    complaints jsonb not null default '[]',
    replayed_at timestamptz,
    discarded_at timestamptz
);
create index event_quarantine_open on event_quarantine (received_at) where replayed_at is null and discarded_at is null;
"""

FUNCTIONS = """
create function uuid7_floor(at timestamptz) returns uuid language sql immutable strict as $$
    select (lpad(to_hex(greatest((extract(epoch from at) * 1000)::bigint, 0)), 12, '0') || '70008000000000000000')::uuid
$$;

create function make_event_partition(month_of timestamptz) returns boolean language plpgsql as $$
declare
    -- Quarters: whoever looks for a customer's events looks into every partition, so there should be few.
    first timestamptz := date_trunc('quarter', month_of, 'UTC');
    label text := 'event_' || to_char(first at time zone 'UTC', 'YYYY"_q"Q');
    low uuid := uuid7_floor(first);
    high uuid := uuid7_floor(((first at time zone 'UTC') + interval '3 months') at time zone 'UTC');
begin
    if to_regclass(label) is not null then
        return false;
    end if;
    if exists (select 1 from event_other where id >= low and id < high) then
        return false;  -- what came before its partition stays in the default one
    end if;
    execute format('create table %I partition of event for values from (%L) to (%L)', label, low, high);
    return true;
end $$;

create function local_day_end(at timestamptz, zone text) returns timestamptz language plpgsql immutable as $$
begin
    return (date_trunc('day', at at time zone zone) + interval '1 day') at time zone zone;
exception when invalid_parameter_value then
    return (date_trunc('day', at at time zone 'UTC') + interval '1 day') at time zone 'UTC';
end $$;
"""

UNDO = """
drop table event_quarantine, currency_rate, frontier, event_personal, event_source, event, event_inbox;
drop function make_event_partition, local_day_end, uuid7_floor;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(TABLES, UNDO),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
    ]
