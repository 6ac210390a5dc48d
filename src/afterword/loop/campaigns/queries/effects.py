"""What a campaign did: who it was for against who was left alone, in orders and money, with intervals that hold for few people too."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from afterword.kit import sql

from ..models import Campaign
from ..rules.reckoning import Interval, detectable, newcombe, welch
from ..types import EVERYWHERE, HELD_OUT, Effect, Sums

WINDOWS = (7, 14, 30)  # days after somebody's turn
FEWEST, FEWEST_BUYERS = 100, 10  # people on each side, and buyers on both together, below which nothing is said
MOST_DRAWN, RESAMPLES = 4000, 500  # buyers up to whom means are resampled; above, their sums are normal anyway
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
# Poisson bootstrap: everybody counts as often as a draw from Poisson(1) says, which follows from who they are and the number of the
# resample. Those who bought nothing add nothing but their number, which is drawn as a whole.
RESAMPLED = f"""
with each as materialized ({EACH}), arm as (
    select arm, count(*) filter (where orders = 0)::float8 as idle from each where arm in ('written', %(against)s) group by arm
), drawn as (
    select b.n, e.arm, e.orders, e.spent, (hashtextextended(e.customer_id::text, b.n) & 9007199254740991) / 9007199254740992.0 as u
    from generate_series(1, {RESAMPLES}) as b(n) cross join each e where e.orders > 0 and e.arm in ('written', %(against)s)
), counted as (
    select n, arm, orders, spent, case when u < 0.36787944 then 0 when u < 0.73575888 then 1 when u < 0.91969860 then 2
           when u < 0.98101184 then 3 when u < 0.99634015 then 4 when u < 0.99940582 then 5 when u < 0.99991676 then 6 else 7 end as w
    from drawn
), summed as (
    select n, arm, sum(w)::float8 as people, sum(w * orders)::float8 as orders, sum(w * spent) as spent from counted group by 1, 2
), idle as (
    select b.n, a.arm, case when a.idle < 50 then a.idle else greatest(0, a.idle + sqrt(a.idle)
           * sqrt(-2 * ln(((hashtextextended(a.arm, b.n) & 9007199254740991) + 1) / 9007199254740993.0))
           * cos(2 * pi() * (hashtextextended(a.arm || ':', b.n) & 9007199254740991) / 9007199254740992.0)) end as people
    from generate_series(1, {RESAMPLES}) as b(n) cross join arm a
), mean as (
    select i.n, i.arm, coalesce(s.orders, 0) / greatest(i.people + coalesce(s.people, 0), 1) as orders,
           coalesce(s.spent, 0) / greatest(i.people + coalesce(s.people, 0), 1) as spent
    from idle i left join summed s on s.n = i.n and s.arm = i.arm
), gap as (
    select w.orders - a.orders as orders, w.spent - a.spent as spent from mean w join mean a on a.n = w.n and a.arm = %(against)s
    where w.arm = 'written'
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
    """Orders and money a head: the differences with their intervals, resampled, or by the normal quantile where there are many buyers."""
    (n, buyers, _, spent, mean, orders_spread, spread), (m, buyers_too, _, theirs, their_mean, their_orders_spread, their_spread) = (
        written,
        alone,
    )
    gaps = mean - their_mean, float(spent) / n - float(theirs) / m
    if buyers + buyers_too > MOST_DRAWN:
        return (
            welch(mean, orders_spread, n, their_mean, their_orders_spread, m),
            welch(float(spent) / n, spread, n, float(theirs) / m, their_spread, m),
        )
    low, high, money_low, money_high = sql.rows(RESAMPLED, {**about, "against": against})[0]
    return (gaps[0], low, high), (gaps[1], money_low, money_high)
