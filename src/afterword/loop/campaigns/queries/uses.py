"""Which messages campaigns send, or are about to, and by what."""

from __future__ import annotations

from afterword.loop.messages import door as messages

from ..models import Campaign
from ..types import Plan

UNDER_WAY = ("draft", "scheduled", "sending", "paused")


def uses() -> list[messages.Use]:
    """Each message with each campaign that is not over: whom it reaches has no order that it would speak of. One statement."""
    rows = Campaign.objects.filter(state__in=UNDER_WAY).order_by("name")
    return [messages.Use(message, row.name, of_order=False, to_many=True) for row in rows for message in row.plan.get("messages", ())]


def ways(origin: str) -> tuple[str, ...] | None:
    """The channel of a campaign; None where the origin is none."""
    row = Campaign.objects.filter(key=origin.removeprefix(messages.CAMPAIGN)).first() if origin.startswith(messages.CAMPAIGN) else None
    return (Plan.of(row.plan).channel,) if row else None
