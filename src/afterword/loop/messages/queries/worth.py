"""What messages are worth: the experiments that rooms above have made, what was measured of them, and what is known now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from afterword.kit import sql

WITHIN = timedelta(days=7)  # after it came, or would have come
BACK = timedelta(days=365)
FEWEST = 100  # people on each side, below whom a mean is chance
LEAST_SENT = 0.05  # of those who were let in; below it, what few got would be told from what many did not
_trials: dict[str, str] = {}


@dataclass(frozen=True)
class Worth:
    """What a message brought against leaving people alone, in minor units of the company's currency for each that was sent.

    `estimate` as measured, with its standard error `spread`; `worth` is that drawn towards 0, which is what bids count with.
    """

    store: str
    message: str
    worth: float
    estimate: float
    spread: float
    sent: int
    alone: int
    since: datetime


def register_trials(name: str, select: str) -> None:
    """Have worth be measured by this room's draws too. Registering again changes nothing.

    Args:
        select: origin, run (as intents name it), customer_id, store, entered_at, held_out, and the message that was drawn for
            whoever got one of several, else null. Only draws by lot, each person's first; since `%(since)s`.
    """
    _trials[name] = select


# Who was let in is held against who was left alone, whatever the guard let through (by what was drawn, not by what came), in the days
# after the message came to those who got it: the median delay since the draw. Divided by the share who got it, that is the effect of
# getting it. What several journeys and campaigns measured of one message is weighed by how sure it is; both sides have one spread, for
# a few who buy for a hundred times what others do mostly fall on the large side, and the small one by itself would look surer than it is.
MEASURED = f"""
with trial as materialized ({{trials}}), meant as materialized (
    select origin, run, message, sent_at from message_intent where state = 'sent' and category <> 'transactional' and planned_at > %(since)s
), delay as (
    select t.origin, t.store, m.message, percentile_cont(0.5) within group (order by extract(epoch from m.sent_at - t.entered_at))
           * interval '1 second' as late
    from trial t join meant m on m.origin = t.origin and m.run = t.run where not t.held_out group by 1, 2, 3
), each as (
    select d.origin, d.store, d.message, t.run, t.held_out, bool_or(m.run is not null) as got,
           coalesce(sum((o.properties ->> 'total_base_minor')::numeric), 0)::float8
           * coalesce((select (brand ->> 'margin')::float8 from accounts_store where key = d.store), 100) / 100 as spent
    from delay d join trial t on t.origin = d.origin and t.store = d.store and (t.held_out or t.message is null or t.message = d.message)
         and t.entered_at + d.late + %(within)s::interval <= %(now)s
    left join meant m on m.origin = t.origin and m.run = t.run and m.message = d.message
    left join identity_survivor s on s.customer_id = t.customer_id
    left join event o on o.customer_id = coalesce(s.survivor_id, t.customer_id) and o.name = 'order.placed' and o.known_at > t.entered_at
         and o.occurred_at > t.entered_at + d.late and o.occurred_at <= t.entered_at + d.late + %(within)s::interval
    group by 1, 2, 3, 4, 5
), side as (
    select origin, store, message, held_out, count(*) as people, avg(spent) as mean, var_samp(spent) as spread,
           avg(got::int)::float8 as share, count(*) filter (where got) as sent
    from each group by 1, 2, 3, 4
), pair as (
    select i.store, i.message, i.mean - a.mean as gap, i.share, i.sent, a.people as alone, least(i.people, a.people) as fewest,
           ((i.people - 1) * i.spread + (a.people - 1) * a.spread) / greatest(i.people + a.people - 2, 1)
           * (1.0 / i.people + 1.0 / a.people) as v
    from side i join side a on (a.origin, a.store, a.message) = (i.origin, i.store, i.message) and a.held_out where not i.held_out
), gap as (
    select store, message, gap / share as d, v / (share * share) as v, sent, alone
    from pair where fewest >= {FEWEST} and share >= {LEAST_SENT} and v > 0
), message as (
    select store, message, sum(d / v) / sum(1 / v) as d, 1 / sum(1 / v) as v, sum(sent)::bigint as sent, sum(alone)::bigint as alone
    from gap group by 1, 2
), prior as (
    select greatest(0, (sum(d * d / v) - count(*)) / sum(1 / v)) as t from message
)
select store, message, case when t > 0 then d * t / (t + v) else 0 end as worth, d as estimate, sqrt(v) as spread, sent, alone
from message cross join prior
"""
NOW = """
select store, message, worth, estimate, spread, sent, alone, known_from as since from message_worth
where known_to = '9999-12-31 00:00+00' and (%(stores)s::text[] is null or store = any(%(stores)s)) order by worth desc, estimate desc, 1, 2
"""


def measured(now: datetime) -> list[dict[str, Any]]:
    """What follows from all draws of the last year whose days are over. One statement."""
    if not _trials:
        return []
    trials = " union all ".join(f"({select})" for select in _trials.values())
    return sql.records(MEASURED.format(trials=trials), {"since": now - BACK, "now": now, "within": WITHIN})


def worths(stores: list[str] | None = None) -> list[Worth]:
    """What is known of each message now, the one that is worth most first; within reach."""
    return [Worth(**row) for row in sql.records(NOW, {"stores": stores})]
