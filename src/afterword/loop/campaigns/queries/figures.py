"""What people did: reactions to a campaign's messages, and the arms of its test."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from afterword.kit import sql

from ..models import Campaign
from ..rules import plans
from ..types import EVERYWHERE, FIRST, HELD_OUT, Arm, Plan
from .listing import origin_of

BOUGHT_WITHIN = timedelta(days=14)
WAITING = "select count(*) from message_intent where origin = %s and state in ('planned', 'held', 'released')"
BY_PEOPLE = "e.properties -> 'by_machine' is distinct from 'true'::jsonb"
SOURCE = """
from campaign_person p left join message_intent m on m.origin = %(origin)s and m.run = p.customer_id and m.step = 'send'
where p.campaign_id = %(campaign)s
"""
# What is measured counts from when the message went, else from when it was its turn; `person_id` is who they have become.
DID = {
    "clicked": f"e.message_id = m.id and e.customer_id = m.customer_id and e.name = 'message.clicked' and {BY_PEOPLE}",
    "bought": "e.customer_id = coalesce(m.person_id, p.customer_id) and e.name = 'order.placed'",
    "answered": """e.customer_id = coalesce(m.person_id, p.customer_id) and (e.name in ('survey.answered', 'review.submitted')
                   or e.name = 'message.replied' and e.message_id = m.id and e.properties -> 'automatic' is distinct from 'true'::jsonb)""",
}
ARMS = f"""
select arm, count(*), count(*) filter (where state = 'sent'), count(*) filter (where ripe), count(*) filter (where ripe and did)
from (
    select p.arm, m.state, m.id is not null and m.state in ('sent', 'dropped', 'failed')
           and coalesce(m.sent_at, p.planned_at) + %(within)s::interval <= %(now)s as ripe,
           exists (select 1 from event e where {{did}} and e.known_at > p.planned_at
                   and e.occurred_at > coalesce(m.sent_at, p.planned_at)
                   and e.occurred_at <= coalesce(m.sent_at, p.planned_at) + %(within)s::interval) as did
    {SOURCE} and p.part = %(part)s and p.arm <> all(%(alone)s)
) each group by arm order by arm
"""
OVER = f"""
select not exists (select 1 {SOURCE} and p.part = %(part)s and p.arm <> all(%(alone)s) and m.id is not null
                   and (m.state in ('planned', 'held', 'released')
                        or coalesce(m.sent_at, p.planned_at) + %(within)s::interval > %(now)s))
"""
REACTIONS = f"""
select count(*) filter (where m.state = 'sent') as sent,
       count(*) filter (where r.opened) as opened, count(*) filter (where r.opened_by_machine) as opened_by_machine,
       count(*) filter (where r.clicked) as clicked, count(*) filter (where r.clicked_by_machine) as clicked_by_machine,
       count(*) filter (where r.unsubscribed) as unsubscribed, count(*) filter (where r.complained) as complained,
       count(*) filter (where r.bounced) as bounced, count(*) filter (where r.answered) as answered,
       count(*) filter (where m.state = 'sent' and exists (
           select 1 from event o where o.customer_id = m.person_id and o.name = 'order.placed' and o.known_at > p.planned_at
           and o.occurred_at > m.sent_at and o.occurred_at <= m.sent_at + %(bought)s::interval)) as bought
from campaign_person p join message_intent m on m.origin = %(origin)s and m.run = p.customer_id and m.step = 'send'
left join lateral (
    select bool_or(e.name = 'message.opened' and {BY_PEOPLE}) as opened,
           bool_or(e.name = 'message.opened' and not ({BY_PEOPLE})) as opened_by_machine,
           bool_or(e.name = 'message.clicked' and {BY_PEOPLE}) as clicked,
           bool_or(e.name = 'message.clicked' and not ({BY_PEOPLE})) as clicked_by_machine,
           bool_or(e.name = 'message.unsubscribed') as unsubscribed, bool_or(e.name = 'message.complained') as complained,
           bool_or(e.name = 'message.bounced') as bounced,
           bool_or(e.name = 'message.replied' and e.properties -> 'automatic' is distinct from 'true'::jsonb) as answered
    from event e where e.customer_id = m.customer_id and e.known_at > p.planned_at and e.message_id = m.id
) r on m.state = 'sent'
where p.campaign_id = %(campaign)s
"""
DRAWN = "select part, arm, count(*) from campaign_person where campaign_id = %s group by 1, 2 order by 1, 2"


def waiting(row: Campaign) -> int:
    """How many of its messages have neither gone nor been kept back."""
    return int(sql.value(WAITING, [origin_of(row.key)]))


def drawn(row: Campaign) -> dict[tuple[str, str], int]:
    """(part, arm) → how many people."""
    return {(part, arm): int(count) for part, arm, count in sql.rows(DRAWN, [row.pk])}


def arms(row: Campaign, now: datetime) -> list[Arm]:
    """The arms of the first part, with what was measured so far. One statement."""
    plan = Plan.of(row.plan)
    counted = {name: Arm(name, *map(int, counts)) for name, *counts in sql.rows(ARMS.format(did=DID[plan.metric]), _about(row, now))}
    return [counted.get(name, Arm(name)) for name, _ in plan.arms]


def first_part_is_over(row: Campaign, now: datetime) -> bool:
    """Whether everybody of the first part was written to or not, and watched for as long as was said."""
    return row.released_at is not None and bool(sql.value(OVER, _about(row, now)))


def _about(row: Campaign, now: datetime) -> dict[str, Any]:
    within = plans.ripens(Plan.of(row.plan))
    return {"origin": origin_of(row.key), "campaign": row.pk, "part": FIRST, "alone": [EVERYWHERE, HELD_OUT], "now": now, "within": within}


def reactions(row: Campaign) -> dict[str, int]:
    """How many messages went, and how many people did what; what machines did is apart. One statement."""
    about = {"origin": origin_of(row.key), "campaign": row.pk, "bought": BOUGHT_WITHIN}
    return {name: int(count or 0) for name, count in sql.records(REACTIONS, about)[0].items()}
