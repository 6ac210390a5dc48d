"""What would be if a campaign went at a moment: its people are drawn as in earnest, the guard is asked, and everything is taken back."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.messages import door as messages
from afterword.loop.segments import door as segments

from ..types import EVERYWHERE, HELD_OUT, Foreseen, Plan
from .drafts import locked
from .release import arms_of, draw
from .start import category

COUNTED = """
select count(*), count(*) filter (where arm = %s), count(*) filter (where arm = %s) from campaign_person where campaign_id = %s
"""
ASKED = """
select md5(p.customer_id::text || a.name)::uuid, p.customer_id, p.customer_id, null::uuid, %(store)s, a.message, a.channel, a.category,
       %(priority)s::bigint, %(at)s::timestamptz, %(at)s::timestamptz + %(useful)s::int * interval '1 hour', %(at)s::timestamptz,
       null::timestamptz
from campaign_person p
join jsonb_to_recordset(%(arms)s::jsonb) as a(name text, message text, channel text, category text)
     on a.name = case p.arm when '' then 'A' else p.arm end
where p.campaign_id = %(campaign)s
"""


def foresee(key: str, at: datetime) -> Foreseen:
    """Who would get it at a moment, now or a past one, and why others would not. What is written for that is taken back."""
    with transaction.atomic():
        row = locked(key)
        plan = Plan.of(row.plan)
        row.revision_id = row.revision_id or segments.live_revision(plan.segment)
        row.release_at = at
        row.everywhere = accounts.installation().global_holdout if category(plan) == "marketing" else 0.0
        sql.run("delete from campaign_person where campaign_id = %s", [row.pk])
        draw(row, plan)
        people, everywhere, held_out = sql.rows(COUNTED, [EVERYWHERE, HELD_OUT, row.pk])[0]
        said = messages.foresee(ASKED, {
            "campaign": row.pk, "store": row.store, "priority": plan.priority, "at": at, "useful": plan.useful_hours,
            "arms": json.dumps(arms_of(plan)),
        }, at)  # fmt: skip
        transaction.set_rollback(True)
    go = sum(count for outcome, _, count in said if outcome == "go")
    return Foreseen(at, people, go, everywhere, held_out, tuple(one for one in said if one[0] != "go"))
