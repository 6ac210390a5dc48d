"""Home: what happened today and what needs a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from afterword.insight.backtests import door as backtests
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.intake import door as intake
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from .. import actions
from ..queries import home as queries
from .frame import member_of, reach, show, team

CATEGORIES = {
    "transactional": gettext_lazy("order and parcel messages"), "service": gettext_lazy("care and questions"),
    "marketing": gettext_lazy("news and reminders"),
}  # fmt: skip


def day_of(now: datetime, zone: str) -> tuple[datetime, datetime]:
    """The local day that holds this instant, as `[since, until)`."""
    local = now.astimezone(ZoneInfo(zone))
    first = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return first, first + timedelta(days=1)


@require_safe
@team()
def show_home(request: HttpRequest) -> HttpResponse:
    """The day in a sentence, then what needs somebody; first steps while nothing was ever told."""
    now, stores, lived = clock.now(), accounts.stores(), queries.replay()
    if lived is None and queries.is_fresh():
        return show(request, "console/first_steps.html", {"first": True}, title=_("Home"))
    mine = reach(request)
    day = queries.day(*day_of(now, stores[0].zone if stores else "UTC"), mine)
    context = {"day": day, "sent": [(CATEGORIES.get(name, name), count) for name, count in sorted(day.sent.items(), reverse=True)]}
    on = journeys.on()
    context |= {
        "replay": lived,
        "installation": accounts.installation(),
        "troubled": bool(messages.halted()) or any(rest.rests_until for rest in channels.failing()),
        "doubted": doubted[0]["count"] if (doubted := messages.doubted(mine)) else 0,
        "rehearsing": len(on - set(messages.live_origins())),
        "on": len(on),
    }
    if accounts.may(member_of(request), "see_customers"):
        context |= _people(request, now, mine)
    else:
        context |= {"hidden": True, "needed": 0}
    return show(request, "console/home.html", context, title=_("Home"), part="console/parts/home.html")


def _people(request: HttpRequest, now: datetime, stores: list[str] | None) -> dict[str, Any]:
    """What concerns single customers: for those who may see customers."""
    answers, late = queries.answers(now, stores), queries.late_parcels(now, stores)
    low = [one for one in answers if one.low]
    alarms = backtests.alarms()
    names = journeys.names() if alarms else {}
    alarms = [{**one, "name": names.get(one["journey"], one["journey"])} for one in alarms]
    failed = queries.failed_messages(now, stores)
    bodies = intake.waiting(stores) if accounts.may(member_of(request), "replay_quarantine") else 0
    late_count = late[0]["count"] if late else 0
    return {
        "low": low[: queries.SHOWN], "low_count": len(low), "late": late, "late_count": late_count, "failed": failed, "bodies": bodies,
        "alarms": alarms, "voices": [one for one in answers if one.comment and not one.low][:3],
        "needed": len(low) + late_count + bool(failed) + bool(bodies) + len(alarms),
    }  # fmt: skip


@require_POST
@team("change_settings")
def pace(request: HttpRequest) -> HttpResponse:
    """Pause the replay, let it go on, make it slower or quicker."""
    if not actions.pace_replay(request.POST.get("pace", ""), by=member_of(request)):
        raise Http404
    return redirect("console:home")


urls = [path("", show_home, name="home"), path("replay/pace", pace, name="pace")]
