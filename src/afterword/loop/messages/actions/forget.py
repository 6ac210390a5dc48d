"""Forgetting: what was written to a customer loses its words and its address; that it was sent, and why, stays."""

from __future__ import annotations

from uuid import UUID

from afterword.kit import sql


def forget(customers: list[UUID]) -> int:
    """Empty the deliveries to these customers; how many there were."""
    return sql.run(
        "update message_delivery set address = '', subject = '', body = null, response = '' "
        "where customer_id = any(%s) and (address <> '' or subject <> '' or body is not null or response <> '')",
        [customers],
    )
