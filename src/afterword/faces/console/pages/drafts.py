"""A journey's draft as text: written, checked while it is written, compared, kept, thrown away, taken up again; and new journeys.

The editor is a part of its own (`drafts/editor.html`), so that another way to write the same draft can stand beside it.
"""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from . import builder, flow
from .frame import member_of, show, team
from .journey import around, difference, fault_of, known, written
from .notes import not_done, well

BLANK = """journey: {key}
name: {name}
about: What it is for, in one sentence.
subject: order
trigger:
  event: order.delivered
  max_age: 7d
steps:
  - id: a_few_days
    wait:
      for: 3d
      at: "10:00"
  - id: ask
    title: How was it?
    send:
      message: csat
      useful_for: 5d
"""


def checked(text: str, live: str | None) -> dict[str, Any]:
    """What there is to say of a text: what is wrong with it and where, how it would be drawn, what it changes."""
    return {"fault": fault_of(text), "lines": difference(live, text) if live is not None else None} | _drawing(text)


def _drawing(text: str) -> dict[str, Any]:
    """The flow as far as the text can be drawn: also one with a mistake in it, as long as it is YAML."""
    try:
        document = journeys.loaded(text)
    except journeys.BadJourney:
        return {"items": []}
    if not isinstance(document, dict):
        return {"items": []}
    try:
        drawing = journeys.drawn(document)
        return {"items": flow.laid_out(drawing, {}, {}, counted=False), "drawing": drawing}
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return {"items": []}  # half written: the fault above it says what is missing


@require_POST
@team("edit_journeys")
def check(request: HttpRequest, key: str = "") -> HttpResponse:
    """The part beside the editor, asked for while somebody writes."""
    live = known(key).version() if key else None
    return show(request, "console/journeys/drafts/checked.html", checked(written(request), live.text if live else None), title="")


@team("edit_journeys")
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """The draft in the editor; a POST keeps it, word for word."""
    journey = known(key)
    if request.method != "POST":
        return _editor(request, journey, journey.draft)
    text = written(request)
    try:
        before = journeys.save_draft(key, text, base=request.POST.get("base", ""), at=clock.now())
    except journeys.DraftMoved as refusal:
        theirs = known(key)
        return _editor(request, theirs, text, refused=str(refusal), theirs=difference(theirs.draft, text))
    except Refused as refusal:
        return _editor(request, journey, text, refused=str(refusal), base=request.POST.get("base", ""))
    accounts.audit(member_of(request), "journey draft kept", key, before={"text": before}, after={"text": text})
    well(request, _("The draft is kept. Nothing runs differently until it is published."))
    return redirect("console:journey_backtest" if request.POST.get("next") == "backtest" else "console:journey_edit", key=key)


def _editor(
    request: HttpRequest, journey: journeys.Known, text: str, *, refused: str = "", theirs: Any = None, base: str = ""
) -> HttpResponse:
    version = journey.version()
    context = around(journey, "edit") | checked(text, version.text if version else None)
    context |= builder.built(text, key=journey.key)
    context |= {"view": "text" if refused or request.GET.get("view") == "text" else "flow"}
    context |= {"text": text, "base": base or journeys.digest(journey.draft), "refused": refused, "theirs": theirs, "kept": journey.draft}
    status = 200 if not refused else 409 if theirs is not None else 422
    answer = show(request, "console/journeys/drafts/edit.html", context, title=journey.name)
    answer.status_code = status
    return answer


@require_POST
@team("edit_journeys")
def discard(request: HttpRequest, key: str) -> HttpResponse:
    """The draft goes; what was published last, or shipped, is the draft again. The text stays in the audit."""
    became, before = journeys.discard_draft(known(key).key, at=clock.now())
    accounts.audit(member_of(request), "journey draft thrown away", key, before={"text": before})
    if became == "gone":
        well(request, _("The journey is gone. It had never been on."))
        return redirect("console:journeys")
    well(request, _("The draft is as it was published.") if became == "version" else _("The draft is as it came with Afterword."))
    return redirect("console:journey_edit", key=key)


