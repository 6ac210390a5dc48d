"""What other rooms may ask of messages."""

from __future__ import annotations

from typing import Any

from afterword.kit import sql

INTEND = """
insert into message_intent (id, origin, version_id, run, leg, step, subject_id, customer_id, order_id, shipment_id, store,
                            message, channel, category, priority, planned_at, useful_until, ask_at)
select given.*, given.planned_at from ({select}) as given
    (id, origin, version_id, run, leg, step, subject_id, customer_id, order_id, shipment_id, store,
     message, channel, category, priority, planned_at, useful_until)
on conflict (origin, run, step) do nothing
"""


def intend(select: str, params: dict[str, Any]) -> int:
    """Take the intents that a query yields, in the order of `INTEND`'s columns; how many are new. In the caller's transaction."""
    return sql.run(INTEND.format(select=select), params)
