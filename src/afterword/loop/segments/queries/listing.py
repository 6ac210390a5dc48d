"""The list of segments with their sizes, one segment with all its revisions, and how large it was day by day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from afterword.kit import sql
from afterword.loop.accounts import door as accounts

from ..models import Revision as RevisionRow
from ..models import Segment
from ..types import Known, Line, NoSuchSegment, Revision

DAYS = 30
WEEK = 7
# On the first of the days stands everything that was before.
SIZES = """
select segment_id, greatest((at at time zone %(zone)s)::date, %(first)s::date), sum(came - went)::bigint from segment_moved
where segment_id = any(%(segments)s) and at < (%(last)s::date + 1)::timestamp at time zone %(zone)s group by 1, 2 order by 1, 2
"""


def zone() -> str:
    """Whose days are counted: those of the first store."""
    stores = accounts.stores()
    return stores[0].zone if stores else "UTC"


def day_of(at: datetime, place: str = "") -> date:
    """The shop's day of an instant."""
    return at.astimezone(ZoneInfo(place or zone())).date()


def overview(now: datetime, *, archived: bool = False) -> list[Line]:
    """Every segment that is on (or every archived one), by name. Three statements."""
    rows = list(Segment.objects.filter(is_on=not archived, live__isnull=False).select_related("live").order_by("name"))
    place = zone()
    last = day_of(now, place)
    sized = _sizes([row.pk for row in rows], last - timedelta(days=DAYS - 1), last, place)
    return [_line(row, sized[row.pk], is_new=day_of(row.created_at, place) > last - timedelta(days=WEEK)) for row in rows]


def _line(row: Segment, days: list[tuple[date, int]], *, is_new: bool) -> Line:
    assert row.live is not None
    size, before = days[-1][1], days[-1 - WEEK][1]
    return Line(
        row.key, row.name, row.about, row.live.text, row.is_on, size, size - before, tuple(days), row.fault, row.changed_at, is_new
    )  # fmt: skip


def sizes(key: str, first: date, last: date) -> list[tuple[date, int]]:
    """How large a segment was at the end of each of these days, in the shop's zone."""
    found = Segment.objects.filter(key=key).values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchSegment(key=key)
    return _sizes([found], first, last, zone())[found]


def _sizes(segments: list[int], first: date, last: date, place: str) -> dict[int, list[tuple[date, int]]]:
    changed: dict[int, dict[date, int]] = {segment: {} for segment in segments}
    for segment, day, by in sql.rows(SIZES, {"segments": segments, "first": first, "last": last, "zone": place}):
        changed[segment][day] = by
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found: dict[int, list[tuple[date, int]]] = {}
    for segment in segments:
        size, line = 0, []
        for day in days:
            size += changed[segment].get(day, 0)
            line.append((day, size))
        found[segment] = line
    return found


def known(key: str) -> Known:
    """One segment with everything it ever meant. Raises NoSuchSegment."""
    row = Segment.objects.filter(key=key, live__isnull=False).first()
    if row is None:
        raise NoSuchSegment(key=key)
    revisions = RevisionRow.objects.filter(segment=row).order_by("-number").values_list("number", "text", "at", "by", "pins")
    return Known(
        row.pk, row.key, row.name, row.about, row.is_on, row.fault, row.asked_until, tuple(Revision(*one) for one in revisions)
    )  # fmt: skip


def named_by(key: str) -> list[tuple[str, str]]:
    """The segments whose condition names this one: (key, name)."""
    return list(Segment.objects.filter(is_on=True, live__pins__has_key=key).values_list("key", "name").order_by("name"))


def names() -> list[tuple[str, str]]:
    """Every segment that is on: (key, name)."""
    return list(Segment.objects.filter(is_on=True, live__isnull=False).values_list("key", "name").order_by("name"))


def live_revision(key: str) -> int:
    """The row of what a segment means now, to be pinned by whoever must not change with it. Raises NoSuchSegment."""
    found = Segment.objects.filter(key=key, is_on=True).values_list("live_id", flat=True).first()
    if found is None:
        raise NoSuchSegment(key=key)
    return int(found)
