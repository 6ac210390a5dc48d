"""Who receives how much, over all rooms and channels, and what one message more costs in people who want no more of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from afterword.kit import sql

MOST = 8  # so many in a week, or more, stand together
# Whole weeks of seven days that end now; a person counts in the weeks in which something came.
WEEKS = """
select least(n, %(most)s) as n, count(*), count(distinct person_id) from (
    select person_id, floor(extract(epoch from %(now)s - sent_at) / 604800) as week, count(*) as n
    from message_intent where {where} group by 1, 2
) each group by 1 order by 1
"""
PEOPLE = "select count(distinct person_id), count(*) from message_intent m where {where}"
BY = """
with went as materialized (select id, customer_id, person_id, origin, category, planned_at from message_intent m where {where}),
said as (
    select w.id, bool_or(e.name = 'message.unsubscribed') as unsubscribed, bool_or(e.name = 'message.complained') as complained
    from event e join went w on w.id = e.message_id and w.customer_id = e.customer_id
    where e.known_at > %(since)s and e.name in ('message.unsubscribed', 'message.complained') group by 1
)
select {by}, count(*), count(distinct w.person_id), count(*) filter (where s.unsubscribed), count(*) filter (where s.complained)
from went w left join said s on s.id = w.id group by 1 order by 2 desc limit 30
"""
# The how-manieth message within seven days it was for its person, and whether it was the one too many.
COST = """
with went as materialized (
    select id, customer_id, sent_at,
           count(*) over (partition by person_id order by sent_at range between interval '7 days' preceding and current row) as n
    from message_intent m where {where}
), said as (
    select w.id, bool_or(e.name = 'message.unsubscribed') as unsubscribed, bool_or(e.name = 'message.complained') as complained
    from event e join went w on w.id = e.message_id and w.customer_id = e.customer_id
    where e.known_at > %(since)s and e.name in ('message.unsubscribed', 'message.complained') group by 1
)
select least(w.n, %(most)s), count(*), count(*) filter (where s.unsubscribed), count(*) filter (where s.complained)
from went w left join said s on s.id = w.id where w.sent_at > %(from)s group by 1 order by 1
"""


@dataclass(frozen=True)
class Received:
    """So many messages in a week: how often that was so, and for how many people."""

    messages: int
    weeks: int
    people: int


@dataclass(frozen=True)
class Cost:
    """Messages of a kind, or that were the n-th within seven days; of these, how many led to wanting no more, or were called spam."""

    what: str
    sent: int
    people: int
    unsubscribed: int
    complained: int


@dataclass(frozen=True)
class Fatigue:
    """What was received since then."""

    people: int
    sent: int
    weeks: tuple[Received, ...]
    by_category: tuple[Cost, ...]
    by_origin: tuple[Cost, ...]
    by_number: tuple[Cost, ...]


def fatigue(since: datetime, now: datetime, stores: Sequence[str] | None = None) -> Fatigue:
    """What people received since then and what that cost. Five statements, each over what was sent in that time.

    Args:
        stores: those within reach; None for all. What others sent to the same people does not count then.
    """
    within = "(%(stores)s::text[] is null or m.store = any(%(stores)s))"
    where = f"m.state = 'sent' and m.sent_at > %(since)s and m.sent_at <= %(now)s and {within}"
    about: dict[str, Any] = {"since": since, "from": since, "now": now, "most": MOST, "stores": None if stores is None else list(stores)}
    plain = where.replace("m.", "")
    people, sent = sql.rows(PEOPLE.format(where=where), about)[0]
    return Fatigue(
        people, sent, tuple(Received(*map(int, row)) for row in sql.rows(WEEKS.format(where=plain), about)),
        tuple(Cost(*row) for row in sql.rows(BY.format(where=where, by="w.category"), about)),
        tuple(Cost(*row) for row in sql.rows(BY.format(where=where, by="w.origin"), about)),
        tuple(Cost(str(n), count, 0, unsubscribed, complained) for n, count, unsubscribed, complained in
              sql.rows(COST.format(where=where), about)),
    )  # fmt: skip
