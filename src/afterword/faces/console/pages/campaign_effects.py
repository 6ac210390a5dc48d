"""What a campaign did, against those who were left alone: a part of its page, asked for once it stands."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door as campaigns

from .campaign_drafts import within
from .frame import show, team

FIRST = 14


@require_safe
@team("see_figures")
def show_effect(request: HttpRequest, key: str) -> HttpResponse:
    """Orders and money of those it was for and of those left alone, within some days; the differences with their intervals."""
    row, given = within(request, key), request.GET.get("days", "")
    days = int(given) if given.isdecimal() and int(given) in campaigns.WINDOWS else FIRST
    found = campaigns.effect(row, clock.now(), days)
    drawn = campaigns.figures.drawn(row)
    context: dict[str, Any] = {
        "campaign": row, "effect": found, "windows": campaigns.WINDOWS, "days": days,
        "currency": accounts.installation().reporting_currency,
        "left_alone": any(arm in (campaigns.EVERYWHERE, campaigns.HELD_OUT) for _part, arm in drawn), "fewest": campaigns.FEWEST,
        "buyers": campaigns.FEWEST_BUYERS, **_told(found),
    }  # fmt: skip
    return show(request, "console/campaigns/effect.html", context, title=row.name)


def _told(found: campaigns.Effect | None) -> dict[str, Any]:
    """The differences as they are said: in points, for a hundred people, in minor units."""
    if found is None:
        return {}
    alone = _("Left alone by this campaign") if found.against == campaigns.HELD_OUT else _("Left alone by all marketing")
    said: dict[str, Any] = {
        "sides": [(_("It was for"), found.written), (alone, found.alone)], "smallest": 100 * found.smallest if found.smallest else None,
    }  # fmt: skip
    if found.share and found.orders and found.money:
        points = [100 * part for part in found.share]
        said |= {
            "points": points, "fewer": -points[0], "chance": points[1] <= 0 <= points[2], "orders": [100 * part for part in found.orders],
            "money": [round(part) for part in found.money], "whole": [round(part * found.written.people) for part in found.money],
        }  # fmt: skip
    return said


urls = [path("campaigns/<slug:key>/effect", show_effect, name="campaign_effect")]
