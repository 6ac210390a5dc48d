"""The messages that ship: what each is, how it is classed, and what it needs to know.

A text may ask for `{product}` or `{days}`; where a message does not know it, the text `<key>.plain` is said instead. That is
the declared fallback of every variable, and a test proves that each text that needs one has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from afterword.kernel.errors import Refused

Category = Literal["transactional", "service", "marketing"]


class UnknownMessage(Refused):
    """There is no message called “{key}”."""


@dataclass(frozen=True)
class Shipped:
    """A message that ships. `survey` is set where it carries score links, `review` where stars; its texts may ask for the words `uses`.

    `ways`: the channels it is tried by, in this order, where a step leaves that open (`auto`); none: the store's order.
    """

    key: str
    category: Category
    uses: tuple[str, ...] = ()
    survey: Literal["", "csat", "nps"] = ""
    channel: str = "email"
    review: bool = False
    ways: tuple[str, ...] = ()

    @property
    def subject_key(self) -> str:
        """The catalogue key of the subject line."""
        return f"{self.key}.subject"

    @property
    def topic(self) -> str:
        """What unsubscribing from this message withdraws."""
        return self.category


# A text that says one of these has a twin `<key>.plain` for when it is not known. `shop` is always known.
MAY_LACK = ("name", "whole", "number", "product", "days", "was", "carrier", "placed", "score", "scale")

MESSAGES: Mapping[str, Shipped] = {
    message.key: message
    for message in (
        Shipped("order_confirmation", "transactional", ("number", "days")),
        Shipped("confirm_consent", "transactional"),
        Shipped("shipping_notice", "transactional", ("number", "days", "carrier")),
        Shipped("delayed", "service", ("number", "days", "was")),
        Shipped("delivered_thanks", "service", ("number",)),
        Shipped("first_care_1", "service", ("product",)),
        Shipped("first_care_2", "service", ("product",)),
        Shipped("csat", "service", ("number",), survey="csat"),
        Shipped("nps", "service", survey="nps"),
        Shipped("low_score_follow_up", "service", ("score", "scale")),
        Shipped("review_request", "service", ("product",), review=True),
        Shipped("reorder_reminder", "marketing", ("product",)),
        Shipped("win_back", "marketing"),
        Shipped("enjoy_planned", "service", ("product",)),
        Shipped("enjoy_impulse", "service", ("product",)),
        Shipped("anxious_waiting", "service", ("number", "days")),
        Shipped("silent_parcel", "service", ("number", "carrier")),
        Shipped("late_arrived", "service", ("number",)),
        Shipped("split_shipment", "service", ("number", "days")),
        Shipped("gift_placed", "service", ("number", "days")),
        Shipped("gift_arrived", "service", ("number",)),
        Shipped("pickup_reminder", "transactional", ("number", "carrier")),
        Shipped("attempt_failed", "transactional", ("number", "carrier")),
        Shipped("how_to", "service", ("product",)),
        Shipped("guarantee_ends", "service", ("product",)),
        Shipped("service_due", "service", ("product",)),
        Shipped("recall_notice", "transactional", ("product",), ways=("email", "sms", "letter")),
        Shipped("product_update", "service", ("product",)),
        Shipped("exclusive_content", "marketing"),
        Shipped("anniversary", "marketing"),
        Shipped("vip_thanks", "service"),
        Shipped("second_order", "marketing", ("product",)),
        Shipped("refund_done", "transactional", ("number",)),
        Shipped("cancelled_care", "transactional", ("number",)),
        Shipped("cancelled_by_us", "transactional", ("number",)),
        Shipped("review_thanks", "service", ("product",)),
        Shipped("low_review_care", "service", ("product",)),
        Shipped("sunset", "marketing"),
    )
}

NAMES = {
    "csat": "How was it?", "nps": "Would you recommend us?", "first_care_1": "First care", "first_care_2": "Second care",
    "delayed": "Later than promised", "low_score_follow_up": "After a low score", "low_review_care": "After a low review",
    "enjoy_planned": "Enjoy it: long considered", "enjoy_impulse": "Enjoy it: bought on impulse", "how_to": "How to use it",
    "vip_thanks": "Thanks to the best customers", "refund_done": "Refund made", "cancelled_care": "Order cancelled",
    "cancelled_by_us": "Order cancelled by us", "attempt_failed": "Nobody was at home", "sunset": "Shall we go on writing?",
    "confirm_consent": "Confirm the sign-up", "late_arrived": "Arrived late", "win_back": "We miss you",
}  # fmt: skip


def message_name(key: str) -> str:
    """What a message is called among people: `order_confirmation` → `Order confirmation`."""
    return NAMES.get(key) or key.replace("_", " ").capitalize()


def shipped(key: str) -> Shipped:
    """The message of this key, or a refusal."""
    if key not in MESSAGES:
        raise UnknownMessage(key=key)
    return MESSAGES[key]
