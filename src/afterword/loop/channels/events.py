"""By which addresses a customer is reached, beside those that the shop knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from afterword.kernel.shapes import Event, prop


@dataclass(frozen=True, kw_only=True)
class ChannelLinked(Event):
    """A customer can be reached by an address of a channel: they came to the bot by their link, or let the browser show notices."""

    name: ClassVar[str] = "channel.linked"
    example: ClassVar[dict[str, Any]] = {"channel": "telegram", "how": "link"}

    channel: str = prop("text", "telegram, web_push, viber, messenger …", required=True)
    how: str | None = prop("text", "how it came about: link, opt_in, wrote")
    address: str | None = prop("text", "the address in that channel", personal=True)


@dataclass(frozen=True, kw_only=True)
class ChannelUnlinked(Event):
    """An address of a channel reaches a customer no more: they blocked the bot, took the permission back, or it is gone."""

    name: ClassVar[str] = "channel.unlinked"
    example: ClassVar[dict[str, Any]] = {"channel": "telegram", "reason": "stopped"}

    channel: str = prop("text", "telegram, web_push, viber, messenger …", required=True)
    reason: str | None = prop("text", "why: stopped, gone, moved, asked")
    address: str | None = prop("text", "the address in that channel; none: all of them", personal=True)


@dataclass(frozen=True, kw_only=True)
class ChannelPreferred(Event):
    """A customer said how they would rather hear from the shop. The last word counts."""

    name: ClassVar[str] = "channel.preferred"
    example: ClassVar[dict[str, Any]] = {"channel": "whatsapp", "how": "preferences"}

    channel: str = prop("text", "email, sms, whatsapp …; empty: whatever the shop thinks best", required=True)
    every_store: bool | None = prop("bool", "for all stores of the company, not only the event's own")
    how: str | None = prop("text", "where it was said: preferences, support")


EVENTS: tuple[type[Event], ...] = (ChannelLinked, ChannelUnlinked, ChannelPreferred)
