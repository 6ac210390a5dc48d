"""What is done in doubt, by category; and the messages of which a person has to say it."""

from __future__ import annotations

from typing import Any

from afterword.kit import sql

WAYS = ("again", "ask", "give_up")
MOST = 50
WAITING = """
select m.id, m.message, m.store, m.category, d.channel, d.handed_at, d.doubt_until, count(*) over () as count
from message_delivery d join message_intent m on m.id = d.intent_id
where d.doubt_until is not null and d.state = 'deferred' and d.next_at >= d.doubt_until
      and (%(stores)s::text[] is null or m.store = any(%(stores)s))
order by d.doubt_until, m.id limit %(most)s
"""


def doubts() -> dict[str, str]:
    """What is done where nobody knows whether a message arrived: category → again, ask or give_up."""
    return dict(sql.rows("select category, way from message_doubt order by category = 'marketing', category = 'service'"))


def doubted(stores: list[str] | None = None) -> list[dict[str, Any]]:
    """The messages that wait for a person, the most urgent first, at most fifty; `count` is how many there are. Within reach."""
    return sql.records(WAITING, {"stores": stores, "most": MOST})
