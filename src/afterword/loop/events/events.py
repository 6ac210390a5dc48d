"""What customers do on the site and with messages, and what experiments did with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from afterword.kernel.shapes import Event, Subject, prop

RUN = "01926b2e-7a00-7000-8000-000000000001"
CATEGORIES = ("transactional", "service", "marketing")


@dataclass(frozen=True, kw_only=True)
class PageViewed(Event):
    """A customer looked at a page of the shop."""

    name: ClassVar[str] = "page.viewed"
    from_browsers: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {"url": "https://shop.example/tea", "title": "Tea", "zone": "Europe/Bucharest"}

    url: str | None = prop("text", "the page's address, without its query")
    path: str | None = prop("text", "the page's path")
    title: str | None = prop("text", "the page's title")
    referrer: str | None = prop("text", "where the visitor came from")
    campaign: str | None = prop("text", "the campaign named in the address (utm_campaign)")
    zone: str | None = prop("text", "the browser's IANA zone")
    language: str | None = prop("text", "the browser's language (BCP 47)")


@dataclass(frozen=True, kw_only=True)
class ProductViewed(Event):
    """A customer looked at a product."""

    name: ClassVar[str] = "product.viewed"
    from_browsers: ClassVar[bool] = True
    subject: ClassVar[Subject] = "product"
    example: ClassVar[dict[str, Any]] = {"title": "Green tea", "sku": "TEA-1", "price_minor": 1290, "currency": "EUR"}

    title: str | None = prop("text", "the product's name")
    sku: str | None = prop("text", "the shop's stock code")
    category: str | None = prop("text", "the product's category")
    price_minor: int | None = prop("minor", "the price shown", unit="currency")
    currency: str | None = prop("currency", "the currency of the price")
    url: str | None = prop("text", "the product page")


@dataclass(frozen=True, kw_only=True)
class OrderStatusViewed(Event):
    """A customer opened the status page of an order."""

    name: ClassVar[str] = "order_status.viewed"
    subject: ClassVar[Subject] = "order"
    example: ClassVar[dict[str, Any]] = {"via": "email"}

    via: str | None = prop("text", "how they came: email, sms, site, direct")


@dataclass(frozen=True, kw_only=True)
class SearchPerformed(Event):
    """A customer searched in the shop."""

    name: ClassVar[str] = "search.performed"
    from_browsers: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {"query": "green tea", "results": 12}

    query: str | None = prop("text", "what was searched for; free text may name people", personal=True)
    results: int | None = prop("int", "how many results were shown")


@dataclass(frozen=True, kw_only=True)
class CartUpdated(Event):
    """A customer's cart changed."""

    name: ClassVar[str] = "cart.updated"
    from_browsers: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {"cart": "c-991", "items": 2, "total_minor": 2580, "currency": "EUR"}

    cart: str | None = prop("text", "the shop's own reference of the cart")
    items: int | None = prop("int", "how many items are in it")
    total_minor: int | None = prop("minor", "what they cost", unit="currency")
    currency: str | None = prop("currency", "the currency of the total")
    lines: list[Any] | None = prop("json", "the lines: product, sku, title, quantity, unit_price_minor")


@dataclass(frozen=True, kw_only=True)
class SegmentEntered(Event):
    """A customer came into a segment."""

    name: ClassVar[str] = "segment.entered"
    example: ClassVar[dict[str, Any]] = {"segment": "vip"}

    segment: str = prop("text", "the segment's key", required=True)


@dataclass(frozen=True, kw_only=True)
class SegmentLeft(Event):
    """A customer left a segment."""

    name: ClassVar[str] = "segment.left"
    example: ClassVar[dict[str, Any]] = {"segment": "vip"}

    segment: str = prop("text", "the segment's key", required=True)


@dataclass(frozen=True, kw_only=True)
class MessageEvent(Event):
    """What every event of a message carries."""

    subject: ClassVar[Subject] = "message"
    example: ClassVar[dict[str, Any]] = {
        "message": "order_confirmation", "journey": "order_confirmation", "run": RUN, "step": "confirm",
        "category": "transactional", "channel": "email",
    }  # fmt: skip

    message: str = prop("text", "the message's key", required=True)
    journey: str | None = prop("text", "the journey it came from; always there when it came from one")
    run: str | None = prop("uuid", "the run it belongs to; always there when it came from a journey")
    step: str | None = prop("text", "the step that wanted it")
    campaign: str | None = prop("text", "the campaign it came from")
    category: str | None = prop("text", "why it is allowed to be sent", choices=CATEGORIES)
    channel: str | None = prop("text", "how it goes: email, sms, push …")
    language: str | None = prop("text", "the language it is written in (BCP 47)")


@dataclass(frozen=True, kw_only=True)
class MessageHeld(MessageEvent):
    """The guard keeps a message back for now. Told once per reason."""

    name: ClassVar[str] = "message.held"

    reason: str | None = prop("text", "why it waits: quiet_hours, cap, arbitration …")
    until: str | None = prop("instant", "when it is asked again")


@dataclass(frozen=True, kw_only=True)
class MessageDropped(MessageEvent):
    """The guard decided that a message does not go out at all."""

    name: ClassVar[str] = "message.dropped"

    reason: str | None = prop("text", "why it does not go: no_consent, suppressed, too_late, cancelled …")


