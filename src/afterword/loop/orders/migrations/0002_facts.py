"""What the projections of orders read: the facts of orders and of parcels, typed, no cast of which can fail."""

from django.db import migrations

ORDER = ("order.placed", "order.updated", "order.paid", "order.fulfilled", "order.delivered", "order.cancelled", "order.refunded")
PARCEL = (
    "created", "accepted", "in_transit", "out_for_delivery", "attempt_failed", "ready_for_pickup", "delivered", "exception",
    "returning", "returned", "cancelled", "expired",
)  # fmt: skip


def names(given):
    return ", ".join(f"'{name}'" for name in given)


CONTENTS = "name in ('order.placed', 'order.updated')"
PROMISES = "name in ('order.placed', 'order.updated', 'shipment.promised', 'shipment.created')"
MONEY = "name in ('order.paid', 'order.refunded')"
SHIPMENT = names(f"shipment.{verb}" for verb in (*PARCEL, "promised", "stalled", "delayed"))


def typed(guard, prop, kind):
    return f"case when {guard} then (properties ->> '{prop}')::{kind} end as {prop}"


ORDER_FACT = f"""
create view order_fact as
select id as event_id, order_id, customer_id, store, name, known_at, occurred_at,
    {typed(CONTENTS, "total_minor", "bigint")}, {typed(CONTENTS, "currency", "text")}, {typed(CONTENTS, "total_base_minor", "bigint")},
    {typed(CONTENTS, "items", "bigint")}, {typed(CONTENTS, "life", "text")}, {typed(CONTENTS, "use_for_days", "bigint")},
    {typed(PROMISES, "promised_from", "timestamptz")}, {typed(PROMISES, "promised_to", "timestamptz")},
    {typed(MONEY, "amount_minor", "bigint")}, {typed(MONEY, "whole", "boolean")}
from event
where order_id is not null and name in ({names(ORDER)}, {names(f"shipment.{v}" for v in PARCEL)}, 'shipment.promised')
"""
FITS = f"name in ({SHIPMENT})"
SHIPMENT_FACT = f"""
create view shipment_fact as
select e.id as event_id, e.shipment_id, e.order_id, e.customer_id, e.store, e.name, e.known_at, e.occurred_at,
    case when e.name in ({names(f"shipment.{v}" for v in PARCEL)}) then split_part(e.name, '.', 2) end as milestone,
    e.properties ->> 'carrier' as carrier, x.properties ->> 'tracking_number' as tracking_number,
    x.properties ->> 'tracking_url' as tracking_url, e.properties ->> 'reason' as reason, e.properties ->> 'place' as place,
    case when {FITS} then (e.properties ->> 'action_required')::boolean end as action_required,
    e.properties ->> 'action_by' as action_by, e.properties ->> 'derived_from' as derived_from,
    case when {FITS} then (e.properties ->> 'promised_from')::timestamptz end as promised_from,
    case when {FITS} then (e.properties ->> 'promised_to')::timestamptz end as promised_to,
    case when {FITS} then (e.properties ->> 'last')::boolean end as last,
    case when e.name = 'shipment.stalled' then (e.properties ->> 'after')::uuid end as stalled_after
from event e left join event_personal x on x.event_id = e.id
where e.shipment_id is not null and e.order_id is not null and e.name in ({SHIPMENT})
"""
CASTS = """
create function line_number(given jsonb) returns bigint language sql immutable as $$
    select case when jsonb_typeof(given) = 'number' and abs((given)::numeric) < 1e15 then round((given)::numeric)::bigint end
$$;
create function line_uuid(given text) returns uuid language sql immutable as $$
    select case when given ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then given::uuid end
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("events", "0001_initial")]
    operations = [
        migrations.RunSQL(ORDER_FACT, "drop view order_fact"),
        migrations.RunSQL(SHIPMENT_FACT, "drop view shipment_fact"),
        migrations.RunSQL(CASTS, "drop function line_number, line_uuid"),
    ]
