"""What happens to a campaign under way without a person: its pace is kept, its test is decided, and it ends."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.messages import door as messages

from ..models import Campaign
from ..queries.figures import arms, first_part_is_over, waiting
from ..queries.listing import origin_of
from ..rules.stopping import verdict
from ..types import ARMS, AlreadyDecided, BadCampaign, Plan, Verdict
from .drafts import locked, need_state
from .release import send_rest

PACED = "select id from campaign where state = 'sending' and coalesce((plan ->> 'per_minute')::int, 0) > 0"


def pace(now: datetime) -> int:
    """Keep every campaign that has a pace to it; how many messages were given a turn."""
    done = 0
    for (id,) in sql.rows(PACED):
        with transaction.atomic():
            row = Campaign.objects.select_for_update().get(pk=id)
            if row.state != "sending" or row.paced_until is None or row.last_leaves_at is None or now <= row.paced_until:
                continue
            given, last = messages.spread(
                origin_of(row.key), now, per_minute=Plan.of(row.plan).per_minute, since=row.paced_until, last=row.last_leaves_at
            )
            if given:
                row.paced_until, row.last_leaves_at = now, last
                row.save(update_fields=["paced_until", "last_leaves_at"])
            done += given
    return done


def conclude(now: datetime) -> int:
    """Ask the stopping rule of every campaign under way, and end those of which nothing waits any more; how many changed."""
    changed = 0
    for key in Campaign.objects.filter(state="sending").values_list("key", flat=True):
        with transaction.atomic():
            row = locked(key)
            if row.state == "sending":
                changed += _decided(row, now) or _ended(row, now)
    return changed


def asked(row: Campaign, now: datetime) -> Verdict:
    """What the stopping rule says now."""
    plan = Plan.of(row.plan)
    return verdict(plan, arms(row, now), over=first_part_is_over(row, now))


def _decided(row: Campaign, now: datetime) -> bool:
    plan = Plan.of(row.plan)
    if not plan.tests or row.decided_at is not None or row.found is not None:
        return False
    found = asked(row, now)
    if found.state == "not_yet":
        return False
    row.found = {"state": found.state, "winner": found.winner, "at": now.isoformat(), "pairs": [vars(pair) for pair in found.pairs]}
    sends = plan.winner == "auto" and (found.state == "won" or plan.unclear == "first")
    if sends:
        row.winner, row.decided_at = found.winner or ARMS[0], now
        send_rest(row, row.winner, now)
    row.save()
    return True


def _ended(row: Campaign, now: datetime) -> bool:
    plan = Plan.of(row.plan)
    if waiting(row) or (plan.tests and row.decided_at is None):
        return False
    row.state, row.ended_at = "done", now
    row.save(update_fields=["state", "ended_at"])
    return True


@transaction.atomic
def choose(key: str, arm: str, *, by: accounts.Member | None, at: datetime) -> int:
    """A person chooses which one goes to the rest, whatever the rule says; how many it goes to. Audited, with what the rule had said.

    Raises AlreadyDecided, BadCampaign, NotNow.
    """
    row = locked(key)
    if by is not None:
        accounts.need(by, "publish", row.store)
    need_state(row, "decided", "sending", "paused")
    if row.decided_at is not None:
        raise AlreadyDecided
    plan = Plan.of(row.plan)
    if not plan.tests or arm not in dict(plan.arms):
        raise BadCampaign(field="winner", fault="choose one of those that were tested")
    said = asked(row, at)
    row.winner, row.decided_at, row.decided_by = arm, at, by.email if by else "command line"
    meant = send_rest(row, arm, at)
    row.save()
    if row.state == "paused":
        messages.put_origin_to_sleep(origin_of(key), at)
    accounts.audit(by, "campaign winner chosen", key, after={"winner": arm, "the rule said": said.state, "goes to": meant})
    return meant


def next_due(now: datetime) -> datetime | None:
    """When the next campaign is let go."""
    found: datetime | None = sql.value("select min(release_at) from campaign where state = 'scheduled' and release_at > %s", [now])
    return found
