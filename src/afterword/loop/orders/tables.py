"""The past of orders: events of an order → as-of rows. The same expression recomputes a few orders and rebuilds all."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr.types import Column, Table

from afterword.loop.events.types import FAR

ON_ITS_WAY = ("order.fulfilled", "shipment.accepted", "shipment.in_transit", "shipment.out_for_delivery")
CARRIED = ("total_minor", "currency", "total_base_minor", "items", "life", "use_for_days", "promised_from", "promised_to")
DAY = 86400

FACTS = ibis.table(
    {
        "order_id": "uuid", "customer_id": "uuid", "store": "string", "name": "string", "known_at": "timestamp('UTC')",
        "occurred_at": "timestamp('UTC')", "total_minor": "int64", "currency": "string", "total_base_minor": "int64", "items": "int64",
        "life": "string", "use_for_days": "int64", "promised_from": "timestamp('UTC')", "promised_to": "timestamp('UTC')",
        "amount_minor": "int64", "whole": "boolean",
    },
    name="order_fact",
)  # fmt: skip
# With the orders of whoever turned out to be the same person, from then on.
RECALLED = ibis.table({"name": "string", "order_id": "uuid", "customer_id": "uuid", "seen_from": "timestamp('UTC')"}, name="event_recalled")
PLACED = RECALLED.filter(RECALLED.name == "order.placed")
TOUCHED = ibis.table({"id": "uuid"}, name="touched")


def order_history(facts: Table = FACTS, placed: Table = PLACED, touched: Table = TOUCHED) -> Table:
    """One row for each thing learned of each touched order, with all that was known from then until the next."""
    f = facts.semi_join(touched, facts.order_id == touched.id)
    so_far = ibis.cumulative_window(group_by="order_id", order_by="known_at")
    whole = ibis.window(group_by="order_id")
    f = f.mutate(
        customer_id=_.customer_id.first().over(so_far),
        known_to=_.known_at.lead().over(ibis.window(group_by="order_id", order_by="known_at")),
        placed_known_at=_when(f, "order.placed", f.known_at).min().over(whole),
        placed_at=_when(f, "order.placed").min().over(so_far),
        paid_at=_when(f, "order.paid").min().over(so_far),
        shipped_at=f.name.isin(ON_ITS_WAY).ifelse(f.occurred_at, ibis.null("timestamp('UTC')")).min().over(so_far),
        delivered_at=_when(f, "order.delivered").min().over(so_far),
        cancelled_at=_when(f, "order.cancelled").min().over(so_far),
        given_back=(f.name == "order.refunded").ifelse(f.amount_minor.fill_null(0), 0).sum().over(so_far),
        **{f"{name}_n": f[name].count().over(so_far) for name in CARRIED},
    )
    f = f.mutate(**{name: f[name].max().over(ibis.window(group_by=["order_id", f"{name}_n"])) for name in CARRIED})
    back = (f.name == "order.refunded") & (f.whole.fill_null(False) | f.amount_minor.isnull() | (f.given_back >= f.total_minor))
    f = f.mutate(refunded_at=back.ifelse(f.occurred_at, ibis.null("timestamp('UTC')")).min().over(so_far))
    f = f.left_join(_first_orders(placed, touched), "customer_id")
    return f.filter(f.placed_at.notnull()).select(
        order_id=f.order_id,
        customer_id=f.customer_id,
        known_from=f.known_at,
        known_to=f.known_to.coalesce(ibis.literal(FAR, type="timestamp('UTC')")),
        store=f.store,
        status=_status(f),
        placed_at=f.placed_at,
        promised_from=f.promised_from,
        promised_to=f.promised_to,
        shipped_at=f.shipped_at,
        delivered_at=f.delivered_at,
        cancelled_at=f.cancelled_at,
        refunded_at=f.refunded_at,
        total_minor=f.total_minor,
        currency=f.currency,
        total_base_minor=f.total_base_minor,
        items=f["items"],
        first_order=(f.placed_known_at == f.first_seen_from).fill_null(False),
        product_life=f.life,
        runs_out_at=f.delivered_at + (f.use_for_days * DAY).as_interval("s"),
    )


def _when(f: Table, name: str, value: Column | None = None) -> Column:
    at = f.occurred_at if value is None else value
    return (f.name == name).ifelse(at, ibis.null("timestamp('UTC')"))


def _status(f: Table) -> Column:
    return ibis.cases(
        (f.cancelled_at.notnull(), "cancelled"),
        (f.refunded_at.notnull(), "refunded"),
        (f.delivered_at.notnull(), "delivered"),
        (f.shipped_at.notnull(), "shipped"),
        (f.paid_at.notnull(), "paid"),
        else_="placed",
    )


def _first_orders(placed: Table, touched: Table) -> Table:
    """From when each customer's first order is known as theirs."""
    one, other = placed.view(), placed.view()
    people = one.semi_join(touched, one.order_id == touched.id).select("customer_id").distinct()
    return other.semi_join(people, "customer_id").group_by("customer_id").agg(first_seen_from=other.seen_from.min())