@dataclass(frozen=True, kw_only=True)
class MessageSent(MessageEvent):
    """The provider accepted the message."""

    name: ClassVar[str] = "message.sent"

    provider: str | None = prop("text", "who carries it")
    rehearsal: bool | None = prop("bool", "it went to the local mailbox only, because the shop is not live")


@dataclass(frozen=True, kw_only=True)
class MessageFailed(MessageEvent):
    """The message could not be handed over and will not be tried again."""

    name: ClassVar[str] = "message.failed"

    reason: str | None = prop("text", "what went wrong, in a word")


@dataclass(frozen=True, kw_only=True)
class MessageDelivered(MessageEvent):
    """The receiving side took the message."""

    name: ClassVar[str] = "message.delivered"


@dataclass(frozen=True, kw_only=True)
class MessageRead(MessageEvent):
    """The channel says that the message was read (messengers do; mail cannot)."""

    name: ClassVar[str] = "message.read"


@dataclass(frozen=True, kw_only=True)
class MessageOpened(MessageEvent):
    """The picture of the mail was loaded. `by_machine` tells a mail scanner or a privacy proxy from a person."""

    name: ClassVar[str] = "message.opened"

    by_machine: bool | None = prop("bool", "probably no person")


@dataclass(frozen=True, kw_only=True)
class MessageClicked(MessageEvent):
    """A link of the message was followed."""

    name: ClassVar[str] = "message.clicked"

    url: str | None = prop("text", "where it leads, as written in the message, without what is about the person")
    link: str | None = prop("text", "the link's name in the message")
    by_machine: bool | None = prop("bool", "probably no person")


@dataclass(frozen=True, kw_only=True)
class MessageBounced(MessageEvent):
    """The message came back."""

    name: ClassVar[str] = "message.bounced"

    permanent: bool | None = prop("bool", "the address will not work later either")
    reason: str | None = prop("text", "why: no_such_mailbox, mailbox_full, blocked, unknown …")
    detail: str | None = prop("text", "the receiving side's own words", personal=True)


@dataclass(frozen=True, kw_only=True)
class MessageComplained(MessageEvent):
    """The customer called the message spam."""

    name: ClassVar[str] = "message.complained"


@dataclass(frozen=True, kw_only=True)
class MessageUnsubscribed(MessageEvent):
    """The customer unsubscribed by means of this message."""

    name: ClassVar[str] = "message.unsubscribed"

    purpose: str | None = prop("text", "what they no longer want; empty means everything")


@dataclass(frozen=True, kw_only=True)
class MessageReplied(MessageEvent):
    """The customer answered the message."""

    name: ClassVar[str] = "message.replied"

    text: str | None = prop("text", "what they wrote", personal=True)
    automatic: bool | None = prop("bool", "an out-of-office note or another machine's answer")


@dataclass(frozen=True, kw_only=True)
class ExperimentAssigned(Event):
    """A customer was given an arm of an experiment."""

    name: ClassVar[str] = "experiment.assigned"
    example: ClassVar[dict[str, Any]] = {"experiment": "subject_line", "arm": "b", "journey": "win_back", "run": RUN}

    experiment: str = prop("text", "the experiment's key", required=True)
    arm: str = prop("text", "the arm", required=True)
    journey: str | None = prop("text", "the journey it is part of")
    run: str | None = prop("uuid", "the run it happened in")


@dataclass(frozen=True, kw_only=True)
class ExperimentHeldOut(Event):
    """A customer was left without the messages of a journey or campaign, so that it can be told what they are worth."""

    name: ClassVar[str] = "experiment.held_out"
    example: ClassVar[dict[str, Any]] = {"journey": "win_back", "run": RUN}

    journey: str | None = prop("text", "the journey, or `campaign:` and the key of the campaign")
    campaign: str | None = prop("text", "the campaign, where it is one")
    run: str | None = prop("uuid", "the run it happened in; of a campaign, its customer")
    everywhere: bool | None = prop("bool", "whether they are left alone by all marketing, and not by this one only")


@dataclass(frozen=True, kw_only=True)
class RecommendationShown(Event):
    """A product was recommended to a customer."""

    name: ClassVar[str] = "recommendation.shown"
    subject: ClassVar[Subject] = "product"
    example: ClassVar[dict[str, Any]] = {"place": "order_status", "position": 1, "model": "bought_together"}

    place: str | None = prop("text", "where: order_status, mail, page")
    position: int | None = prop("int", "which place in the list, from 1")
    model: str | None = prop("text", "what chose it")


@dataclass(frozen=True, kw_only=True)
class RecommendationClicked(RecommendationShown):
    """A customer followed a recommendation."""

    name: ClassVar[str] = "recommendation.clicked"


EVENTS: tuple[type[Event], ...] = (
    PageViewed, ProductViewed, OrderStatusViewed, SearchPerformed, CartUpdated, SegmentEntered, SegmentLeft,
    MessageHeld, MessageDropped, MessageSent, MessageFailed, MessageDelivered, MessageRead, MessageOpened,
    MessageClicked, MessageBounced, MessageComplained, MessageUnsubscribed, MessageReplied,
    ExperimentAssigned, ExperimentHeldOut, RecommendationShown, RecommendationClicked,
)  # fmt: skip
