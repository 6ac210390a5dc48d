"""A second person's word on the command line: by it something is published or started, or it is sent back. Never one's own."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from afterword.faces.queries import Question, questions
from afterword.kernel.errors import Refused
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door as campaigns
from afterword.loop.journeys import door as journeys


class NothingWaits(Refused):
    """Nothing called “{which}” waits for a second person. `afterword approvals list` shows what does."""


class TwoWait(Refused):
    """“{which}” is a journey and a campaign. Say journey:{which} or campaign:{which}."""


class NotWhatYouSaw(Refused):
    """“{name}” was changed since you looked at it. Look again with `afterword approvals show {which}`."""


def question(which: str, member: accounts.Member | None) -> Question:
    """What waits under this name, within a member's reach. Raises NothingWaits, TwoWait."""
    stores = accounts.person(member).stores if member else None
    found = [one for one in questions(None if stores is None else sorted(stores)) if which in (one.which, one.asked.subject)]
    if not found:
        raise NothingWaits(which=which[:80])
    if len({one.which for one in found}) > 1:
        raise TwoWait(which=which[:80])
    return found[-1]


@transaction.atomic
def decide(which: str, *, approved: bool, by: accounts.Member, at: datetime, said: str = "", mark: str = "") -> Question:
    """Approve it, which publishes or starts it, or send it back. Audited. All of it, or nothing.

    Args:
        mark: the beginning of the mark under which it was looked at; empty: as it was asked.

    Raises NothingWaits, TwoWait, NotWhatYouSaw, and what the rooms refuse: one's own question, what was changed since, what may not be.
    """
    accounts.need(by, "approve")
    asked = question(which, by)
    if asked.stale or not asked.asked.mark.startswith(mark):
        raise NotWhatYouSaw(name=asked.name, which=asked.which)
    key, digest = asked.asked.subject, asked.asked.mark
    if asked.campaign is not None:
        campaigns.decide_approval(key, approved=approved, mark=digest, by=by, at=at, said=said)
        return asked
    if approved:
        accounts.need(by, "publish")
    answered = journeys.decide(key, approved=approved, by=by, at=at, mark=digest, said=said)
    word = "journey approved" if approved else "journey sent back"
    accounts.audit(by, word, key, before={"asked_by": answered.asked_by.email}, after={"draft": digest}, reason=said[:1000])
    if approved:
        wish = journeys.wish_of(answered)
        version = journeys.publish(key, at=at, by=by.email, since=wish.since if wish else None)
        earlier = {"since": wish.since.isoformat()} if wish else {}
        accounts.audit(by, "journey published", key, after={"version": version.number, **earlier})
    return asked


def lines_of(asked: Question) -> list[str]:
    """What a journey's draft changes, step by step, or what was foreseen of a campaign when it was asked."""
    if asked.campaign is not None:
        plan, found = campaigns.Plan.of(asked.campaign.plan), asked.asked.details.get("foreseen")
        goes = [f"{', '.join(plan.messages)} to “{plan.segment}” by {plan.channel}, {'to customers' if plan.live else 'as a rehearsal'}"]
        return goes + ([f"{found['go']:,} of {found['people']:,} people would have got it at once"] if found else [])
    journey, wish = journeys.known(asked.asked.subject), journeys.wish_of(asked.asked)
    found_lines = [f"lets in who did since {wish.since:%-d %b %Y} what it waits for"] if wish else []
    after = journeys.drawn(journeys.loaded(asked.asked.details.get("text") or journey.draft))
    if journey.live is None:
        return [*found_lines, f"it is new: {len(after.steps)} steps"]
    changed = journeys.differences(journeys.drawn(journeys.loaded(journey.live.text)), after)
    return [*found_lines, *(f"{one.kind}: {one.name}{'; ' + '; '.join(one.details) if one.details else ''}" for one in changed)]
