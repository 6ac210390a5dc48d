"""A second person's word on a draft, where the shop wants it: asked, given or refused, and needed before it is published."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.models import Approval

from ..models import Journey as JourneyRow
from ..types import Enrol, NeedsApproval, NoSuchJourney, NotAsked
from .drafts import KIND, digest, understood


@transaction.atomic
def ask_approval(key: str, *, by: accounts.Member, at: datetime, note: str = "", enrol: Enrol | None = None) -> None:
    """Ask that somebody else approve the draft as it stands now. An earlier question that nobody answered is withdrawn by it."""
    row = _locked(key)
    understood(row.draft)
    wish = {"since": enrol.since.isoformat(), "people": enrol.people, "reached": enrol.reached} if enrol else None
    details = {"text": row.draft, **({"enrol": wish} if wish else {})}
    accounts.ask_approval(KIND, key, digest(row.draft), by=by, at=at, note=note, details=details)


@transaction.atomic
def decide(key: str, *, approved: bool, by: accounts.Member, at: datetime, mark: str, said: str = "") -> Approval:
    """Approve the draft that was asked about, or send it back. Refused to whoever asked, and when the draft has changed since."""
    row = _locked(key)
    if digest(row.draft) != mark:
        raise NotAsked(name=row.name)
    try:
        return accounts.decide_approval(KIND, key, mark, approved=approved, by=by, at=at, said=said)
    except accounts.NothingAsked as nothing:
        raise NotAsked(name=row.name) from nothing


def need_approval(row: JourneyRow, mark: str, by: str) -> None:
    """Refuse to publish for a member what no second person has approved, where the shop wants that."""
    if by and accounts.installation().second_person and not accounts.approved(KIND, row.key, mark):
        raise NeedsApproval(name=row.name)


def waiting(key: str) -> Approval | None:
    """The question about this journey's draft that nobody has answered yet, if the draft is still the same; else the last answer to it."""
    row = JourneyRow.objects.filter(key=key).first()
    return accounts.approval_of(KIND, key, digest(row.draft)) if row else None


def wish_of(asked: Approval) -> Enrol | None:
    """Whom whoever asked wished to let in."""
    wish = asked.details.get("enrol")
    return Enrol(datetime.fromisoformat(wish["since"]), wish.get("people"), wish.get("reached")) if wish else None


def _locked(key: str) -> JourneyRow:
    row = JourneyRow.objects.select_for_update().filter(key=key).first()
    if row is None:
        raise NoSuchJourney(key=key)
    return row
