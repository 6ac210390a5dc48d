"""The list of campaigns, one of them, and what became of each message: sent, waiting, kept back and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from afterword.kit import sql
from afterword.loop.messages import door as messages

from ..models import Campaign
from ..types import NoSuchCampaign, Plan

STATES = """
select origin, state, count(*) from message_intent where origin = any(%s) group by origin, state
"""
REASONS = """
select state, reason, count(*) from message_intent where origin = %s and reason <> '' and state in ('held', 'dropped', 'failed')
group by 1, 2 order by 3 desc limit 20
"""
HOURS = """
select date_trunc('hour', sent_at), count(*) from message_intent where origin = %s and state = 'sent' group by 1 order by 1
"""
COSTS = """
select d.currency, sum(d.cost_minor)::bigint from message_delivery d join message_intent m on m.id = d.intent_id
where m.origin = %s and d.cost_minor is not null and d.currency <> '' group by 1 order by 2 desc
"""
WORDS = {"sent": "sent", "released": "leaving", "planned": "waiting", "held": "waiting", "dropped": "kept_back", "failed": "failed"}


@dataclass(frozen=True)
class Line:
    """A campaign in the list."""

    key: str
    name: str
    state: str
    plan: Plan
    release_at: datetime | None
    ended_at: datetime | None
    by: dict[str, int] = field(default_factory=dict)


def origin_of(key: str) -> str:
    """Where the messages of a campaign say they come from."""
    return messages.CAMPAIGN + key


def one(key: str, stores: Sequence[str] | None = None) -> Campaign:
    """A campaign within reach. Raises NoSuchCampaign, also for what is not."""
    found = Campaign.objects.filter(key=key).select_related("revision").first()
    if found is None or (stores is not None and found.store not in stores):
        raise NoSuchCampaign(key=key)
    return found


def overview(stores: Sequence[str] | None = None) -> list[Line]:
    """All campaigns within reach, the latest first, each with what became of its messages. Two statements."""
    rows = Campaign.objects.all() if stores is None else Campaign.objects.filter(store__in=list(stores))
    found = list(rows.order_by("-created_at"))
    counted = tallies([row.key for row in found])
    return [Line(r.key, r.name, r.state, Plan.of(r.plan), r.release_at, r.ended_at, counted.get(r.key, {})) for r in found]


def names() -> dict[str, str]:
    """origin → name, for pages that show where a message came from."""
    return {origin_of(key): name for key, name in Campaign.objects.values_list("key", "name")}


def origins() -> dict[str, messages.Origin]:
    """The same, with the page of each."""
    rows = Campaign.objects.values_list("key", "name")
    return {origin_of(key): messages.Origin(name, f"/campaigns/{key}/") for key, name in rows}


def tallies(keys: Sequence[str]) -> dict[str, dict[str, int]]:
    """key → sent, leaving, waiting, kept_back, failed → how many. One statement."""
    found: dict[str, dict[str, int]] = {}
    for origin, state, count in sql.rows(STATES, [[origin_of(key) for key in keys]]):
        kinds = found.setdefault(origin.removeprefix(messages.CAMPAIGN), {})
        kinds[WORDS[state]] = kinds.get(WORDS[state], 0) + count
    return found


def reasons(key: str) -> list[tuple[str, str, int]]:
    """Why messages wait, were kept back or failed: state, reason, how many."""
    return [(state, reason, int(count)) for state, reason, count in sql.rows(REASONS, [origin_of(key)])]


def by_hour(key: str) -> list[tuple[datetime, int]]:
    """How many were sent in each hour in which one was."""
    return [(hour, int(count)) for hour, count in sql.rows(HOURS, [origin_of(key)])]


def costs(key: str) -> list[tuple[str, int]]:
    """What its channels asked for, as far as they say so: currency, minor units."""
    return [(currency, int(minor)) for currency, minor in sql.rows(COSTS, [origin_of(key)])]


def facts(row: Campaign) -> dict[str, Any]:
    """A campaign in plain values, for the command line."""
    return {
        "key": row.key, "name": row.name, "state": row.state, "store": row.store, "plan": row.plan, "winner": row.winner,
        "release_at": row.release_at.isoformat() if row.release_at else None, **tallies([row.key]).get(row.key, {}),
    }  # fmt: skip
