"""What waits for a second person: drafts of journeys and campaigns, who asked and what they saw; and what was decided lately."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.models import Approval
from afterword.loop.campaigns import door as campaigns
from afterword.loop.journeys import door as journeys

from .campaigns import costed
from .frame import member_of, reach, show, team

LATELY = 20


@require_safe
@team("publish")
def show_approvals(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, and what was decided lately."""
    approves = accounts.may(member_of(request), "approve")
    waiting = [row for asked in accounts.approvals(open=True) if (row := _row(request, asked))]
    lately = [row for asked in accounts.approvals(open=False, most=LATELY) if (row := _row(request, asked))]
    for row in waiting:
        row["mine"] = row["asked"].asked_by_id == member_of(request).pk
    context = {"waiting": waiting, "lately": lately, "approves": approves, "second_person": accounts.installation().second_person}
    return show(request, "console/approvals.html", context, title=_("Approvals"))


def _row(request: HttpRequest, asked: Approval) -> dict[str, Any] | None:
    """A question with what it is about; None where that is out of reach, or gone."""
    if asked.kind == campaigns.KIND:
        return _campaign(request, asked)
    name = journeys.names().get(asked.subject)
    if name is None:
        return None
    now, wish = journeys.waiting(asked.subject), journeys.wish_of(asked)
    return {
        "asked": asked, "name": name, "address": reverse("console:journey", args=[asked.subject]), "icon": "path", "kind": _("Journey"),
        "wish": wish, "stale": now is None or now.mark != asked.mark,
    }  # fmt: skip


def _campaign(request: HttpRequest, asked: Approval) -> dict[str, Any] | None:
    try:
        row = campaigns.one(asked.subject, reach(request))
    except campaigns.NoSuchCampaign:
        return None
    found = asked.details.get("foreseen")
    return {
        "asked": asked, "name": row.name, "address": reverse("console:campaign", args=[row.key]), "icon": "flag", "kind": _("Campaign"),
        "found": found, **(costed(found) if found else {}), "stale": campaigns.mark_of(row) != asked.mark or row.state != "draft",
    }  # fmt: skip


urls = [path("approvals/", show_approvals, name="approvals")]
