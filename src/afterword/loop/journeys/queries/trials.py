"""The draws of journeys, from which it is measured what their messages are worth: who was let in and who was left alone, by lot."""

from __future__ import annotations

from ..rules.holdouts import GLOBAL

# The holdout of everything compares with people who get no marketing at all, so only a journey's own counts.
TRIALS = f"""
select distinct on (v.journey, v.run) v.journey as origin, v.run, e.customer_id, coalesce(e.store, 'main') as store, v.entered_at,
       v.outcome = 'held_out' as held_out, null::text as message
from visit v join event e on e.id = v.run
where v.outcome in ('in', 'held_out') and v.step <> '{GLOBAL}' and v.entered_at > %(since)s
order by v.journey, v.run, v.entered_at
"""
