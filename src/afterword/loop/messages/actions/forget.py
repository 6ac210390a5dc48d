"""Forgetting: what was written to a customer loses its words and its address; that it was sent, and why, stays."""

from __future__ import annotations

from uuid import UUID

from afterword.kit import sql

THEIR_PAPERS = """
delete from message_paper where order_id in (select order_id from event where customer_id = any(%s) and order_id is not null)
"""


def forget(customers: list[UUID]) -> int:
    """Empty the deliveries to these customers, forget where short links in them lead, their codes and papers; how many deliveries."""
    sql.run("delete from message_short where customer_id = any(%s)", [customers])
    sql.run("delete from message_referral where customer_id = any(%s)", [customers])
    sql.run(THEIR_PAPERS, [customers])
    return sql.run(
        "update message_delivery set address = '', subject = '', body = null, response = '' "
        "where customer_id = any(%s) and (address <> '' or subject <> '' or body is not null or response <> '')",
        [customers],
    )
