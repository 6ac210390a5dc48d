"""What a campaign did: who it was for against who was left alone, in orders and money, with intervals that hold for few people too.

The interval of orders and money is what drawing by lot alone can bring about (Fisher, *The Design of Experiments*, 1935, chapter 2;
Rosenbaum, *Observational Studies*, 2002, section 2.4): both sides together are drawn anew, and the estimate may be wrong by as much as
such draws differ. It was measured on real purchases (evidence/RESULTS.md).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from afterword.kit import sql

from ..models import Campaign
from ..rules.reckoning import Interval, detectable, newcombe, welch
from ..types import EVERYWHERE, HELD_OUT, Effect, Sums

WINDOWS = (7, 14, 30)  # days after somebody's turn
FEWEST, FEWEST_BUYERS = 100, 10  # people on each side, and buyers on both together, below which nothing is said
MOST_DRAWN, REDRAWS = 4000, 500  # buyers up to whom lots are drawn again; above, their sums are normal anyway
# Only those whose time is over are compared, in the same part, each counted from when it was their turn, whatever they got.
EACH = f"""
select case when p.arm in ('{EVERYWHERE}', '{HELD_OUT}') then p.arm else 'written' end as arm, p.customer_id,
       count(o.id) as orders, coalesce(sum((o.properties ->> 'total_base_minor')::numeric), 0)::float8 as spent
from campaign_person p left join identity_survivor s on s.customer_id = p.customer_id
left join event o on o.customer_id = coalesce(s.survivor_id, p.customer_id) and o.name = 'order.placed' and o.known_at > p.planned_at
     and o.occurred_at > p.planned_at and o.occurred_at <= p.planned_at + %(within)s::interval
where p.campaign_id = %(campaign)s and p.planned_at + %(within)s::interval <= %(now)s
group by p.customer_id, p.arm
"""
SUMS = f"""
select arm, count(*), count(*) filter (where orders > 0), sum(orders)::int, sum(spent), avg(orders)::float8,
       coalesce(var_samp(orders), 0)::float8, coalesce(var_samp(spent), 0)::float8
from ({EACH}) each group by arm
"""
# The lots drawn again, as often as this: every buyer falls on one side or the other as often as somebody of those there were, which
# follows from who they are and the number of the draw; of those who bought nothing only their number is drawn. What differs between
# such sides is chance alone. Where few are left alone, and some buy for a hundred times what others do, most lots leave these on the
# large side; so what is seen on the small one says too little about how far it can be wrong.
REDRAWN = f"""
with each as materialized (
    select *, hashtextextended(customer_id::text, 0) as mark from ({EACH}) each where arm in ('written', %(against)s)
), whole as (
    select count(*) filter (where arm <> 'written')::float8 / count(*) as part, count(*) filter (where orders = 0)::float8 as idle,
           count(*) filter (where orders > 0)::float8 as buyers, sum(orders)::float8 as orders, sum(spent) as spent from each
), fell as (
    select b.n, count(*)::float8 as buyers, sum(e.orders)::float8 as orders, sum(e.spent) as spent
    from each e cross join whole w cross join generate_series(1, {REDRAWS}) as b(n)
    where e.orders > 0 and (hashint8extended(e.mark, b.n) & 9007199254740991) / 9007199254740992.0 < w.part group by b.n
), alone as (
    select w.*, coalesce(f.buyers, 0) as a_buyers, coalesce(f.orders, 0) as a_orders, coalesce(f.spent, 0) as a_spent,
           w.idle * w.part + case when w.idle < 50 then 0 else sqrt(w.idle * w.part * (1 - w.part))
           * sqrt(-2 * ln(((hashint8extended(1, b.n) & 9007199254740991) + 1) / 9007199254740993.0))
           * cos(2 * pi() * (hashint8extended(2, b.n) & 9007199254740991) / 9007199254740992.0) end as a_idle
    from generate_series(1, {REDRAWS}) as b(n) cross join whole w left join fell f on f.n = b.n
), side as (
    select *, greatest(a_idle + a_buyers, 1) as n, greatest(idle + buyers - a_idle - a_buyers, 1) as m from alone
), gap as (
    select (orders - a_orders) / m - a_orders / n as orders, (spent - a_spent) / m - a_spent / n as spent from side
)
select percentile_cont(0.025) within group (order by orders), percentile_cont(0.975) within group (order by orders),
       percentile_cont(0.025) within group (order by spent), percentile_cont(0.975) within group (order by spent) from gap
"""


def effect(row: Campaign, now: datetime, days: int = 14) -> Effect | None:
    """What it did within so many days, against its own holdout, else that of everything. None where nobody of one side is ripe yet."""
    about: dict[str, Any] = {"campaign": row.pk, "within": timedelta(days=days), "now": now}
    found = {arm: numbers for arm, *numbers in sql.rows(SUMS, about)}
    against = HELD_OUT if HELD_OUT in found else EVERYWHERE
    if "written" not in found or against not in found:
        return None
    written, alone = _sums(found["written"]), _sums(found[against])
    told = min(written.people, alone.people) >= FEWEST and written.bought + alone.bought >= FEWEST_BUYERS
    orders, money = _intervals(found["written"], found[against], about, against) if told else (None, None)
    share = (written.bought + alone.bought) / (written.people + alone.people)
    smallest = detectable(max(share, 1 / (written.people + alone.people)), min(written.people, alone.people), 2)
    gap = newcombe(written.bought, written.people, alone.bought, alone.people) if told else None
    return Effect(against, days, written, alone, gap, orders, money, smallest)


def _sums(numbers: list[Any]) -> Sums:
    people, bought, orders, spent = numbers[:4]
    return Sums(int(people), int(bought), int(orders), round(float(spent)))


def _intervals(written: list[Any], alone: list[Any], about: dict[str, Any], against: str) -> tuple[Interval, Interval]:
    """Orders and money a head: the differences with their intervals, by lots drawn again, or by the normal quantile of many buyers."""
    (n, buyers, _, spent, mean, *spreads), (m, buyers_too, _, theirs, their_mean, *their_spreads) = written, alone
    gaps = mean - their_mean, float(spent) / n - float(theirs) / m
    if buyers + buyers_too > MOST_DRAWN:
        orders, money = (((n - 1) * a + (m - 1) * b) / (n + m - 2) for a, b in zip(spreads, their_spreads, strict=True))
        return welch(gaps[0], orders, n, 0.0, orders, m), welch(gaps[1], money, n, 0.0, money, m)
    low, high, money_low, money_high = sql.rows(REDRAWN, {**about, "against": against})[0]
    return (gaps[0], gaps[0] - high, gaps[0] - low), (gaps[1], gaps[1] - money_high, gaps[1] - money_low)
