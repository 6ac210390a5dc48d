"""What becomes of intents when something happens to those whom they concern: a merge, a pause, going on again."""

from __future__ import annotations

from datetime import datetime

from afterword.kit import sql

# What has not gone goes to the survivor; what went counts for them. A merge that is undone gives both back.
MERGED = """
update message_intent m set
    merged_into = case when not coalesce(g.undone, false) then g.customer_id end,
    customer_id = case when m.state in ('planned', 'held') and not coalesce(g.undone, false) then g.customer_id else m.customer_id end
from event_customer_merged g
where g.known_at > %(since)s and g.known_at <= %(until)s
  and case when g.undone then m.person_id = g.customer_id and m.customer_id = g.loser else m.person_id = g.loser end
"""
# Two in one window are followed one after the other, so that a chain ends with its last survivor.
EDGES = "select known_at from event_customer_merged where known_at > %(since)s and known_at <= %(until)s order by known_at"
SLEEP = """
update message_intent set asleep_at = %(at)s, ask_at = null where version_id = %(version)s and state in ('planned', 'held')
"""
WAKE = "update message_intent set asleep_at = null, ask_at = %(at)s where version_id = %(version)s and asleep_at is not null"


def follow_merges(since: datetime, until: datetime) -> None:
    """Bring intents up to date with the merges that were sealed in `(since, until]`."""
    edge = since
    for (at,) in sql.rows(EDGES, {"since": since, "until": until}):
        sql.run(MERGED, {"since": edge, "until": at})
        edge = at


def put_to_sleep(version: int, at: datetime) -> int:
    """A journey's version is paused: nobody asks about what has not gone; how many."""
    return sql.run(SLEEP, {"version": version, "at": at})


def wake_up(version: int, at: datetime) -> int:
    """It goes on: what slept is judged again at that moment; how many."""
    return sql.run(WAKE, {"version": version, "at": at})
