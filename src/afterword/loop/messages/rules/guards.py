"""The state guards that every shop has: what makes a message wrong, whatever the journey meant."""

from __future__ import annotations

from ..types import StateGuard

# What must reach people although, or because, their order came to nothing.
OF_AN_END = ("cancelled_care", "cancelled_by_us", "refund_done")
OF_THE_WAY = ("delayed", "shipping_notice", "anxious_waiting", "silent_parcel", "split_shipment", "pickup_reminder", "attempt_failed")
# What speaks to whoever uses a thing, not to whoever gave it away.
OF_USE = (
    "delivered_thanks", "first_care_1", "first_care_2", "enjoy_planned", "enjoy_impulse", "how_to", "review_request", "reorder_reminder",
)  # fmt: skip
OF_NEWS = ("reorder_reminder", "win_back", "exclusive_content", "anniversary", "second_order")

STATE: tuple[StateGuard, ...] = (
    StateGuard("order_cancelled", "has(order.cancelled_at)", "the order was cancelled", never=OF_AN_END),
    StateGuard("order_refunded", "has(order.refunded_at)", "the order was refunded", never=(*OF_AN_END, "recall_notice")),
    StateGuard("already_delivered", "has(order.delivered_at)", "the parcel has arrived", only=OF_THE_WAY),
    StateGuard("already_reviewed", 'ever(review.submitted, same="order")', "already reviewed", only=("review_request",)),
    StateGuard("a_present", 'last(order.placed, same="order").gift', "it was a present for somebody else", only=OF_USE),
    StateGuard(
        "unhappy", 'last(survey.answered).score <= 2 and last(survey.answered).age < "30d"', "they told us they were unhappy",
        only=("review_request", *OF_NEWS),
    ),
    StateGuard(
        "still_waiting", 'order.status in ("placed", "paid", "shipped") and not has(order.delivered_at)', "the order has not arrived",
        only=("csat", "nps", "review_request"),
    ),
    StateGuard(
        "asleep",
        'count(customer.tagged, where=tag == "asleep") > count(customer.untagged, where=tag == "asleep") '
        'and not last(order.placed).at > last(customer.tagged, where=tag == "asleep").at',
        "they no longer react to news", only=OF_NEWS,
    ),
    StateGuard(
        "bought_again", 'count(order.placed, last="14d") >= 1', "they have just bought",
        only=("win_back", "reorder_reminder", "second_order", "sunset"),
    ),
)  # fmt: skip
