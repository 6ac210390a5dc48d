"""Why and why not: any person and any journey, answered in sentences from the log alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from afterword.kit import children
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys

from ..queries import customers as queries
from ..queries import segments as named
from .frame import asks_for_part, member_of, reach, show, team, wanted
from .journey import around, known

ICONS = {"entered": "check", "condition": "x-circle", "already": "minus", "unseen": "question"}


@require_safe
@team("see_customers")
def show_search(request: HttpRequest, key: str) -> HttpResponse:
    """Pick somebody: found by name, address or order number, or those who bought last."""
    journey = known(key)
    sees = accounts.may(member_of(request), "see_contact")
    words = wanted(request, "q") if sees else ""
    rows = queries.found(words, by="bought", place=None, stores=reach(request))[:12]
    people = [{"id": row.id, "name": named.name_of(one, row.id, sees)} for row, one in zip(rows, _rows([r.id for r in rows]), strict=True)]
    context = around(journey, "people") | {"found_people": people, "words": words}
    return show(request, "console/journeys/why_search.html", context, title=journey.name)


def _rows(ids: list[UUID]) -> list[dict[str, Any] | None]:
    there = {row["id"]: row for row in named.rows_of(ids)}
    return [there.get(id) for id in ids]


@require_safe
@team("see_customers")
def show_journeys(request: HttpRequest, id: UUID) -> HttpResponse:
    """All journeys, to ask about one of them for this person."""
    who = _who(request, id)
    sees = accounts.may(member_of(request), "see_contact")
    context = {"lines": journeys.overview(), "id": who["id"], "name": named.name_of(_rows([who["id"]])[0], who["id"], sees)}
    return show(request, "console/journeys/why_which.html", context, title=_("Why"))


def _who(request: HttpRequest, id: UUID) -> dict[str, Any]:
    try:
        return queries.person(id, reach(request))
    except queries.NoSuchCustomer as missing:
        raise Http404 from missing


@require_safe
@team("see_customers")
def show_why(request: HttpRequest, key: str, id: UUID) -> HttpResponse:
    """Why they entered or did not, and of each run why it went this way. To ask that takes a second or two: the page is there before."""
    journey = known(key)
    who = _who(request, id)
    id = who["merged_into_id"] or who["id"]
    if asks_for_part(request):
        ended = children.run("why", str(id), key, "--json", "--language", get_language() or "en")
        told = msgspec.json.decode(ended.said) if ended.code == 0 else None
        context = {
            "told": _spoken(told, journey) if told else None, "fault": ended.said, "journey": journey,
            "base": accounts.installation().reporting_currency,
        }  # fmt: skip
    else:
        sees = accounts.may(member_of(request), "see_contact")
        context = around(journey, "people") | {"id": id, "name": named.name_of(_rows([id])[0], id, sees)}
    return show(request, "console/journeys/why.html", context, title=journey.name, part="console/journeys/why_part.html")


def _spoken(told: dict[str, Any], journey: journeys.Known) -> dict[str, Any]:
    """The answer as the page shows it."""
    entering = [
        {
            **one, "known_at": _at(one["known_at"]), "occurred_at": _at(one["occurred_at"]), "event": journeys.spoken_event(one["event"]),
            "words": one["words"], "icon": ICONS.get(one["verdict"], "prohibit"), "parts": _parts(one["parts"]),
        }
        for one in told["entering"]
    ]  # fmt: skip
    runs = []
    for run, version, stays in told["runs"]:
        shown = journey.version(version)
        drawing = journey.drawing_of(shown)
        runs.append({"run": run, "version": version, "stays": [_stay(stay, drawing) for stay in stays]})
    return {"event": journeys.spoken_event(told["event"]), "is_on": told["is_on"], "entering": entering, "runs": runs}


def _stay(stay: dict[str, Any], drawing: journeys.Drawing) -> dict[str, Any]:
    step = drawing.steps.get(stay["step"])
    cases = [(journeys.spoken_outcome(name), holds, _parts(parts)) for name, holds, parts in stay["cases"]]
    return {
        **stay, "name": drawing.called(stay["step"]), "icon": step.icon if step else "flag", "left_at": _at(stay["left_at"]),
        "how": journeys.spoken_outcome(stay["outcome"]) if stay["outcome"] else "", "cases": cases,
    }  # fmt: skip


def _parts(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**one, "value": _at(one["value"]) if one["type"] in ("instant", "age") and one["value"] else one["value"]} for one in parts]


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


urls = [
    path("journeys/<slug:key>/why/", show_search, name="journey_why_search"),
    path("journeys/<slug:key>/why/<uuid:id>/", show_why, name="journey_why"),
    path("customers/<uuid:id>/why/", show_journeys, name="customer_why"),
]
