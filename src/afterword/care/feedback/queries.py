"""Reads of the feedback room."""

from __future__ import annotations

from uuid import UUID

from afterword.kit import sql

LAST = """
select (properties ->> 'score')::int from (
    select properties, received_at as at, id from event_inbox where message_id = %(message)s and name = 'survey.answered'
    union all
    select properties, received_at, id from event
    where customer_id = %(customer)s and message_id = %(message)s and name = 'survey.answered'
) answered order by at desc, id desc limit 1
"""


def last_answer(message_id: UUID, customer_id: UUID) -> int | None:
    """What a customer answered to this message last, or None. Sees also what is not sealed yet."""
    found = sql.value(LAST, {"message": message_id, "customer": customer_id})
    return None if found is None else int(found)
