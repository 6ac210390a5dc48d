"""Who receives how much, over all rooms and channels, and what one message more costs in people who want no more of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from afterword.kit import sql

MOST = 8  # so many in a week, or more, stand together
# Read once, counted five times: a shop of a million sends millions of messages a quarter. `week` counts whole weeks of seven days that end
# now; `n` says the how-manieth message within seven days it was for its person.
WENT = """
create temp table went_lately on commit drop as
with said as (
    select message_id, customer_id, bool_or(name = 'message.unsubscribed') as unsubscribed,
           bool_or(name = 'message.complained') as complained
    from event where known_at > %(since)s and name in ('message.unsubscribed', 'message.complained') group by 1, 2
)
select m.person_id, m.origin, m.category, floor(extract(epoch from %(now)s - m.sent_at) / 604800)::int as week,
       count(*) over (partition by m.person_id order by m.sent_at range between interval '7 days' preceding and current row) as n,
       coalesce(s.unsubscribed, false) as unsubscribed, coalesce(s.complained, false) as complained
from message_intent m left join said s on s.message_id = m.id and s.customer_id = m.customer_id
where m.state = 'sent' and m.sent_at > %(since)s and m.sent_at <= %(now)s and (%(stores)s::text[] is null or m.store = any(%(stores)s))
"""
PEOPLE = "select count(*), coalesce(sum(n), 0)::bigint from (select count(*) as n from went_lately group by person_id) each"
# A person counts in the weeks in which something came. Whoever is counted once is grouped first: that is hashed, not sorted.
WEEKS = """
select n, sum(weeks)::bigint, count(*) from (
    select least(n, %(most)s) as n, person_id, count(*) as weeks
    from (select person_id, count(*) as n from went_lately group by person_id, week) each group by 1, 2
) those group by 1 order by 1
"""
BY = """
select what, sum(n)::bigint, count(*), sum(unsubscribed)::bigint, sum(complained)::bigint from (
    select {by} as what, count(*) as n, count(*) filter (where unsubscribed) as unsubscribed,
           count(*) filter (where complained) as complained
    from went_lately group by 1, person_id
) each group by 1 order by 2 desc limit 30
"""
COST = """
select least(n, %(most)s), count(*), count(*) filter (where unsubscribed), count(*) filter (where complained)
from went_lately group by 1 order by 1
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
    """What people received since then and what that cost. Some seconds for millions of messages.

    Args:
        stores: those within reach; None for all. What others sent to the same people does not count then.
    """
    about: dict[str, Any] = {"since": since, "now": now, "most": MOST, "stores": None if stores is None else list(stores)}
    with transaction.atomic():
        sql.run("drop table if exists went_lately")
        sql.run(WENT, about)
        people, sent = sql.rows(PEOPLE)[0]
        weeks = tuple(Received(*map(int, row)) for row in sql.rows(WEEKS, about))
        by_category, by_origin = (tuple(Cost(*row) for row in sql.rows(BY.format(by=by))) for by in ("category", "origin"))
        by_number = tuple(Cost(str(n), count, 0, *rest) for n, count, *rest in sql.rows(COST, about))
    return Fatigue(people, sent, weeks, by_category, by_origin, by_number)
