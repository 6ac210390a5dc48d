"""Campaigns drawn by the product's own lots over real people, of whom it is known what a message did: nothing, or what is added here.

Nothing is sent. Each draw is a transaction that is taken back, so every draw meets the same past.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from afterword.kit import sql
from afterword.loop.campaigns import door as campaigns
from afterword.loop.campaigns.actions import release
from afterword.loop.segments import door as segments

AUDIENCE = "evidence_buyers"
WITHIN = timedelta(days=14)
# A further lot: the first so many by it are the audience.
FEWER = """
delete from campaign_person where campaign_id = %(campaign)s and customer_id not in (
    select customer_id from campaign_person where campaign_id = %(campaign)s order by lot, customer_id limit %(people)s)
"""
SENT = "update message_intent set state = 'sent', sent_at = planned_at where origin = %s"
# What each would do more if they got it, whether they get it or not: a share of those who bought nothing buy once, for what somebody
# who did buy then paid. So the effect on these very people is known.
LIVED = """
create temp table lived on commit drop as
select p.customer_id, p.arm, p.planned_at, count(o.id) as orders, coalesce(sum((o.properties ->> 'total_base_minor')::numeric), 0) as spent
from campaign_person p left join event o on o.customer_id = p.customer_id and o.name = 'order.placed' and o.occurred_at > p.planned_at
     and o.occurred_at <= p.planned_at + %(within)s::interval
where p.campaign_id = %(campaign)s group by 1, 2, 3
"""
MOVED = """
create temp table moved on commit drop as
with paid as (
    select spent, row_number() over (order by md5(customer_id::text)) - 1 as n, count(*) over () as many from lived where orders > 0
)
select l.customer_id, l.arm, l.planned_at, p.spent from lived l
join paid p on p.n = (hashtextextended(l.customer_id::text, %(seed)s + 1) & 9007199254740991) %% p.many
where l.orders = 0 and (hashtextextended(l.customer_id::text, %(seed)s) & 9007199254740991) / 9007199254740992.0 < %(share)s
"""
TRUTH = """
select count(m.customer_id)::float8 / count(*), coalesce(sum(m.spent), 0)::float8 / count(*)
from lived l left join moved m using (customer_id)
"""
ORDERS = """
insert into event (id, name, occurred_at, received_at, known_at, source, store, customer_id, order_id, dice, customer_dice, properties)
select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(m.customer_id::text), 1, 3) || '8'
        || substr(md5(m.customer_id::text), 4, 15))::uuid,
       'order.placed', at, at, at, 'evidence', 'main', m.customer_id, md5('added' || m.customer_id::text)::uuid, 0, 0,
       jsonb_build_object('currency', 'GBP', 'total_minor', m.spent::bigint, 'total_base_minor', m.spent::bigint, 'items', 1)
from (select *, planned_at + interval '3 days' as at from moved where arm <> 'held_out') m
"""


@dataclass(frozen=True)
class Truth:
    """What the message does to a head of the audience: share who buy (and orders, one each), and minor units."""

    share: float = 0.0
    money: float = 0.0


def known_people(at: datetime, text: str = "ever(order.placed)", key: str = AUDIENCE) -> int:
    """The audience: a segment, by its condition; the revision that campaigns pin."""
    segments.save_segment(key, name=key, text=text, at=at)
    return segments.live_revision(key)


@contextmanager
def drawn(key: str, revision: int, at: datetime, *, holdout: float, people: int | None = None) -> Iterator[campaigns.Campaign]:
    """A campaign whose people are drawn at `at` by the lots that follow from its key, all of them or so many; then it has never been."""
    with transaction.atomic():
        yield campaign(key, revision, at, holdout=holdout, people=people)
        transaction.set_rollback(True)


def campaign(
    key: str, revision: int, at: datetime, *, holdout: float, people: int | None = None, message: str = "win_back"
) -> campaigns.Campaign:
    """The same within the caller's transaction; its messages count as sent the moment they were meant."""
    plan = campaigns.Plan(kind="offer", segment=AUDIENCE, messages=(message,), holdout=holdout)
    row = campaigns.Campaign(
        key=key, name=key, store=plan.store, plan=plan.plain(), state="done", revision_id=revision, release_at=at, created_at=at
    )
    row.save()
    release.draw(row, plan)
    if people is not None:
        sql.run(FEWER, {"campaign": row.pk, "people": people})
    release.send_to(row, plan, campaigns.FIRST, at)
    sql.run(SENT, [campaigns.origin_of(key)])
    return row


def add(row: campaigns.Campaign, share: float, seed: int, within: timedelta = WITHIN) -> Truth:
    """Have the message move a share of those who bought nothing to buy once, three days after; what that is a head."""
    about: dict[str, Any] = {"campaign": row.pk, "within": within, "seed": seed, "share": share}
    sql.run("drop table if exists lived; drop table if exists moved")
    sql.run(LIVED, about)
    sql.run(MOVED, about)
    sql.run(ORDERS)
    return Truth(*sql.rows(TRUTH)[0])