@require_POST
@team("edit_journeys")
def restore(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """An older version becomes the draft; nothing runs differently yet."""
    try:
        before = journeys.restore_version(known(key).key, number, at=clock.now())
    except Refused as refusal:
        not_done(request, str(refusal))
        return redirect("console:journey_versions", key=key)
    accounts.audit(member_of(request), "journey version taken up again", key, before={"text": before}, after={"version": number})
    well(request, _("Version %(n)s is the draft now. Look at it, then publish it.") % {"n": number})
    return redirect("console:journey_edit", key=key)


# -- a new one ------------------------------------------------------------------------------------------------------------


@require_safe
@team("edit_journeys")
def choose(request: HttpRequest) -> HttpResponse:
    """What a new journey starts from: nothing, one of the gallery, or a journey that is there."""
    ready = [entry for entry in journeys.gallery() if not entry.here]
    context = {"rows": journeys.overview(), "ready": [(entry, [messages.message_name(one) for one in entry.messages]) for entry in ready]}
    return show(request, "console/journeys/drafts/choose.html", context, title=_("New journey"))


@require_POST
@team("edit_journeys")
def take(request: HttpRequest, key: str) -> HttpResponse:
    """A journey of the gallery becomes a draft."""
    try:
        row = journeys.take(key, at=clock.now())
    except journeys.NoSuchJourney as missing:
        raise Http404 from missing
    except Refused as refusal:
        not_done(request, str(refusal))
        return redirect("console:journey_choose")
    accounts.audit(member_of(request), "journey taken from the gallery", row.key)
    well(request, _("“%(name)s” is there, as a draft. Try it with a backtest, then turn it on.") % {"name": row.name})
    return redirect("console:journey", key=row.key)


@team("edit_journeys")
def begin(request: HttpRequest) -> HttpResponse:
    """The editor with the text of a journey that does not exist yet; a POST makes it."""
    if request.method != "POST":
        return _beginning(request, _start(request.GET.get("from", "")[:60]))
    text = written(request)
    try:
        row = journeys.begin_journey(text, at=clock.now())
    except Refused as refusal:
        return _beginning(request, text, str(refusal))
    accounts.audit(member_of(request), "journey begun", row.key, after={"text": text})
    well(request, _("“%(name)s” is there, as a draft. Try it with a backtest, then turn it on.") % {"name": row.name})
    return redirect("console:journey", key=row.key)


def _beginning(request: HttpRequest, text: str, refused: str = "") -> HttpResponse:
    context = checked(text, None) | builder.built(text) | {"text": text, "refused": refused}
    context |= {"view": "text" if refused or request.GET.get("view") == "text" else "flow"}
    answer = show(request, "console/journeys/drafts/new.html", context, title=_("New journey"))
    answer.status_code = 422 if refused else 200
    return answer


def _start(source: str) -> str:
    """The text to start from, with a key that is free."""
    taken = set(journeys.names()) | set(journeys.shipped())
    if not source:
        return BLANK.format(key=_free("new_journey", taken), name=_("New journey"))
    try:
        text = journeys.text_of(source)
    except Refused as missing:
        raise Http404 from missing
    free = _free(source, taken)
    text = re.sub(r"(?m)^journey:.*$", f"journey: {free}", text, count=1)
    return re.sub(r"(?m)^name:\s*(.*?)\s*$", lambda m: f"name: {_plainly(m.group(1))} ({_('copy')})", text, count=1)


def _plainly(name: str) -> str:
    return name[1:-1] if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"" else name


def _free(key: str, taken: set[str]) -> str:
    if key not in taken:
        return key
    return next(name for n in range(2, 10_000) if (name := f"{key[:50]}_{n}") not in taken)


urls = [
    *builder.urls,
    path("journeys/new-journey/", choose, name="journey_choose"),
    path("journeys/new-journey/write", begin, name="journey_begin"),
    path("journeys/new-journey/take/<slug:key>", take, name="journey_take"),
    path("journeys/new-journey/check", check, name="journey_check_new"),
    path("journeys/<slug:key>/edit/", edit, name="journey_edit"),
    path("journeys/<slug:key>/check", check, name="journey_check"),
    path("journeys/<slug:key>/discard", discard, name="journey_discard"),
    path("journeys/<slug:key>/restore/<int:number>", restore, name="journey_restore"),
]
