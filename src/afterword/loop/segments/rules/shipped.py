"""The segments that come ready-made: what a good shop asks of its customers after the sale."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shipped:
    """A ready-made segment."""

    key: str
    name: str
    about: str
    text: str


SHIPPED = (
    Shipped(
        "first_time_buyers",
        "First-time buyers",
        "One order so far, not counting what was cancelled.",
        "count(order.placed) - count(order.cancelled) == 1",
    ),
    Shipped(
        "repeat_buyers",
        "Repeat buyers",
        "Two or more orders in a year.",
        'count(order.placed, last="365d") - count(order.cancelled, last="365d") >= 2',
    ),
    Shipped(
        "vip",
        "Best customers",
        "Spent 200 or more in a year, in the company’s own currency.",
        'sum(order.placed, "total_base_minor", last="365d") >= 200',
    ),
    Shipped(
        "waiting_too_long",
        "Waiting past the promise",
        "A parcel is late and has neither come nor been called off.",
        'ever(shipment.delayed, last="30d") and not last(order.delivered).at >= last(shipment.delayed).at '
        "and not last(order.cancelled).at >= last(shipment.delayed).at",
    ),
    Shipped(
        "unhappy_lately",
        "Unhappy lately",
        "A low score or a review of two stars or fewer in the last 60 days.",
        'ever(survey.answered, last="60d", where=kind == "csat" and score <= 2) '
        'or ever(survey.answered, last="60d", where=kind == "nps" and score <= 6) '
        'or ever(review.submitted, last="60d", where=rating <= 2)',
    ),
    Shipped(
        "lapsing",
        "Lapsing",
        "Bought, but not in the last 120 days.",
        'last(order.placed).age > "120d" and last(order.placed).age <= "365d"',
    ),
)
