"""Starting a campaign: its segment is pinned, its instant fixed. From then on its plan stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.messages import door as messages
from afterword.loop.segments import door as segments

from ..models import Campaign
from ..queries.listing import origin_of
from ..rules import instants, plans
from ..types import BadCampaign, NeedsApproval, Plan
from .drafts import KIND, locked, need_state, well_formed

ZONES = "select distinct zone from customers_customer where zone is not null"


@transaction.atomic
def start(key: str, *, at: datetime, by: accounts.Member | None = None) -> Campaign:
    """Have it go when its time comes. Wants the deed `publish` in its store, and a second person's word where the shop wants that. Audited.

    Raises BadCampaign, NeedsApproval, NotNow, NotAllowed, NoServer.
    """
    row = locked(key)
    if by is not None:
        accounts.need(by, "publish", row.store)
    need_state(row, "started", "draft")
    plan = well_formed(Plan.of(row.plan))
    need_approval(row, by)
    accounts.withdraw_approval(KIND, key)
    row.revision_id = segments.live_revision(plan.segment)
    row.release_at = moment_of(plan, at)
    row.everywhere = accounts.installation().global_holdout if category(plan) == "marketing" else 0.0
    row.state, row.started_by = "scheduled", by.email if by else ""
    row.save()
    if plan.live:
        messages.go_live(origin_of(key), answer="does_not", by=by, at=at)
    accounts.audit(by, "campaign started", key, after={**plan.plain(), "release_at": row.release_at.isoformat()})
    return row


def moment_of(plan: Plan, at: datetime) -> datetime:
    """When it is let go: now, at the instant, or when the chosen hour comes to the first zone. Raises BadCampaign for what has passed."""
    if chosen := plans.starts_at(plan):
        if chosen < at:
            raise BadCampaign(field="at", fault="that has passed")
        return chosen
    if turn := plans.local_turn(plan):
        zones = {zone for (zone,) in sql.rows(ZONES)} | {accounts.store(plan.store).zone}
        turns = [instants.instant(*turn, zone) for zone in zones]
        if max(turns) < at and plan.late == "at_once":
            raise BadCampaign(field="day", fault="that hour has passed everywhere")
        return max(at, min(turns))
    return at


def category(plan: Plan) -> str:
    """The strictest class that any of its messages has here."""
    found = [plans.category_of(plan, messages.category(one)) for one in plan.messages]
    return "marketing" if "marketing" in found else found[0]


def need_approval(row: Campaign, by: accounts.Member | None) -> None:
    """Refuse to a member what nobody else has approved, where the shop wants that."""
    if by is not None and accounts.installation().second_person and not accounts.approved(KIND, row.key, mark_of(row)):
        raise NeedsApproval(name=row.name)


def mark_of(row: Campaign) -> str:
    """The digest of what is approved."""
    return plans.mark(row.name, Plan.of(row.plan))


@transaction.atomic
def ask_approval(key: str, *, by: accounts.Member, at: datetime, note: str = "", foreseen: dict[str, Any] | None = None) -> None:
    """Ask that somebody else approve the campaign as it stands now. Audited.

    Args:
        foreseen: what was foreseen of it when it was asked, as `Foreseen.plain` says it.
    """
    row = locked(key)
    accounts.need(by, "publish", row.store)
    need_state(row, "asked about", "draft")
    well_formed(Plan.of(row.plan))
    accounts.ask_approval(KIND, key, mark_of(row), by=by, at=at, note=note, details={"foreseen": foreseen} if foreseen else None)
    accounts.audit(by, "campaign approval asked", key, after={"mark": mark_of(row)}, reason=note[:1000])


@transaction.atomic
def decide_approval(key: str, *, approved: bool, mark: str, by: accounts.Member, at: datetime, said: str = "") -> None:
    """Approve what was asked about, which starts it, or send it back. Audited."""
    row = locked(key)
    accounts.need(by, "approve", row.store)
    need_state(row, "approved", "draft")
    accounts.decide_approval(KIND, key, mark if mark == mark_of(row) else "", approved=approved, by=by, at=at, said=said)
    accounts.audit(by, "campaign approved" if approved else "campaign sent back", key, after={"mark": mark}, reason=said[:1000])
    if approved:
        start(key, at=at, by=by)
