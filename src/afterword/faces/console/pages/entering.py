"""Who would be let in: asked before a journey is turned on so that those enter too who did earlier what it waits for."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.http import require_http_methods

from afterword.insight.backtests import door as backtests
from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys.types import Enrol

from .frame import show, team
from .journey import known

DAYS = ("7", "30", "90")
LONGEST = timedelta(days=366)


def wished(request: HttpRequest) -> datetime | None:
    """Since when they shall enter, from the form: so many days ago, or a day; the beginning of that day in the shop's zone."""
    given = request.POST.get("days", "")
    stores = accounts.stores()
    zone = ZoneInfo(stores[0].zone if stores else "UTC")
    today = clock.now().astimezone(zone).date()
    try:
        day = today - timedelta(days=int(given)) if given in DAYS else parse_date(request.POST.get("since", "")) if given == "day" else None
    except ValueError:
        day = None
    return datetime.combine(max(day, today - LONGEST), time(), zone) if day and day <= today else None


def since_option(since: datetime | None) -> list[str]:
    """How the command that publishes is told."""
    return ["--since", since.astimezone(UTC).replace(microsecond=0).isoformat()] if since else []


def counted(request: HttpRequest, key: str, mark: str) -> Enrol | None:
    """The wish of the form with what was counted for it, if it was."""
    since = wished(request)
    if since is None:
        return None
    found = backtests.let_in(key, mark, since)
    result = (found.result or {}) if found else {}
    return Enrol(since, result.get("people"), result.get("reached"))


@require_http_methods(["GET", "HEAD", "POST"])
@team("edit_journeys")
def entering(request: HttpRequest, key: str) -> HttpResponse:
    """A part: posting asks, or takes what was asked lately; afterwards how far it is, or what came out."""
    known(key)
    context: dict[str, Any] = {"key": key, "asked": None, "found": None, "refused": ""}
    try:
        if request.method == "POST":
            since = _exactly(request) or wished(request)
            context["asked"] = backtests.ask_entering(key, since=since, by=str(request.user)) if since else None
        else:
            context["asked"] = _asked(request, key)
    except Refused as refusal:
        context["refused"] = str(refusal)
    if context["asked"] and context["asked"].state == "done":
        context["found"] = context["asked"].result
        context["since"] = datetime.fromisoformat(context["asked"].result["since"])
        context["later"] = context["since"] > context["asked"].since
    return show(request, "console/journeys/entering.html", context, title="")


def _exactly(request: HttpRequest) -> datetime | None:
    """The instant about which somebody has asked already."""
    try:
        found = parse_datetime(request.POST.get("from", ""))
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _asked(request: HttpRequest, key: str) -> backtests.Asked:
    given = request.GET.get("id", "")
    if not given.isdecimal() or len(given) > 18:
        raise Http404
    try:
        found = backtests.asked(int(given))
    except backtests.NoSuchBacktest as missing:
        raise Http404 from missing
    if found.journey != key or found.purpose != "entering":
        raise Http404
    return found


urls = [path("journeys/<slug:key>/entering", entering, name="journey_entering")]
