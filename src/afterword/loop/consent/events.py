"""What a customer allows and forbids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from afterword.kernel.shapes import Event, prop


@dataclass(frozen=True, kw_only=True)
class ConsentEvent(Event):
    """What every event about consent carries."""

    example: ClassVar[dict[str, Any]] = {
        "channel": "email", "purpose": "marketing", "how": "checkout",
        "proof": {"words": "Yes, write to me about new honey.", "page": "https://shop.example/checkout"},
    }  # fmt: skip

    channel: str = prop("text", "email, sms, whatsapp, push … or all", required=True)
    purpose: str = prop("text", "marketing, service … or all", required=True)
    every_store: bool | None = prop("bool", "for all stores of the company, not only the event's own")
    how: str | None = prop("text", "where it was said: checkout, preferences, unsubscribe, import, support")
    proof: dict[str, Any] | None = prop(
        "json", "words (what was shown), page or place (where), network address; without the first two a grant counts for nothing",
        personal=True,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ConsentGranted(ConsentEvent):
    """A customer allowed to be written to. What cannot be proven is no consent (GDPR, article 7(1))."""

    name: ClassVar[str] = "consent.granted"

    ground: str | None = prop(
        "text", "opt_in (they said so), double_opt_in (and confirmed it from their mailbox), soft_opt_in (a customer who could object)"
    )


@dataclass(frozen=True, kw_only=True)
class ConsentAsked(ConsentEvent):
    """Somebody typed an address to be written to. It counts once it is confirmed from that mailbox (double opt-in)."""

    name: ClassVar[str] = "consent.asked"


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(ConsentEvent):
    """A customer took it back."""

    name: ClassVar[str] = "consent.withdrawn"


@dataclass(frozen=True, kw_only=True)
class ConsentPaused(Event):
    """A customer wants to hear nothing for a while but what concerns an order. What they allow stays as it is; the last pause counts."""

    name: ClassVar[str] = "consent.paused"
    example: ClassVar[dict[str, Any]] = {"until": "2026-06-01T00:00:00Z", "how": "preferences"}

    until: datetime = prop("instant", "when the pause ends by itself", required=True)
    every_store: bool | None = prop("bool", "for all stores of the company, not only the event's own")
    how: str | None = prop("text", "where it was said: preferences, unsubscribe, support")


@dataclass(frozen=True, kw_only=True)
class ConsentResumed(Event):
    """A customer ended the pause before its time."""

    name: ClassVar[str] = "consent.resumed"
    example: ClassVar[dict[str, Any]] = {"how": "preferences"}

    every_store: bool | None = prop("bool", "for all stores of the company, not only the event's own")
    how: str | None = prop("text", "where it was said: preferences, support")


@dataclass(frozen=True, kw_only=True)
class ConsentWished(Event):
    """A customer said how often, or at which hours, they do not want to be written to. The last wish about each counts."""

    name: ClassVar[str] = "consent.wished"
    example: ClassVar[dict[str, Any]] = {"about": "quiet", "wish": "20:00-10:00", "how": "preferences"}

    about: str = prop("text", "quiet (hours) or often (messages a week)", required=True)
    wish: str | None = prop("text", "such as 20:00-10:00, or 1; empty takes the wish back")
    every_store: bool | None = prop("bool", "for all stores of the company, not only the event's own")
    how: str | None = prop("text", "where it was said: preferences, support")


@dataclass(frozen=True, kw_only=True)
class AddressBounced(Event):
    """An address does not work; nothing more is sent to it."""

    name: ClassVar[str] = "address.bounced"
    example: ClassVar[dict[str, Any]] = {"channel": "email", "permanent": True, "reason": "no_such_mailbox"}

    channel: str = prop("text", "email, sms …", required=True)
    permanent: bool | None = prop("bool", "it will not work later either")
    reason: str | None = prop("text", "why, in a word")
    address: str | None = prop("text", "the address", personal=True)


EVENTS: tuple[type[Event], ...] = (
    ConsentGranted, ConsentAsked, ConsentWithdrawn, ConsentPaused, ConsentResumed, ConsentWished, AddressBounced,
)  # fmt: skip
