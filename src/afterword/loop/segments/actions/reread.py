"""Reading every segment anew in the words of this edition of the product: what it cannot mean any more is kept, and waits for somebody."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from afterword.kernel.errors import Refused
from afterword.kit import sql
from afterword.loop.conditions.types import BadCondition
from afterword.loop.events import door as events

from ..models import Segment
from ..queries.texts import texts
from ..rules.condition import understood
from . import follow

# What a condition names of others stands in it as it was when it was kept.
PINNED = """
select s.id, o.key, r.text from segment s join segment_revision l on l.id = s.live_id
cross join lateral jsonb_each_text(l.pins) p (key, number)
join segment o on o.key = p.key join segment_revision r on r.segment_id = o.id and r.number = p.number::int
where s.is_on and s.fault = ''
"""


def reread() -> list[tuple[str, str]]:
    """Set aside every segment whose condition cannot be read any more, or can never be true: (name, why). Nothing else stops.

    Who is in such a segment stays in it until its condition is changed, or it can be asked again.
    """
    with transaction.atomic():
        sql.run("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [follow.LOCK])
        now, pinned = texts(), dict[int, dict[str, str]]()
        for id, key, text in sql.rows(PINNED):
            pinned.setdefault(id, {})[key] = text
        found = []
        for row in Segment.objects.filter(is_on=True, fault="", live__isnull=False).select_related("live").order_by("name"):
            assert row.live is not None
            if fault := _fault(row.live.text, {**now, **pinned.get(row.pk, {})}, row.key):
                sql.run(follow.SET_ASIDE, [fault, row.pk])
                found.append((row.name, fault))
        return found


def _fault(text: str, others: Mapping[str, str], key: str) -> str:
    try:
        understood(text, events.vocabulary, others, key=key)
    except BadCondition as refusal:
        return f"{refusal.values['fault']}; expected {refusal.values['expected']}"
    except Refused as refusal:
        return str(refusal)
    return ""
