"""The Backtest tab: ask the past, watch, stop, read what would have been."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from afterword.insight.backtests import door as backtests
from afterword.kernel.errors import Refused
from afterword.kit import clock

from .frame import member_of, show, team
from .journey import around, known
from .notes import not_done, well
from .streams import told

PERIODS = ((30, gettext_lazy("the last 30 days")), (90, gettext_lazy("the last 90 days")), (365, gettext_lazy("the last year")))


@require_safe
@team("see_figures")
def show_backtest(request: HttpRequest, key: str) -> HttpResponse:
    """The latest backtest of a journey: how far it is, or what came out; the part alone while htmx waits for it."""
    journey = known(key)
    found = backtests.latest(key)
    context: dict[str, Any] = around(journey, "backtest") | {"asked": found, "periods": PERIODS, "period": _period(found)}
    if found and found.state == "done" and found.result:
        shown = journey.version(found.version) if found.version else None
        drawing = journey.drawing_of(shown)
        context |= {"found": told(found.result, drawing), "of_version": shown, "newer": shown is not None and shown != journey.version()}
        context["drawing_data"] = json.dumps(context["found"].drawing())
    return show(request, "console/journeys/backtest.html", context, title=journey.name, part="console/journeys/backtest_part.html")


def _period(found: backtests.Asked | None) -> int:
    days = round((found.until - found.since) / timedelta(days=1)) if found else 90
    return min((period for period, _words in PERIODS), key=lambda period: abs(period - days))


@require_POST
@team("edit_journeys")
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """Begin a backtest over the period that was chosen."""
    known(key)
    given = request.POST.get("days", "")
    days = int(given) if given.isdecimal() and int(given) in dict(PERIODS) else 90
    try:
        backtests.ask_backtest(key, since=clock.now() - timedelta(days=days), by=member_of(request).email)
    except Refused as refusal:
        not_done(request, str(refusal))
    return redirect("console:journey_backtest", key=key)


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
]
