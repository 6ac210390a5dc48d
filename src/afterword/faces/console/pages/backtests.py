"""The Backtest tab: ask the past, watch, stop, read what would have been, hold two versions against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from afterword.insight.backtests import door as backtests
from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys

from . import paths, sankey
from .frame import member_of, show, team
from .journey import around, known
from .notes import not_done, well
from .streams import told

USUAL = 90
REASONS = {
    "measured": lambda one: _("measured of %(n)s such messages") % {"n": f"{one['n']:,}"}, "stated": lambda one: _("as you state"),
    "default": lambda one: _("a guess: too few such messages ever went"),
}  # fmt: skip


@require_safe
@team("see_figures")
def show_backtest(request: HttpRequest, key: str) -> HttpResponse:
    """The latest backtest of a journey: how far it is, or what came out; the part alone while htmx waits for it."""
    journey = known(key)
    found = backtests.latest(key)
    context: dict[str, Any] = around(journey, "backtest") | {"asked": found, "chosen": _chosen(journey, found)}
    if found and found.state == "done" and found.result:
        context |= _found(request, journey, found)
    return show(request, "console/journeys/backtest.html", context, title=journey.name, part="console/journeys/backtest_part.html")


def _chosen(journey: journeys.Known, found: backtests.Asked | None) -> dict[str, Any]:
    """What stands in the form: what was asked last, or the last 90 days of what is live."""
    live = journey.version()
    now = clock.now()
    version = str(found.version or "draft") if found else str(live.number) if live else "draft"
    return {
        "since": found.since if found else now - timedelta(days=USUAL), "until": found.until if found else now, "version": version,
        "against": found.against if found else "", "versions": [str(one.number) for one in journey.versions],
    }  # fmt: skip


def _found(request: HttpRequest, journey: journeys.Known, found: backtests.Asked) -> dict[str, Any]:
    """What came out, made ready to be read."""
    result = found.result or {}
    shown = journey.version(found.version) if found.version else None
    drawing = journey.drawing_of(shown)
    figures = told(result, drawing)
    context: dict[str, Any] = {
        "found": figures, "of_version": shown, "newer": shown is not None and shown != journey.version(),
        "assumed": _assumed(result, drawing),
        "drawing": sankey.drawn(figures.nodes, [(s.source, s.target, s.count, s.kind) for s in figures.streams]),
        "bars": sankey.days_drawn(figures.days),
    }  # fmt: skip
    sees = accounts.may(member_of(request), "see_customers")
    if sees:
        context["whole_paths"] = paths.people_of(request, result.get("people") or [], drawing)
    if beside := result.get("beside"):
        context |= _beside(request, journey, found, beside, figures, sees)
    return context


def _assumed(result: dict[str, Any], drawing: journeys.Drawing) -> list[dict[str, Any]]:
    """What was assumed of reactions, in words; what the guard decides needs none."""
    found = []
    for one in result.get("assumptions") or []:
        if one["source"] != "certain":
            name, reaction = drawing.called(one["step"]), journeys.spoken_event(one["event"])
            words = {"why": REASONS[one["source"]](one), "reaction": reaction, "name": name}
            hours, length = round(one["delay"] / 3600, 1), timedelta(seconds=one["delay"])
            value = {"percent": round(100 * one["rate"], 1), "hours": hours, "median": length}
            found.append({**one, **words, **value, "field": f"{one['step']}:{one['event']}"})
    return found


def _beside(
    request: HttpRequest, journey: journeys.Known, found: backtests.Asked, beside: dict[str, Any], first: Any, sees: bool
) -> dict[str, Any]:
    """The second version: its figures beside those of the first, step by step and message by message, and whose path differs."""
    other = journey.version(int(found.against)) if found.against.isdecimal() else None
    first_drawing = journey.drawing_of(journey.version(found.version) if found.version else None)
    drawing = steps_as_in(first_drawing, journey.drawing_of(other))
    second = told(beside, drawing)
    steps = _both({(s.source, s.to): s.count for s in first.streams}, {(s.source, s.to): s.count for s in second.streams})
    result = found.result or {}
    names = {key: step.name for one in (drawing, first_drawing) for key, step in one.steps.items()}  # the first's where both have it
    sent = _both(_sent(result, names), _sent(beside, names))
    context: dict[str, Any] = {"second": second, "of_other": other, "both_steps": steps, "both_sent": sent, "differ": beside["differ"]}
    if sees and beside["differ"]["runs"]:
        mine = {one["id"]: one for one in paths.people_of(request, result.get("people") or [], first_drawing)}
        theirs = {one["id"]: one for one in paths.people_of(request, beside.get("people") or [], drawing)}
        context["pairs"] = [
            {"id": id, "name": one["name"], "first": mine.get(id), "second": theirs.get(id)} for id, one in {**mine, **theirs}.items()
        ]
        context["whole_paths"] = None
    return context


def steps_as_in(first: journeys.Drawing, second: journeys.Drawing) -> journeys.Drawing:
    """The second with its steps called as in the first, so that they stand in one row: those of the same key, or but another one."""
    was = journeys.renamed(first, second)
    pairs = {key: first.steps.get(was.get(key, key)) for key in second.steps}
    return replace(second, steps={key: replace(step, name=old.name) if (old := pairs[key]) else step for key, step in second.steps.items()})


def _sent(result: dict[str, Any], names: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """(what the message's step is called, what became of it) → how many."""
    words = {"go": _("sent"), "drop": _("not sent"), "hold": _("waiting"), "planned": _("planned")}
    found: dict[tuple[str, str], int] = {}
    for step, state, _reason, count in result["verdicts"]:
        what = (names.get(step) or step.replace("_", " "), words[state])
        found[what] = found.get(what, 0) + count
    return found


def _both(first: dict[tuple[str, str], int], second: dict[tuple[str, str], int]) -> list[tuple[str, str, int, int, str]]:
    """Rows of both: from, to, how many in each, and the difference with its sign."""
    keys = dict.fromkeys([*first, *second])
    return [(*key, first.get(key, 0), second.get(key, 0), _signed(second.get(key, 0) - first.get(key, 0))) for key in keys]


def _signed(number: int) -> str:
    return f"{number:+,}".replace("-", "−") if number else ""


@require_POST
@team("edit_journeys")
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """Begin a backtest over the time, of the version and under the assumptions that were chosen."""
    known(key)
    try:
        since, until = _window(request)
        stated = dict(one for name in request.POST if name.startswith("rate:") and (one := _stated(request, name.removeprefix("rate:"))))
        version, against = request.POST.get("version", ""), request.POST.get("against", "")
        against = "" if against == version else against
        by = member_of(request).email
        backtests.ask_backtest(key, since=since, until=until, by=by, version=version, against=against, stated=stated)
    except Refused as refusal:
        not_done(request, str(refusal))
    return redirect("console:journey_backtest", key=key)


def _window(request: HttpRequest) -> tuple[datetime, datetime | None]:
    """From the beginning of the first day to the end of the last, in the shop's zone; 90 days where nothing is said."""
    stores = accounts.stores()
    zone = ZoneInfo(stores[0].zone if stores else "UTC")
    try:
        first, last = parse_date(request.POST.get("from", "")), parse_date(request.POST.get("to", ""))
    except ValueError:
        first = last = None
    since = datetime.combine(first, time(), zone) if first else clock.now() - timedelta(days=USUAL)
    return since, datetime.combine(last, time(), zone) + timedelta(days=1) if last else None


def _stated(request: HttpRequest, name: str) -> tuple[str, backtests.Stated] | None:
    """What somebody states of a reaction; nothing where they left it as it was measured."""
    rate, hours = request.POST.get(f"rate:{name}", ""), request.POST.get(f"hours:{name}", "")
    before = request.POST.get(f"was:{name}", "")
    if not rate or f"{rate}|{hours}" == before:
        return None
    try:
        share, length = float(rate) / 100, int(float(hours) * 3600) if hours else None
    except ValueError as error:
        raise backtests.BadAssumption(given=rate, expected="a share in per cent, and hours") from error
    if not 0 <= share <= 1 or (length is not None and not 0 < length < 366 * 86400):
        raise backtests.BadAssumption(given=rate, expected="a share between 0 and 100 per cent, and hours within a year")
    return name, backtests.Stated(share, length)


@require_POST
@team("edit_journeys")
def stop(request: HttpRequest, key: str, id: int) -> HttpResponse:
    """Stop a backtest that runs."""
    try:
        found = backtests.asked(id)
    except backtests.NoSuchBacktest as missing:
        raise Http404 from missing
    if found.journey != key:
        raise Http404
    backtests.stop_backtest(id)
    well(request, _("The backtest was stopped. Nothing was kept of it."))
    return redirect("console:journey_backtest", key=key)


urls = [
    path("journeys/<slug:key>/backtest/", show_backtest, name="journey_backtest"),
    path("journeys/<slug:key>/backtest/ask", ask, name="journey_backtest_ask"),
    path("journeys/<slug:key>/backtest/<int:id>/stop", stop, name="journey_backtest_stop"),
    *paths.urls,
]
