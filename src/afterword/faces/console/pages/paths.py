"""Whole paths of a backtest: who they are for whoever may know that, every stay, every message as they would have read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from afterword.insight.backtests import door as backtests
from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from ..queries import segments as named
from .frame import member_of, reach, team
from .letters import framed


def people_of(request: HttpRequest, people: Sequence[Mapping[str, Any]], drawing: journeys.Drawing) -> list[dict[str, Any]]:
    """The people of a result as this member may see them: those of their stores, by name where they may know names."""
    mine, sees = reach(request), accounts.may(member_of(request), "see_contact")
    rows = {row["id"]: row for row in named.rows_of([UUID(one["customer"]) for one in people])}
    found = []
    for one in people:
        id = UUID(one["customer"])
        runs = [_run(run, drawing) for run in one["runs"] if mine is None or run["store"] in mine]
        if runs:
            sent = sum(stay["message"]["state"] == "go" for run in runs for stay in run["stays"] if stay["message"])
            found.append({"id": id, "name": named.name_of(rows.get(id), id, sees), "runs": runs, "sent": sent})
    return found


def _run(run: Mapping[str, Any], drawing: journeys.Drawing) -> dict[str, Any]:
    told = {message["step"]: _message(message) for message in run["messages"]}
    stays = [_stay(stay, drawing, told) for stay in run["stays"]]
    return {**run, "stays": stays, "began": stays[0]["left"] if stays else None}


def _stay(stay: Sequence[Any], drawing: journeys.Drawing, told: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    key, entered, left, outcome = stay
    step = drawing.steps.get(key)
    return {
        "step": key, "name": drawing.called(key), "icon": step.icon if step else "flag", "entered": _instant(entered),
        "left": _instant(left), "how": journeys.spoken_outcome(outcome) if outcome else "", "message": told.get(key),
    }  # fmt: skip


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **message, "title": messages.message_name(message["message"]), "at": _instant(message["at"]), "asked": _instant(message["asked"]),
        "reactions": [(journeys.spoken_event(name), _instant(at)) for name, at in message["reactions"]],
    }  # fmt: skip


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@require_safe
@team("see_customers")
def show_letter(request: HttpRequest, key: str, id: int, run: UUID, step: str) -> HttpResponse:
    """A message of somebody's path as they would have got it; without what names them for whoever may not see that."""
    try:
        asked = backtests.asked(id)
    except backtests.NoSuchBacktest as missing:
        raise Http404 from missing
    if asked.journey != key or not asked.result:
        raise Http404
    other = (asked.result.get("beside") or {}).get("people") or []
    found = _found([*asked.result.get("people", []), *other], str(run), step, reach(request))
    if found is None:
        raise Http404
    customer, one, message = found
    row = {"order_id": UUID(one["order"]) if one["order"] else None, "customer_id": customer, "store": one["store"]}
    spoken = messages.known(next((r["language"] for r in named.rows_of([customer]) if r["language"]), None) or messages.LOCALES[0])
    at = _instant(message["at"]) or _instant(message["planned"]) or clock.now()
    sees = accounts.may(member_of(request), "see_contact")
    try:
        return framed(messages.preview(message["message"], row, spoken, at, named=sees).html)
    except Refused as refusal:
        return framed(f"<p>{refusal}</p>")


def _found(
    people: Sequence[Mapping[str, Any]], run: str, step: str, stores: Sequence[str] | None
) -> tuple[UUID, Mapping[str, Any], Mapping[str, Any]] | None:
    for person in people:
        for one in person["runs"]:
            if one["run"] == run and (stores is None or one["store"] in stores):
                for message in one["messages"]:
                    if message["step"] == step:
                        return UUID(person["customer"]), one, message
    return None


urls = [path("journeys/<slug:key>/backtest/<int:id>/letter/<uuid:run>/<slug:step>", show_letter, name="journey_backtest_letter")]
