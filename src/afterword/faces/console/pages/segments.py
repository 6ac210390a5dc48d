"""Segments: the list, one of them with its people and its past, why somebody is in it, and how several overlap."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.segments import door as segments

from .. import rules
from ..queries import customers as queries
from ..queries import home
from ..queries import segments as named
from . import segment_drafts
from .frame import asks_for_part, member_of, reach, show, team
from .journey import difference
from .notes import well

PERIODS = ((30, gettext_lazy("30 days")), (90, gettext_lazy("90 days")), (365, gettext_lazy("a year")))
MOST_COMPARED = 4
SPARK = (100, 24)


@require_safe
@team("see_figures")
def show_list(request: HttpRequest) -> HttpResponse:
    """All segments with their size and how it moves; with `?archived=1` those that are followed no more."""
    archived = request.GET.get("archived") == "1"
    lines = segments.overview(clock.now(), archived=archived)
    rows = [{"line": line, "spark": spark([many for _day, many in line.days])} for line in lines]
    context = {"rows": rows, "archived": archived, "some_archived": archived or bool(segments.overview(clock.now(), archived=True))}
    if not rows and not archived:
        context |= {"ready": segments.SHIPPED, "counts": not home.is_fresh()}
    return show(request, "console/segments/list.html", context, title=_("Segments"))


def spark(sizes: Sequence[int]) -> str:
    """A line of sizes as the points of an SVG polyline. Without a change it is a straight one."""
    wide, high = SPARK
    low, top = min(sizes), max(sizes)
    span, step = (top - low) or 1, wide / (len(sizes) - 1)
    flat = 0.5 if top == low else 0.0
    return " ".join(f"{n * step:.1f},{high - 2 - (high - 4) * ((size - low) / span + flat):.1f}" for n, size in enumerate(sizes))


def known(key: str) -> segments.Known:
    """The segment of an address, or 404."""
    try:
        return segments.known(key)
    except segments.NoSuchSegment as missing:
        raise Http404 from missing


def around(found: segments.Known, tab: str) -> dict[str, Any]:
    """What every page of one segment shows."""
    return {"segment": found, "tab": tab, "size": segments.size(found.key), "users": segments.named_by(found.key)}


@require_safe
@team("see_figures")
def show_segment(request: HttpRequest, key: str) -> HttpResponse:
    """One segment: how many, how that came, what it means, some of its people."""
    found = known(key)
    given = request.GET.get("days", "")
    period = int(given) if given.isdecimal() and int(given) in dict(PERIODS) else 90
    today = segments.day_of(clock.now())
    first = max(today - timedelta(days=period - 1), min(segments.day_of(found.revisions[-1].at), today - timedelta(days=6)))
    days = segments.sizes(key, first, today)
    context = around(found, "size") | {
        "days": days,
        "periods": PERIODS,
        "period": period,
        "text": segment_drafts.laid(found.text),
        "figures": json.dumps(_figures(days)),
    }
    began = found.revisions[-1].at
    context |= moved(days) | {"began": began if segments.day_of(began) > today - timedelta(days=7) else None}
    if accounts.may(member_of(request), "see_customers"):
        context["sample"] = _named(request, segments.sample(key, stores=reach(request)))
    return show(request, "console/segments/segment.html", context, title=found.name, part="console/segments/size.html")


def _figures(days: Sequence[tuple[date, int]]) -> dict[str, Any]:
    return {"days": [[f"{day:%-d %b}", many] for day, many in days]}


def moved(days: Sequence[tuple[date, int]]) -> dict[str, Any]:
    """How the size changed within a week and over the whole time shown, and the day on which it was largest."""
    sizes = [many for _day, many in days]
    week = sizes[-1] - sizes[-8 if len(sizes) > 7 else 0]
    return {"week": week, "week_less": -week, "change": sizes[-1] - sizes[0], "most": max(days, key=lambda one: one[1])}


def _named(request: HttpRequest, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Customers by the name that this member may see."""
    sees = accounts.may(member_of(request), "see_contact")
    rows = {row["id"]: row for row in named.rows_of(ids)}
    return [{**rows.get(id, {}), "id": id, "name": named.name_of(rows.get(id), id, sees)} for id in ids]


@require_safe
@team("see_customers")
def show_people(request: HttpRequest, key: str) -> HttpResponse:
    """Who is in it, the latest first, a page at a time."""
    found = known(key)
    place = rules.place_of(request.GET.get("before", ""))
    rows = segments.people(key, place=place, stores=reach(request))
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    who = {one["id"]: one for one in _named(request, [row.customer_id for row in rows])}
    context = around(found, "people") | {
        "rows": [{**who[row.customer_id], "since": row.since} for row in rows], "later": place is not None,
        "before": rules.place_text(rows[-1].since, rows[-1].customer_id) if more else "",
        "base": accounts.installation().reporting_currency,
    }  # fmt: skip
    return show(request, "console/segments/people.html", context, title=found.name)


PAGE = 30


