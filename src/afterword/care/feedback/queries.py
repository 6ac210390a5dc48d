"""Reads of the feedback room."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

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


REVIEW = """
select (e.properties ->> 'rating')::int, coalesce(p.properties ->> 'title', ''), coalesce(p.properties ->> 'text', '') from (
    select id, properties, received_at as at from event_inbox
    where customer_id = %(customer)s and name = 'review.submitted' and properties ->> 'review' = %(review)s
    union all
    select id, properties, received_at from event
    where customer_id = %(customer)s and name = 'review.submitted' and properties ->> 'review' = %(review)s
) e left join event_personal p on p.event_id = e.id order by e.at desc, e.id desc limit 1
"""
LINE = "select coalesce(title, sku, ''), reference from orders_line where order_id = %s and product_id = %s order by position limit 1"


@dataclass(frozen=True)
class Review:
    """What a customer wrote of one thing, as it stands now."""

    rating: int
    title: str
    text: str


def review_reference(customer_id: UUID, order_id: UUID | None, product_id: UUID | None) -> str:
    """The reference of a review: the same for the same person, order and thing, so that writing again changes it."""
    return uuid5(customer_id, f"review:{order_id or ''}:{product_id or ''}").hex


def last_review(customer_id: UUID, order_id: UUID | None, product_id: UUID | None) -> Review | None:
    """What a customer wrote of this last, or None. Sees also what is not sealed yet."""
    review = review_reference(customer_id, order_id, product_id)
    found = sql.one(REVIEW, {"customer": customer_id, "review": review})
    return Review(*found) if found else None


def product_title(order_id: UUID | None, product_id: UUID | None) -> str:
    """What the thing was called when it was ordered; empty where that is not known."""
    found = sql.one(LINE, [order_id, product_id]) if order_id and product_id else None
    return str(found[0]) if found else ""


def reference_of(order_id: UUID | None, product_id: UUID | None) -> str | None:
    """The shop's own reference of the thing that was ordered."""
    found = sql.one(LINE, [order_id, product_id]) if order_id and product_id else None
    return found[1] if found else None
