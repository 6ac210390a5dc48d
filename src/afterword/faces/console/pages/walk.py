"""Walk through a journey as oneself: choose at each step what would happen, and have its letters sent to oneself, all at once.

Nothing of it is counted, no customer is touched: the letters speak of the latest order, as previews do, and their links lead nowhere.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from afterword.kernel.errors import AfterwordError
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from ..rules import message_name
from .frame import member_of, reach, show, team
from .journey import around, known
from .notes import not_done, well

LONGEST = 200  # steps


def walked(drawing: journeys.Drawing, choices: dict[str, str]) -> list[dict[str, Any]]:
    """The steps that one passes who takes these ways; where nothing was chosen, the first way of a step."""
    found: list[dict[str, Any]] = []
    key: str | None = journeys.TRIGGER
    while key is not None and key in drawing.steps and len(found) < LONGEST:
        step = drawing.steps[key]
        taken = choices.get(key) if choices.get(key) in step.ways else next(iter(step.ways), None)
        found.append({"step": step, "taken": taken})
        key = step.ways.get(taken) if taken is not None else None
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@team("edit_journeys")
def walk(request: HttpRequest, key: str) -> HttpResponse:
    """The walk through the draft; posting sends its letters to whoever walks."""
    journey = known(key)
    drawing = journey.drawing_of(None)
    given = request.POST if request.method == "POST" else request.GET
    choices = {step: str(given[f"at-{step}"]) for step in drawing.steps if given.get(f"at-{step}")}
    locale = str(given.get("language", messages.LOCALES[0]))
    locale = locale if locale in messages.LOCALES else messages.LOCALES[0]
    passed = walked(drawing, choices)
    letters = [one["step"].message for one in passed if one["step"].message]
    here = reverse("console:journey_walk", args=[key])
    if request.method == "POST":
        _send(request, letters, locale)
        return redirect(f"{here}?{urlencode({**{f'at-{k}': v for k, v in choices.items()}, 'language': locale})}")
    for one in passed:
        step = one["step"]
        one["ways"] = [
            {"word": journeys.spoken_outcome(way), "on": way == one["taken"], "to": _address(here, choices, step.key, way, locale)}
            for way in step.ways
        ] if len(step.ways) > 1 else []  # fmt: skip
        one["letter"] = message_name(step.message) if step.message else ""
    context = around(journey, "edit") | {
        "passed": passed, "letters": letters, "choices": choices, "locale": locale, "mail": member_of(request).email,
        "languages": [(code, messages.OWN_NAMES[code]) for code in messages.LOCALES],
    }  # fmt: skip
    return show(request, "console/journeys/walk.html", context, title=journey.name)


def _address(here: str, choices: dict[str, str], step: str, way: str, locale: str) -> str:
    return f"{here}?{urlencode({**{f'at-{k}': v for k, v in choices.items()}, f'at-{step}': way, 'language': locale})}"


def _send(request: HttpRequest, letters: list[str], locale: str) -> None:
    order = messages.listing.latest_order(reach(request))
    if order is None:
        return not_done(request, _("There is no order yet that the letters could speak of."))
    member, sent = member_of(request), 0
    sees = accounts.may(member, "see_contact")
    for number, letter in enumerate(letters, start=1):
        mark = f"[{number}/{len(letters)}]"
        try:
            made = messages.preview(letter, order, locale, clock.now(), named=sees)
            sent += messages.try_on(member.email, member.name, made, mark=mark, language=locale).result == "accepted"
        except AfterwordError as error:
            return not_done(request, str(error))
    where = _("It is in your inbox.") if messages.carries() else _("No mail server is set, so look into the mailbox.")
    words = ngettext("%(n)s letter was sent to %(mail)s.", "%(n)s letters were sent to %(mail)s.", sent)
    return well(request, words % {"n": sent, "mail": member.email} + " " + where)


urls = [path("journeys/<slug:key>/walk", walk, name="journey_walk")]
