"""What campaigns invite to, for their letters."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from afterword.loop.accounts import door as accounts
from afterword.loop.messages import door as messages

from ..models import Campaign
from ..types import Plan
from .listing import origin_of

HOURS = timedelta(hours=2)  # how long an event is taken to last where nobody has said when it ends


def occasions(origins: set[str]) -> dict[str, dict[str, Any]]:
    """origin → name, starts_at, ends_at, place, zone, uid, of those that are invitations. No statement where none is a campaign's."""
    keys = [origin.removeprefix(messages.CAMPAIGN) for origin in origins if origin.startswith(messages.CAMPAIGN)]
    if not keys:
        return {}
    zones = {store.key: store.zone for store in accounts.stores()}
    return {
        origin_of(row.key): invited(row, zones.get(row.store, "UTC"))
        for row in Campaign.objects.filter(key__in=keys)
        if row.plan["kind"] == "invitation" and row.plan["event_at"]
    }


def invited(row: Campaign, zone: str) -> dict[str, Any]:
    """What a campaign invites to. The place keeps its store's time."""
    plan = Plan.of(row.plan)
    first = datetime.fromisoformat(plan.event_at)
    last = datetime.fromisoformat(plan.event_until) if plan.event_until else first + HOURS
    return {
        "name": plan.event_title or row.name, "starts_at": first, "ends_at": last, "place": plan.place, "zone": zone,
        "uid": f"campaign-{row.key}",
    }  # fmt: skip
