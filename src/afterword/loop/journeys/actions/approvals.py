"""A second person's word on a draft, where the shop wants it: asked, given or refused, and needed before it is published."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from afterword.loop.accounts import door as accounts

from ..models import Approval
from ..models import Journey as JourneyRow
from ..types import Enrol, NeedsApproval, NoSuchJourney, NotAsked, OwnRequest
from .drafts import digest, understood


@transaction.atomic
def ask_approval(key: str, *, by: str, at: datetime, note: str = "", enrol: Enrol | None = None) -> None:
    """Ask that somebody else approve the draft as it stands now. An earlier question that nobody answered is withdrawn by it."""
    row = _locked(key)
    understood(row.draft)
    row.approvals.filter(decided_at=None).delete()
    wish = {"enrol_since": enrol.since, "enrol_people": enrol.people, "enrol_reached": enrol.reached} if enrol else {}
    Approval.objects.create(journey=row, mark=digest(row.draft), text=row.draft, note=note.strip()[:1000], asked_by=by, asked_at=at, **wish)


@transaction.atomic
def decide(key: str, *, approved: bool, by: str, at: datetime, mark: str, said: str = "") -> Approval:
    """Approve the draft that was asked about, or send it back. Refused to whoever asked, and when the draft has changed since."""
    row = _locked(key)
    asked = row.approvals.select_for_update().filter(decided_at=None).first()
    if asked is None or asked.mark != mark or digest(row.draft) != mark:
        raise NotAsked(name=row.name)
    if asked.asked_by == by:
        raise OwnRequest()
    asked.decided_by, asked.decided_at, asked.approved, asked.said = by, at, approved, said.strip()[:1000]
    asked.save(update_fields=["decided_by", "decided_at", "approved", "said"])
    return asked


def need_approval(row: JourneyRow, mark: str, by: str) -> None:
    """Refuse to publish for a member what no second person has approved, where the shop wants that."""
    if by and accounts.installation().second_person and not row.approvals.filter(mark=mark, approved=True).exists():
        raise NeedsApproval(name=row.name)


def waiting(key: str) -> Approval | None:
    """The question about this journey's draft that nobody has answered yet, if the draft is still the same; else the last answer to it."""
    row = JourneyRow.objects.filter(key=key).first()
    return row.approvals.filter(mark=digest(row.draft)).first() if row else None


def _locked(key: str) -> JourneyRow:
    row = JourneyRow.objects.select_for_update().filter(key=key).first()
    if row is None:
        raise NoSuchJourney(key=key)
    return row
