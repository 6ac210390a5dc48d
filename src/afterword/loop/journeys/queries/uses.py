"""Which messages journeys send, in what is on or in their draft, and whether each has an order."""

from __future__ import annotations

from afterword.kit import sql
from afterword.loop.events import door as events
from afterword.loop.messages import door as messages

OF_ORDER = ("order", "shipment")
USES = r"""
select s ->> 'message', j.name, coalesce(v.document ->> 'subject', 'order'), v.trigger
from journey j join journey_version v on v.journey_id = j.id and v.is_live, jsonb_array_elements(v.sends) s
union
select said[1], j.name, coalesce(substring(j.draft from '(?n)^subject:\s*["'']?(\w+)'), 'order'),
       substring(j.draft from 'event:\s*["'']?([a-z_.]+)')
from journey j, regexp_matches(j.draft, 'message:\s*["'']?([a-z][a-z0-9_]*)', 'g') as said
order by 1, 2
"""


def uses() -> list[messages.Use]:
    """Each message with each journey that sends it. A run has an order where it is about one, or where what began it was told of one."""
    told = {name: events.vocabulary.definition(name).subject for name in events.vocabulary.names}
    return [
        messages.Use(message, journey, subject in OF_ORDER or told.get(trigger or "") in OF_ORDER)
        for message, journey, subject, trigger in sql.rows(USES)
    ]
