"""Laying hands on a campaign under way: stop, pause, go on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from afterword.loop.accounts import door as accounts
from afterword.loop.messages import door as messages

from ..models import Campaign
from ..queries.listing import origin_of
from ..types import Plan
from .drafts import locked, need_state

STOPPED = "the campaign was stopped"


@transaction.atomic
def stop(key: str, *, at: datetime, by: accounts.Member | None = None) -> int:
    """What has not gone does not go; how many messages that are. Before its time it is called off. Audited."""
    row = _mine(key, by)
    need_state(row, "stopped", "scheduled", "sending", "paused")
    before = row.state
    row.state = "cancelled" if before == "scheduled" else "stopped"
    row.ended_at = at
    row.save(update_fields=["state", "ended_at"])
    kept = messages.take_back(origin_of(key), at, STOPPED)
    accounts.audit(by, "campaign called off" if before == "scheduled" else "campaign stopped", key, after={"did not go": kept})
    return kept


@transaction.atomic
def pause(key: str, *, at: datetime, by: accounts.Member | None = None) -> int:
    """Nothing of it goes until it is resumed; how many wait. Audited."""
    row = _mine(key, by)
    need_state(row, "paused", "sending")
    row.state, row.paused_at = "paused", at
    row.save(update_fields=["state", "paused_at"])
    kept = messages.put_origin_to_sleep(origin_of(key), at)
    accounts.audit(by, "campaign paused", key, after={"waiting": kept})
    return kept


@transaction.atomic
def resume(key: str, *, at: datetime, by: accounts.Member | None = None) -> int:
    """It goes on where it stood, at its pace; what waited is judged again. How many. Audited."""
    row = _mine(key, by)
    need_state(row, "resumed", "paused")
    row.state, row.paused_at = "sending", None
    row.save(update_fields=["state", "paused_at"])
    woken = messages.wake_origin(origin_of(key), at, per_minute=Plan.of(row.plan).per_minute)
    accounts.audit(by, "campaign resumed", key, after={"waiting": woken})
    return woken


def _mine(key: str, by: accounts.Member | None) -> Campaign:
    row = locked(key)
    if by is not None:
        accounts.need(by, "publish", row.store)
    return row
