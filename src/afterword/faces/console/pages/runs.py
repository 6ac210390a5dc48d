"""Runs of a journey: the latest, and one with everything that became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import Store
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from ..rules import uuid_in
from .frame import reach, show, team
from .hours import shop_time
from .journey import around, known
from .verdict import asked_of


@require_safe
@team("see_customers")
def show_runs(request: HttpRequest, key: str) -> HttpResponse:
    """The latest runs, a page at a time; with `?step=` those who stand there now."""
    journey = known(key)
    drawing = journey.drawing_of(journey.version())
    step = request.GET.get("step", "")
    step = step if step in drawing.steps else ""
    found = journeys.runs(key, before=uuid_in(request.GET.get("before", "")), step=step, stores=reach(request))
    rows = [{"run": run, "where": drawing.called(run.step or run.last_step), "how": ended(run)} for run in found.rows]
    context = around(journey, "people") | {
        "rows": rows, "older": found.older, "step": drawing.steps.get(step), "later": "before" in request.GET, "drawing": drawing,
        "steps": [one for one in drawing.steps.values() if one.kind in ("wait", "wait_for")],
    }  # fmt: skip
    return show(request, "console/journeys/people.html", context, title=journey.name, part="console/journeys/people_part.html")


@require_safe
@team("see_customers")
def show_run(request: HttpRequest, key: str, run: UUID) -> HttpResponse:
    """One run: where it has been and how each stay ended, every message with the questions it was asked."""
    journey = known(key)
    found = journeys.passage(key, run, reach(request))
    if found is None:
        raise Http404
    ran, who = found
    version = journey.version(ran.version)
    drawing = journey.drawing_of(version)
    stores = accounts.stores()
    with shop_time():
        sent = {row["step"]: message_of(row, stores) for row in ran.messages}
    visits = [stay(drawing, visit, sent) for visit in ran.visits]
    stands = drawing.steps.get(ran.stands_at) if ran.stands_at else None
    context = around(journey, "people", version) | {"ran": ran, "who": who, "visits": visits, "stands": stands}
    return show(request, "console/journeys/run.html", context, title=journey.name)


def stay(drawing: journeys.Drawing, visit: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """A visit as a line of the history."""
    step = drawing.steps.get(visit["step"])
    return {
        **visit, "name": drawing.called(visit["step"]), "icon": step.icon if step else "flag", "label": step.label if step else "",
        "how": journeys.spoken_outcome(visit["outcome"]), "lasted": visit["left_at"] - visit["entered_at"],
        "message": sent.get(visit["step"]) if step and step.kind == "send" else None,
        "over": step is not None and step.ways.get(visit["outcome"]) is None,
    }  # fmt: skip


def message_of(row: dict[str, Any], stores: Sequence[Store]) -> dict[str, Any]:
    """A message of a run with the questions of the guard."""
    checks = row["checks"]
    whole = {**row, "checks": msgspec.json.decode(checks) if isinstance(checks, str) else checks}
    return {**whole, "title": messages.message_name(row["message"]), "questions": asked_of(whole, stores)}


def ended(run: journeys.Run) -> str:
    """How a run ended, in words; empty while it is under way."""
    if run.step is not None:
        return ""
    return {"exited": _("left early"), "held_out": _("held out")}.get(run.last_outcome or "", _("came to its end"))


urls = [
    path("journeys/<slug:key>/people/", show_runs, name="journey_people"),
    path("journeys/<slug:key>/people/<uuid:run>/", show_run, name="journey_run"),
]
