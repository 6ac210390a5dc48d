"""The draws of campaigns, from which it is measured what their messages are worth: who it was for and who was left alone, by lot."""

from __future__ import annotations

from ..types import EVERYWHERE, HELD_OUT

# The holdout of everything compares with people who get no marketing at all, so only a campaign's own counts.
TRIALS = f"""
select 'campaign:' || c.key as origin, p.customer_id as run, p.customer_id, c.store, p.planned_at as entered_at,
       p.arm = '{HELD_OUT}' as held_out,
       case when p.arm <> '{HELD_OUT}' then c.plan -> 'messages' ->> (ascii(p.arm) - ascii('A')) end as message
from campaign_person p join campaign c on c.id = p.campaign_id
where c.state in ('sending', 'paused', 'done') and p.planned_at > %(since)s and p.arm not in ('', '{EVERYWHERE}')
"""
