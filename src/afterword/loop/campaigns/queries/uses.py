"""Which messages campaigns send, or are about to."""

from __future__ import annotations

from afterword.loop.messages import door as messages

from ..models import Campaign

UNDER_WAY = ("draft", "scheduled", "sending", "paused")


def uses() -> list[messages.Use]:
    """Each message with each campaign that is not over: whom it reaches has no order that it would speak of. One statement."""
    rows = Campaign.objects.filter(state__in=UNDER_WAY).order_by("name")
    return [messages.Use(message, row.name, of_order=False, to_many=True) for row in rows for message in row.plan.get("messages", ())]
