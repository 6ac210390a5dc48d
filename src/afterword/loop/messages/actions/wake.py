"""Waking what is held: a pause that its customer ends, or makes another, is a reason to ask again at that moment."""

from __future__ import annotations

from datetime import datetime

from afterword.kit import sql

WAKE = """
update message_intent m set ask_at = least(m.ask_at, e.known_at)
from (
    select coalesce(s.survivor_id, e.customer_id) as customer_id, min(e.known_at) as known_at
    from event e left join identity_survivor s on s.customer_id = e.customer_id
    where e.known_at > %(since)s and e.known_at <= %(until)s and e.name in ('consent.paused', 'consent.resumed') group by 1
) e
where m.customer_id = e.customer_id and m.state = 'held' and m.asleep_at is null and m.checks ->> 'guard' = 'pause'
"""


def wake(since: datetime, until: datetime) -> None:
    """Ask the guard again of what waits for the end of a pause that was ended or changed in `(since, until]`."""
    sql.run(WAKE, {"since": since, "until": until})
