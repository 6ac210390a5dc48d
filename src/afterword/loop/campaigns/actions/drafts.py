"""Campaigns that have not started: begun, changed, copied, thrown away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.messages import door as messages
from afterword.loop.segments import door as segments

from ..models import Campaign
from ..rules import plans
from ..types import BadCampaign, NoSuchCampaign, NotNow, Plan

KIND = "campaign"  # of questions for a second person


@transaction.atomic
def keep(key: str, *, name: str, plan: Plan, at: datetime, by: str = "", about: str = "") -> Campaign:
    """Keep a draft under its key; a new one where there is none. Raises BadCampaign, NotNow."""
    name = name.strip()[:120]
    if not name or not key:
        raise BadCampaign(field="name", fault="it needs one")
    well_formed(plan)
    row = Campaign.objects.select_for_update().filter(key=key).first() or Campaign(key=key, created_at=at, created_by=by)
    need_state(row, "changed", "draft")
    row.name, row.about, row.store, row.plan = name, about.strip()[:300], plan.store, plan.plain()
    row.save()
    return row


def well_formed(plan: Plan) -> Plan:
    """The plan, if it can be carried out as this shop is set up. Raises BadCampaign."""
    known = channels.ways()
    carried = {channel for channel in channels.CHANNELS if channels.way_of(known, channel, plan.store)}
    return plans.checked(plan, dict(segments.names()), _speak_of_one(), {"email", channels.ANY_CHANNEL, *carried})


def _speak_of_one() -> dict[str, bool]:
    """Every message that can be sent, and whether it speaks of one order or moment. One statement."""
    return {key: plans.speaks_of_one(key, kind.uses) for key, kind in messages.kinds().items()}


def sayable() -> tuple[str, ...]:
    """The messages that a campaign may send."""
    return tuple(key for key, of_one in _speak_of_one().items() if not of_one)


def free_key(name: str) -> str:
    """A key for this name that no campaign has."""
    wish = plans.key_from(name)
    taken = set(Campaign.objects.filter(key__startswith=wish).values_list("key", flat=True))
    return next(key for n in range(1, len(taken) + 2) if (key := wish if n == 1 else f"{wish}_{n}") not in taken) if wish else ""


def copy(key: str, *, name: str, at: datetime, by: str = "") -> Campaign:
    """A draft that says what another campaign said, under another name, and as a rehearsal: nothing leaves because of a copy."""
    row = locked(key)
    plan = Plan.of({**row.plan, "live": False})
    return keep(free_key(name), name=name, plan=plan, at=at, by=by, about=row.about)


@transaction.atomic
def throw_away(key: str) -> None:
    """Delete a draft."""
    row = locked(key)
    need_state(row, "deleted", "draft")
    row.delete()
    accounts.withdraw_approval(KIND, key)


def locked(key: str) -> Campaign:
    """The campaign, nobody else changing it while the transaction lasts. Raises NoSuchCampaign."""
    row = Campaign.objects.filter(key=key).first()
    if row is None:
        raise NoSuchCampaign(key=key)
    return Campaign.objects.select_for_update().get(pk=row.pk) if transaction.get_connection().in_atomic_block else row


def need_state(row: Campaign, deed: str, *allowed: str) -> None:
    """Refuse what cannot be done in the state that a campaign is in."""
    if row.state not in allowed:
        raise NotNow(name=row.name, deed=deed, state=row.state)
