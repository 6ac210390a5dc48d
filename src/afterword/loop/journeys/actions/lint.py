"""Lint with what this shop knows: its messages and languages, its quiet hours, its other journeys, how much there is of what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.errands import door as errands
from afterword.loop.events import door as events
from afterword.loop.messages import door as messages
from afterword.loop.segments import door as segments

from ..models import Journey as JourneyRow
from ..rules.lint import Facts, Finding, lint
from ..rules.yaml import loaded
from ..types import BadJourney
from .drafts import written_out

# How many events there are of each name, and how many customers, as the database reckons them: nothing is counted.
VOLUMES = """
select n.name, sum(n.share * greatest(c.reltuples, 0))::bigint as events
from pg_inherits i join pg_class c on c.oid = i.inhrelid
join pg_stats s on s.tablename = c.relname and s.attname = 'name'
cross join lateral unnest(s.most_common_vals::text::text[], s.most_common_freqs) as n (name, share)
where i.inhparent = 'event'::regclass group by n.name
"""
PEOPLE = "select greatest(reltuples, 0)::bigint from pg_class where oid = 'customers_customer'::regclass"


def lint_text(text: str) -> tuple[Finding, ...]:
    """Everything that is wrong with a document, or odd about it, in this shop."""
    return lint(text, facts())


def lint_texts(texts: Mapping[str, str]) -> dict[str, tuple[Finding, ...]]:
    """The same of several documents, by whatever they are called, looked at together: they stand for what the shop has."""
    known = facts(texts)
    return {key: lint(text, known) for key, text in texts.items()}


def facts(beside: Mapping[str, str] | None = None) -> Facts:
    """What lint should know of this shop. A few statements, whatever there is of events."""
    stores = accounts.stores()
    languages = [language for store in stores for language in store.languages]
    there = [*((row.key, row.draft) for row in JourneyRow.objects.all()), *dict(beside or {}).items()]
    kinds = messages.kinds()
    return Facts(
        vocabulary=events.vocabulary,
        categories={key: message.category for key, message in kinds.items()},
        gaps=lambda message: [(gap.kind, gap.locale, gap.what) for gap in messages.gaps(message, languages)],
        segments=segments.texts(),
        errands={kind.name: kind.check for kind in errands.kinds().values()},
        default_zone=messages.fallback_zone(),
        quiet_for=max((_length(s.quiet_from, s.quiet_until) for s in stores), default=0),
        others={said[0]: said[1:] for key, document in there if (said := _begins(key, document))},
        volumes=dict(sql.rows(VOLUMES)),
        ways={key: message.ways for key, message in kinds.items() if message.ways},
        people=int(sql.value(PEOPLE) or 0),
        endpoints=frozenset(str(one["key"]) for one in errands.endpoints() if one["closed_at"] is None),
        completed=written_out,
    )


def _begins(key: str, text: str) -> tuple[str, str, bool] | None:
    """A document's key, the event with which it begins, and whether it says its priority; None where it cannot be read."""
    try:
        document: Any = loaded(text)
    except BadJourney:
        return None
    trigger = document.get("trigger") if isinstance(document, Mapping) else None
    if not isinstance(trigger, Mapping):
        return None
    return str(document.get("journey", key)), str(trigger.get("event", "")), "priority" in document


def _length(since: time | None, until: time | None) -> int:
    """How long quiet hours last, over midnight or not."""
    if since is None or until is None:
        return 0
    day = date(2026, 1, 1)
    start, end = datetime.combine(day, since), datetime.combine(day, until)
    return int((end + timedelta(days=end <= start) - start).total_seconds())
