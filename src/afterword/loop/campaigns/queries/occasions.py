"""What campaigns invite to, for their letters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from afterword.loop.messages import door as messages

from ..models import Campaign
from .listing import origin_of


def occasions(origins: set[str]) -> dict[str, dict[str, Any]]:
    """origin → name, starts_at, place, of those that are invitations. No statement where none is a campaign's."""
    keys = [origin.removeprefix(messages.CAMPAIGN) for origin in origins if origin.startswith(messages.CAMPAIGN)]
    if not keys:
        return {}
    return {
        origin_of(row.key): {"name": row.name, "starts_at": datetime.fromisoformat(row.plan["event_at"]), "place": row.plan["place"]}
        for row in Campaign.objects.filter(key__in=keys)
        if row.plan["kind"] == "invitation" and row.plan["event_at"]
    }
