"""What waits for a second person: drafts of journeys and campaigns, who asked and what they saw; and what was decided lately."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from afterword.faces.queries import Question, questions
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys

from .campaigns import costed
from .frame import member_of, reach, show, team

LATELY = 20


@require_safe
@team("publish")
def show_approvals(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, and what was decided lately."""
    approves = accounts.may(member_of(request), "approve")
    waiting = [_row(one) for one in questions(reach(request))]
    lately = [_row(one) for one in questions(reach(request), open=False, most=LATELY)]
    for row in waiting:
        row["mine"] = row["asked"].asked_by_id == member_of(request).pk
    context = {"waiting": waiting, "lately": lately, "approves": approves, "second_person": accounts.installation().second_person}
    return show(request, "console/approvals.html", context, title=_("Approvals"))


def _row(question: Question) -> dict[str, Any]:
    """A question as the page shows it."""
    asked = question.asked
    row: dict[str, Any] = {"asked": asked, "name": question.name, "stale": question.stale}
    if question.campaign is None:
        address = reverse("console:journey", args=[asked.subject])
        return {**row, "address": address, "icon": "path", "kind": _("Journey"), "wish": journeys.wish_of(asked)}
    found = asked.details.get("foreseen")
    address = reverse("console:campaign", args=[asked.subject])
    return {**row, "address": address, "icon": "flag", "kind": _("Campaign"), "found": found, **(costed(found) if found else {})}


urls = [path("approvals/", show_approvals, name="approvals")]
