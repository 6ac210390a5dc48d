"""Keeping a segment: a new one, another meaning, its name; archiving it and taking it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from afterword.kit import sql
from afterword.loop.events import door as events

from ..models import Revision, Segment
from ..queries.texts import numbers, texts
from ..rules.condition import checked_key
from ..rules.shipped import SHIPPED
from ..types import BadSegment, Compiled, NoSuchSegment
from . import follow
from .compile import compiled
from .fill import NEVER, fill

TURN = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
LEAVE = "update segment_membership set known_to = %s where segment_id = %s and known_to = '9999-12-31 00:00+00'"
COUNT_OUT = """
insert into segment_moved as d (segment_id, at, came, went) values (%s, date_bin('15 minutes', %s::timestamptz, 'epoch'), 0, %s)
on conflict (segment_id, at) do update set went = d.went + excluded.went
"""


def save_segment(key: str, *, name: str, text: str, at: datetime, about: str = "", by: str = "", origin: str = "") -> Segment:
    """Keep a segment. Another condition is another revision, and everybody is asked once; nobody is told of that.

    Raises BadCondition, BadSegment, TooHeavy.
    """
    text = " ".join(text.split())
    with transaction.atomic():
        sql.run(TURN, [follow.LOCK])
        row = Segment.objects.select_related("live").filter(key=checked_key(key)).first()
        if not name.strip():
            raise BadSegment(place="name", fault="is missing", expected="what people call it")
        plan = compiled(text, texts(), key=key, pins=numbers())
        if row is None:
            row = Segment(key=key, created_at=at, origin=origin)
        row.name, row.about, row.changed_at = name.strip(), about.strip(), at
        row.save()
        if row.live is None or not row.is_on or row.fault or _means(row.live) != (plan.text, plan.some, plan.everybody):
            _revise(row, plan, at=at, by=by)
    return row


def _means(revision: Revision) -> tuple[str, str, str]:
    return revision.text, revision.some, revision.everybody


def _revise(row: Segment, plan: Compiled, *, at: datetime, by: str) -> None:
    """The next revision, unless the present one says the same, and everybody's answer to it."""
    if row.live is None or _means(row.live) != (plan.text, plan.some, plan.everybody):
        row.live = Revision.objects.create(
            segment=row, number=row.live.number + 1 if row.live else 1, text=plan.text, pins=plan.pins, reads=list(plan.reads),
            everybody=plan.everybody, some=plan.some, parts=plan.parts, spoken=list(plan.spoken), at=at, by=by,
        )  # fmt: skip
    until = events.frontier() or at
    row.is_on, row.fault, row.asked_until = True, "", until
    row.save()
    fill(row.pk, row.live.everybody, until)


def archive_segment(key: str, *, at: datetime) -> None:
    """Follow it no more. Who was in it stays readable; nobody is in it from now on."""
    with transaction.atomic():
        sql.run(TURN, [follow.LOCK])
        row = _row(key)
        until = max(events.frontier() or at, row.asked_until or at)
        gone = sql.run(LEAVE, [until, row.pk])
        sql.run(NEVER, [row.pk])
        sql.run(COUNT_OUT, [row.pk, until, gone])
        sql.run("delete from segment_look_again where segment_id = %s", [row.pk])
        row.is_on, row.changed_at = False, at
        row.save(update_fields=["is_on", "changed_at"])


def restore_segment(key: str, *, at: datetime, by: str = "") -> Segment:
    """Follow it again, with the condition it had; also one that was set aside because it could not be asked."""
    row = _row(key)
    assert row.live is not None
    return save_segment(key, name=row.name, text=row.live.text, at=at, about=row.about, by=by)


def keep_shipped(*, at: datetime) -> list[str]:
    """Make the ready-made segments that are not here yet; the new keys. What a shop has changed or archived is left alone."""
    there = set(Segment.objects.values_list("key", flat=True))
    new = [one for one in SHIPPED if one.key not in there]
    for one in new:
        save_segment(one.key, name=one.name, about=one.about, text=one.text, at=at, origin=f"shipped:{one.key}")
    return [one.key for one in new]


def _row(key: str) -> Segment:
    row = Segment.objects.select_related("live").filter(key=key).first()
    if row is None:
        raise NoSuchSegment(key=key)
    return row
