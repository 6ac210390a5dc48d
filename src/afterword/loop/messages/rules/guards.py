"""The state guards that every shop has: what makes a message wrong, whatever the journey meant."""

from __future__ import annotations

from ..types import StateGuard

STATE: tuple[StateGuard, ...] = (
    StateGuard("order_cancelled", "has(order.cancelled_at)", "the order was cancelled"),
    StateGuard("order_refunded", "has(order.refunded_at)", "the order was refunded"),
    StateGuard("already_delivered", "has(order.delivered_at)", "the parcel has arrived", only=("delayed", "shipping_notice")),
    StateGuard("already_reviewed", 'ever(review.submitted, same="order")', "already reviewed", only=("review_request",)),
    StateGuard(
        "unhappy", 'last(survey.answered).score <= 2 and last(survey.answered).age < "30d"', "they told us they were unhappy",
        only=("review_request", "reorder_reminder", "win_back"),
    ),
    StateGuard(
        "still_waiting", 'order.status in ("placed", "paid", "shipped") and not has(order.delivered_at)', "the order has not arrived",
        only=("csat", "nps", "review_request"),
    ),
    StateGuard("bought_again", 'count(order.placed, last="14d") >= 1', "they have just bought", only=("win_back", "reorder_reminder")),
)  # fmt: skip
