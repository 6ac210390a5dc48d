"""Walk through a journey as oneself: choose at each step what would happen, and how quickly time passes; its letters come to oneself.

Nothing of it is counted, no customer is touched: the letters speak of the latest order, as previews do, and their links lead nowhere.
The walk goes on while the page is closed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from .frame import asks_for_part, member_of, reach, show, team
from .journey import around, known
from .notes import not_done, well

# Seconds of the journey that pass in a second.
SPEEDS = {
    0: gettext_noop("all at once"), 8640: gettext_noop("a day in ten seconds"), 1440: gettext_noop("a day in a minute"),
    360: gettext_noop("an hour in ten seconds"), 24: gettext_noop("a day in an hour"),
}  # fmt: skip
IN_DOUBT = timedelta(minutes=2)  # a letter that is still being sent after that was cut off


@require_http_methods(["GET", "HEAD", "POST"])
@team("edit_journeys")
def walk(request: HttpRequest, key: str) -> HttpResponse:
    """The walk through the draft; posting sets out."""
    journey = known(key)
    given = request.POST if request.method == "POST" else request.GET
    document = journey.document_of(None)
    choices = {step: str(given[f"at-{step}"]) for step in journey.drawing_of(None).steps if given.get(f"at-{step}")}
    locale = str(given.get("language", messages.LOCALES[0]))
    locale = locale if locale in messages.LOCALES else messages.LOCALES[0]
    speed = next((one for one in SPEEDS if str(one) == given.get("speed")), 0)
    passed = journeys.strides(document, choices, clock.now(), _zone())
    here = reverse("console:journey_walk", args=[key])
    if request.method == "POST":
        _set_out(request, key, passed, locale, speed)
        return redirect(f"{here}?{urlencode({**{f'at-{k}': v for k, v in choices.items()}, 'language': locale, 'speed': speed})}")
    chosen = {**{f"at-{k}": v for k, v in choices.items()}, "language": locale, "speed": speed}
    context = around(journey, "edit") | {
        "passed": [_shown(one, here, chosen) for one in passed], "letters": [one for one in passed if one.step.message], "choices": choices,
        "locale": locale, "mail": member_of(request).email, "languages": [(code, messages.OWN_NAMES[code]) for code in messages.LOCALES],
        "speed": speed, "speeds": [(one, _(words)) for one, words in SPEEDS.items()], "under": _under_way(request, key),
    }  # fmt: skip
    answer = show(request, "console/journeys/walk.html", context, title=journey.name, part="console/journeys/walk_part.html")
    if asks_for_part(request) and not (context["under"] and context["under"]["walking"]):
        answer.headers["HX-Refresh"] = "true"  # it has ended: the whole page has the choice again
    return answer


def _zone() -> str:
    stores = accounts.stores()
    return stores[0].zone if stores else "UTC"


def _shown(one: journeys.Stride, here: str, chosen: dict[str, Any]) -> dict[str, Any]:
    """A step to choose at: its ways with where each leads, its letter, how long it would be waited."""
    step = one.step
    ways = [
        {"word": journeys.spoken_outcome(way), "on": way == one.taken, "to": f"{here}?{urlencode({**chosen, f'at-{step.key}': way})}"}
        for way in step.ways
    ]  # fmt: skip
    return {
        "step": step, "ways": ways if len(ways) > 1 else [], "letter": messages.message_name(step.message) if step.message else "",
        "length": timedelta(seconds=one.length), "imagined": one.imagined,
    }  # fmt: skip


def _set_out(request: HttpRequest, key: str, passed: list[journeys.Stride], locale: str, speed: int) -> None:
    now, member = clock.real_now(), member_of(request)
    try:
        begun = journeys.begin_walk(key, passed, member=member, stores=reach(request), locale=locale, speed=speed, now=now)
    except Refused as refusal:
        return not_done(request, str(refusal))
    journeys.go_on(now, only=begun.pk)
    if speed:
        return well(request, _("You are on your way. You may leave this page: the letters come when their time has come."))
    begun.refresh_from_db()
    said = [one["letter"] for one in begun.strides if one["letter"]]
    failed = [one for one in said if one != "sent"]
    if failed:
        return not_done(request, failed[0])
    where = _("It is in your inbox.") if messages.carries() else _("No mail server is set, so look into the mailbox.")
    words = ngettext("%(n)s letter was sent to %(mail)s.", "%(n)s letters were sent to %(mail)s.", len(said))
    return well(request, words % {"n": len(said), "mail": member.email} + " " + where)


def _under_way(request: HttpRequest, key: str) -> dict[str, Any] | None:
    """Their latest walk: where it stands, what was passed, what is waited for. What has come due meanwhile is done first."""
    found = journeys.walk_of(key, member_of(request))
    if found is None or (found.next_at is None and not found.speed):
        return None
    now = clock.real_now()
    if found.next_at is not None and found.next_at <= now:
        journeys.go_on(now, only=found.pk)
        found.refresh_from_db()
    steps = [_stride(number, one, found, now) for number, one in enumerate(found.strides)]
    sent = sum(one["letter"] == "sent" for one in found.strides)
    return {"walk": found, "steps": steps, "walking": found.next_at is not None, "sent": sent}


def _stride(number: int, one: dict[str, Any], found: Any, now: datetime) -> dict[str, Any]:
    """A step of a walk under way: passed, here (with how long is still waited) or to come."""
    state = "passed" if number < found.position else "here" if number == found.position else "to_come"
    left = max(0.0, (found.next_at - now).total_seconds()) if state == "here" and found.next_at else 0.0
    whole = one["length"] / found.speed if found.speed else 0.0
    in_doubt = one["letter"] == "sending" and now - (found.next_at or found.ended_at or now) > IN_DOUBT
    failed = one["letter"] not in ("", "sending", "sent")
    return {
        **one, "state": state, "spent": round(whole - left, 1), "whole": round(whole, 1), "left": _left(round(left)),
        "wait": timedelta(seconds=one["length"]), "letter_name": messages.message_name(one["message"]) if one["message"] else "",
        "letter": "in_doubt" if in_doubt else "failed" if failed else one["letter"], "said": one["letter"] if failed else "",
    }  # fmt: skip


def _left(seconds: int) -> str:
    """A short length as it is counted down: `45 s`, `3 min`, `2 h`."""
    for size, words in ((5400, _("%(n)s h")), (90, _("%(n)s min"))):
        if seconds >= size:
            return words % {"n": round(seconds / (3600 if size == 5400 else 60))}
    return _("%(n)s s") % {"n": seconds}


@require_POST
@team("edit_journeys")
def skip(request: HttpRequest, key: str) -> HttpResponse:
    """Do not wait at this step."""
    known(key)
    position = request.POST.get("position", "")
    if position.isdecimal() and len(position) < 5:
        journeys.skip_wait(key, member=member_of(request), position=int(position), now=clock.real_now())
    return redirect("console:journey_walk", key=key)


@require_POST
@team("edit_journeys")
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """Walk no further."""
    known(key)
    journeys.stop_walk(key, member=member_of(request), now=clock.real_now())
    return redirect("console:journey_walk", key=key)


urls = [
    path("journeys/<slug:key>/walk", walk, name="journey_walk"),
    path("journeys/<slug:key>/walk/skip", skip, name="journey_walk_skip"),
    path("journeys/<slug:key>/walk/stop", stop, name="journey_walk_stop"),
]
