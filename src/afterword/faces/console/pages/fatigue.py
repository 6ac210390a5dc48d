"""Who receives how much, and what one message more costs: over all journeys, campaigns and rooms, and all channels."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door as campaigns
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from .campaign_drafts import CLASSES
from .frame import asks_for_part, reach, show, team

FEW = 200
WEEKS = ((4, gettext_lazy("4 weeks")), (13, gettext_lazy("13 weeks")), (26, gettext_lazy("26 weeks")))


@require_safe
@team("see_figures")
def show_fatigue(request: HttpRequest) -> HttpResponse:
    """Messages a week and person, by class and where from, and what the n-th within seven days led to."""
    weeks = int(request.GET["weeks"]) if request.GET.get("weeks") in {"4", "13", "26"} else 13
    context = _received(weeks, reach(request)) if asks_for_part(request) else {
        "weeks": weeks, "periods": WEEKS, "worths": [_worth(one) for one in messages.worths(reach(request))],
        "currency": accounts.installation().reporting_currency,
    }  # fmt: skip
    title = _("How much people receive")
    return show(request, "console/messages/fatigue.html", context, title=title, part="console/messages/fatigue_part.html")


def _received(weeks: int, stores: list[str] | None) -> dict[str, Any]:
    """What was received in so many weeks, which takes some seconds in a big shop: the page is there before."""
    now = clock.now()
    found = messages.fatigue(now - timedelta(weeks=weeks), now, stores)
    names = journeys.names() | campaigns.names()
    numbers = [_rates(cost, words) for cost, words in _pooled(found.by_number)]
    drawn = {
        "weeks": [[number_words(str(one.messages)), one.weeks] for one in found.weeks],
        "unsubscribes": [[row["what"], *row["unsubscribed"]] for row in numbers],
        "complaints": [[row["what"], *row["complained"]] for row in numbers],
    }
    return {
        "found": found, "numbers": numbers, "figures": json.dumps(drawn, ensure_ascii=False), "extra": _extra(found.by_number),
        "received": [(number_words(str(one.messages)), one) for one in found.weeks],
        "classes": [_rates(cost, str(CLASSES.get(cost.what, cost.what))) for cost in found.by_category],
        "origins": [_rates(cost, names.get(cost.what, cost.what)) for cost in found.by_origin],
    }  # fmt: skip


def _worth(one: messages.Worth) -> dict[str, Any]:
    """What a message brought, in whole minor units: as measured with its interval, and as it counts."""
    half = campaigns.reckoning.z(campaigns.reckoning.ALPHA) * one.spread
    return {
        "what": messages.message_name(one.message), "one": one, "worth": round(one.worth), "estimate": round(one.estimate),
        "low": round(one.estimate - half), "high": round(one.estimate + half),
    }  # fmt: skip


def number_words(number: str) -> str:
    """`8` → `8 or more`, where that is where counting ends."""
    return _("%(n)s or more") % {"n": number} if number == str(messages.MOST) else number


def _pooled(costs: tuple[messages.Cost, ...]) -> list[tuple[messages.Cost, str]]:
    """The rare high numbers stand together, for of a few messages nothing can be said."""
    found = list(costs)
    pooled = False
    while len(found) > 1 and found[-1].sent < FEW:
        last, before = found.pop(), found.pop()
        found.append(messages.Cost(
            before.what, before.sent + last.sent, 0, before.unsubscribed + last.unsubscribed, before.complained + last.complained
        ))  # fmt: skip
        pooled = True
    words = [number_words(cost.what) for cost in found]
    if pooled:
        words[-1] = _("%(n)s or more") % {"n": found[-1].what}
    return list(zip(found, words, strict=True))


def _rates(cost: messages.Cost, what: str) -> dict[str, Any]:
    """A row: shares in a thousand with their intervals."""
    counted = {"unsubscribed": cost.unsubscribed, "complained": cost.complained}
    rates = {name: [1000 * part for part in campaigns.reckoning.wilson(many, cost.sent)] for name, many in counted.items()}
    return {"what": what, "cost": cost, **rates}


def _extra(costs: tuple[messages.Cost, ...]) -> list[float] | None:
    """How many more in a thousand want no more from the third message within seven days on, against the first two, with the interval."""
    few, many = [0, 0], [0, 0]
    for cost in costs:
        into = few if int(cost.what) <= 2 else many
        into[0] += cost.unsubscribed
        into[1] += cost.sent
    if not few[1] or not many[1]:
        return None
    return [1000 * part for part in campaigns.reckoning.newcombe(many[0], many[1], few[0], few[1])]


urls = [path("messages/how-much/", show_fatigue, name="fatigue")]
