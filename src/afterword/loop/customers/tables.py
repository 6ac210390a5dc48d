"""The past of customers: events of a customer → as-of rows. The same expression recomputes a few customers and rebuilds all."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr.types import Table

from afterword.loop.events.types import FAR

FACTS = ibis.table(
    {
        "customer_id": "uuid", "store": "string", "name": "string", "known_at": "timestamp('UTC')",
        "occurred_at": "timestamp('UTC')", "country": "string", "language": "string", "stated_zone": "string", "address_zone": "string",
    },
    name="customer_fact",
)  # fmt: skip
TOUCHED = ibis.table({"id": "uuid"}, name="touched")
CARRIED = ("country", "language", "stated_zone", "address_zone")


def customer_history(facts: Table = FACTS, touched: Table = TOUCHED) -> Table:
    """One row for each thing learned of each touched customer. A stated zone goes before the one of an address."""
    f = facts.semi_join(touched, facts.customer_id == touched.id)
    so_far = ibis.cumulative_window(group_by="customer_id", order_by="known_at")
    f = f.mutate(
        known_to=_.known_at.lead().over(ibis.window(group_by="customer_id", order_by="known_at")),
        created_at=_.occurred_at.min().over(so_far),
        store=_.store.first().over(so_far),
        **{f"{name}_n": f[name].count().over(so_far) for name in CARRIED},
    )
    f = f.mutate(**{name: f[name].max().over(ibis.window(group_by=["customer_id", f"{name}_n"])) for name in CARRIED})
    return f.select(
        customer_id=f.customer_id,
        known_from=f.known_at,
        known_to=f.known_to.coalesce(ibis.literal(FAR, type="timestamp('UTC')")),
        country=f.country,
        language=f.language,
        zone=f.stated_zone.coalesce(f.address_zone),
        store=f.store,
        created_at=f.created_at,
    )
