"""Forgetting who ordered."""

from __future__ import annotations

from uuid import UUID

from afterword.kit import sql


def forget(customers: list[UUID]) -> int:
    """Take what names these customers out of their orders and parcels; the orders stay."""
    orders = sql.run(
        "update orders_order set number = null, email = null, phone = null, full_name = null, shipping_address = null, "
        "billing_address = null, note = null where customer_id = any(%s)",
        [customers],
    )
    parcels = sql.run("update orders_shipment set tracking_number = null, tracking_url = null where customer_id = any(%s)", [customers])
    return orders + parcels