@require_safe
@team("see_customers")
def show_why(request: HttpRequest, key: str, id: UUID) -> HttpResponse:
    """Why somebody is in a segment or not: each part of the condition with the value that was seen."""
    found = known(key)
    try:
        who = queries.person(id, reach(request))
    except queries.NoSuchCustomer as missing:
        raise Http404 from missing
    context = around(found, "people") | {
        "why": segments.why(key, who["merged_into_id"] or id), "id": id, "base": accounts.installation().reporting_currency,
        "name": _named(request, [id])[0]["name"], "part": asks_for_part(request),
    }  # fmt: skip
    return show(request, "console/segments/why.html", context, title=found.name, part="console/segments/why_part.html")


@require_safe
@team("see_figures")
def show_history(request: HttpRequest, key: str) -> HttpResponse:
    """What it meant from when on."""
    found = known(key)
    texts = [segment_drafts.laid(one.text) for one in found.revisions]
    rows = [
        {"one": one, "text": text, "lines": difference(texts[n + 1], text) if n + 1 < len(texts) else []}
        for n, (one, text) in enumerate(zip(found.revisions, texts, strict=True))
    ]
    return show(request, "console/segments/history.html", around(found, "history") | {"rows": rows}, title=found.name)


@require_safe
@team("see_figures")
def show_overlap(request: HttpRequest) -> HttpResponse:
    """How many are in exactly which of a few segments."""
    names = dict(segments.names())
    chosen = [key for key in dict.fromkeys(request.GET.getlist("of")) if key in names][:MOST_COMPARED]
    found = segments.overlap(chosen) if len(chosen) > 1 else {}
    most = max(found.values(), default=1)
    rows = [
        {
            "names": [names[key] for key in chosen if key in keys],
            "count": count,
            "all": len(keys) == len(chosen),
            "share": 100 * count / most,
        }
        for keys, count in sorted(found.items(), key=lambda one: (-len(one[0]), -one[1]))
    ]
    context = {
        "names": names.items(), "chosen": chosen, "rows": rows, "total": sum(found.values()), "most": MOST_COMPARED,
        "both": found.get(frozenset(chosen), 0), "named": [names[key] for key in chosen],
    }  # fmt: skip
    return show(request, "console/segments/overlap.html", context, title=_("Overlap"), part="console/segments/overlap_part.html")


@require_POST
@team("export_people")
def export(request: HttpRequest, key: str) -> HttpResponse:
    """Everybody in it as a CSV, written while it is read. Audited before the first line leaves."""
    found = known(key)
    accounts.audit(member_of(request), "people exported", f"segment {key}", after={"people": segments.size(key)})
    answer = StreamingHttpResponse(_lines([segments.EXPORTED], segments.exported(key)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.key}-{clock.now():%Y-%m-%d}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return cast(HttpResponse, answer)


def _lines(*parts: Iterable[Sequence[Any]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"  # a spreadsheet takes it for UTF-8 by this
    for rows in parts:
        for row in rows:
            writer.writerow(row)
            if buffer.tell() > CHUNK:
                yield buffer.getvalue()
                buffer.seek(0)
                buffer.truncate()
    yield buffer.getvalue()


CHUNK = 64_000


@require_POST
@team("edit_journeys")
def archive(request: HttpRequest, key: str) -> HttpResponse:
    """Follow it no more. It can be taken back."""
    found = known(key)
    if segment_drafts.done(request, "archive", key):
        well(request, _("“%(name)s” is archived. Nobody is in it; what it was stays readable.") % {"name": found.name})
    return redirect("console:segment", key=key)


@require_POST
@team("edit_journeys")
def restore(request: HttpRequest, key: str) -> HttpResponse:
    """Follow it again, from now on."""
    found = known(key)
    if segment_drafts.done(request, "restore", key):
        well(request, _("“%(name)s” is followed again; everybody was asked.") % {"name": found.name})
    return redirect("console:segment", key=key)


@require_POST
@team("edit_journeys")
def take_shipped(request: HttpRequest) -> HttpResponse:
    """Keep the ready-made segments that are not here yet."""
    if segment_drafts.done(request, "ready-made"):
        well(request, _("The ready-made segments are here, and everybody was asked."))
    return redirect("console:segments")


urls = [
    path("segments/", show_list, name="segments"),
    path("segments/ready-made", take_shipped, name="segment_shipped"),
    path("segments/overlap/", show_overlap, name="segment_overlap"),
    *segment_drafts.urls,
    path("segments/<slug:key>/", show_segment, name="segment"),
    path("segments/<slug:key>/people/", show_people, name="segment_people"),
    path("segments/<slug:key>/people/<uuid:id>/", show_why, name="segment_why"),
    path("segments/<slug:key>/history/", show_history, name="segment_history"),
    path("segments/<slug:key>/export", export, name="segment_export"),
    path("segments/<slug:key>/archive", archive, name="segment_archive"),
    path("segments/<slug:key>/restore", restore, name="segment_restore"),
]
