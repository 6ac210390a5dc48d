"""Writing a segment: its condition is read while it is typed, counted a moment later, and kept by a process that can compile it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from afterword.kernel.errors import Refused
from afterword.kit import children, clock
from afterword.loop.accounts import door as accounts
from afterword.loop.conditions.types import BadCondition
from afterword.loop.events import door as events
from afterword.loop.segments import door as segments

from ..queries import segments as named
from . import asked
from .frame import member_of, reach, show, team
from .notes import not_done, well

LONGEST = 2_000
PATIENCE = 3.0  # seconds for a count while somebody types
SHOWN = 5
EXAMPLES = (
    'count(order.placed, last="365d") >= 2',
    'last(survey.answered, where=score <= 2).age < "30d"',
    'customer.country in ("RO", "MD") and not ever(review.submitted)',
)


def laid(text: str) -> str:
    """A condition with its `and` and `or` at the beginning of lines, as it is easiest to read and to compare."""
    return "\n".join(part.strip() for part in re.sub(r"\s+(and|or)\s+(?![^()]*\))", r"\n\1 ", text).split("\n"))


def written(request: HttpRequest) -> dict[str, str]:
    """The form as it was filled in."""
    given = {name: request.POST.get(name, "").replace("\x00", "").strip()[: LONGEST + 1] for name in ("key", "name", "about", "text")}
    return {**given, "text": " ".join(given["text"].split())}


def fault_of(text: str, key: str) -> dict[str, Any] | None:
    """What is wrong with a condition, with the place where; None where nothing is. No engine is needed for that."""
    try:
        segments.understood(text, events.vocabulary, segments.texts(), key=key)
    except BadCondition as refusal:
        column = int(refusal.values["column"])  # type: ignore[call-overload]
        return {**refusal.values, "before": text[: column - 1][-60:], "at": text[column - 1 :][:60]}
    except Refused as refusal:
        return {"fault": str(refusal), "expected": "", "before": "", "at": ""}
    return None


def as_rows(text: str) -> dict[str, Any]:
    """A condition as rows of a form, where it can be drawn."""
    plain = " ".join(text.split())
    return {
        "asked": asked.shown(plain, "", bare=False, alone=True), "was": plain, "laid": laid(plain), "whats": asked.WHAT.items(),
        "says": asked.SAYS.items(),
    }  # fmt: skip


@require_POST
@team("edit_journeys")
def rows(request: HttpRequest) -> HttpResponse:
    """The condition as rows, after the text or one of the rows was changed; `data-text` is what it says now."""
    given = {name: str(value).replace("\x00", "")[:LONGEST] for name, value in request.POST.items()}
    text = asked.text_of(given, "text")
    if given.get("grow"):
        text = asked.one_more(text)
    return show(request, "console/segments/rows.html", as_rows(text), title="")


@require_POST
@team("edit_journeys")
def try_text(request: HttpRequest) -> HttpResponse:
    """What is wrong with the condition, at once; or that it can be read, and a place where the count will stand."""
    form = written(request)
    context = {"form": form, "fault": fault_of(form["text"], form["key"]) if form["text"] else None}
    return show(request, "console/segments/tried.html", context, title=_("Segments"))


@require_POST
@team("edit_journeys")
def count(request: HttpRequest) -> HttpResponse:
    """How many fulfil the condition now, and some of them; or that it takes too long to say."""
    form, brief, context = written(request), bool(request.POST.get("brief")), dict[str, Any]()
    who = f"{member_of(request).email} {form['text'] if brief else ''}"  # of several that are only shown, none is in another's place
    try:
        with segments.turn(who) as still_asked:
            context = _counted(request, form, still_asked)
    except segments.TooHeavy:
        context["too_heavy"] = True
    except segments.Busy:
        context["busy"] = True
    template = "console/segments/would_be.html" if brief else "console/segments/counted.html"
    return show(request, template, {**context, "form": form, "patience": int(PATIENCE)}, title=_("Segments"))


def _counted(request: HttpRequest, form: Mapping[str, str], still_asked: Callable[[], bool]) -> dict[str, Any]:
    plan = compiled(form["text"], form["key"], json.dumps(dict(segments.texts()), sort_keys=True), _Wanted(still_asked))
    if isinstance(plan, str):
        return {"refused": plan}
    found = segments.counted(plan["everybody"], events.frontier() or clock.now(), seconds=PATIENCE)
    return {"found": found, "share": 100 * found.inside / found.of if found.of else 0, "people": _some(request, found)}


@dataclass(frozen=True)
class _Wanted:
    """Whether somebody still waits for an answer; the answer does not hang on it."""

    still: Callable[[], bool] = field(compare=False)


@lru_cache(maxsize=64)
def compiled(text: str, key: str, _texts: str, wanted: _Wanted) -> dict[str, Any] | str:
    """A condition as statements, made by a process that ends; or what it said against it. The segments' texts are part of the question.

    Raises Busy where nobody waits for it any more.
    """
    ended = children.run("segment", "compile", "--key", key, "--", text, patience=30, wanted=wanted.still)
    if not wanted.still():
        raise segments.Busy
    if ended.code:
        return ended.said.removeprefix("Refused:").strip()
    plan: dict[str, Any] = json.loads(ended.said.splitlines()[-1])
    return plan


def _some(request: HttpRequest, found: segments.Counted) -> list[dict[str, Any]]:
    """Some of the people, for those who may see customers of all stores."""
    member = member_of(request)
    if not accounts.may(member, "see_customers") or reach(request) is not None:
        return []
    sees = accounts.may(member, "see_contact")
    rows = named.rows_of(found.sample[:SHOWN])
    return [{"id": row["id"], "name": named.name_of(row, row["id"], sees)} for row in rows]


@require_safe
@team("edit_journeys")
def new(request: HttpRequest) -> HttpResponse:
    """An empty form."""
    form = {"key": "", "name": "", "about": "", "text": ""}
    return show(
        request, "console/segments/edit.html", {"form": form, "examples": EXAMPLES, "is_new": True} | as_rows(""), title=_("New segment")
    )


@require_safe
@team("edit_journeys")
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """The form of a segment that is there."""
    try:
        found = segments.known(key)
    except segments.NoSuchSegment as missing:
        raise Http404 from missing
    form = {"key": key, "name": found.name, "about": found.about, "text": laid(found.text)}
    context = {"form": form, "segment": found, "users": segments.named_by(key), "size": segments.size(key)} | as_rows(found.text)
    return show(request, "console/segments/edit.html", context, title=found.name)


@require_POST
@team("edit_journeys")
def save(request: HttpRequest) -> HttpResponse:
    """Keep it; what is wrong stands beside what was typed."""
    form = written(request)
    taken = dict(segments.names()) | {line.key: line.name for line in segments.overview(clock.now(), archived=True)}
    is_new = not form["key"]
    if not is_new and form["key"] not in taken:
        raise Http404
    key = form["key"] or _free(segments.key_from(form["name"]), form["name"], taken)
    fault = fault_of(form["text"], key)
    wrong = _("It needs a name.") if not form["name"] else ""
    if is_new and key in taken:
        wrong = _("There is a segment “%(name)s” already.") % {"name": taken[key]}
    options = {"name": form["name"], "about": form["about"]}
    if not wrong and not fault and done(request, "save", key, form["text"], options=options):
        well(request, _("“%(name)s” is kept; %(count)s people are in it.") % {"name": form["name"], "count": f"{segments.size(key):,}"})
        return redirect("console:segment", key=key)
    called = taken.get(form["key"], "")
    context = {"form": form, "fault": fault, "wrong": wrong, "examples": EXAMPLES, "is_new": is_new, "segment": {"name": called}}
    return show(request, "console/segments/edit.html", context | as_rows(form["text"]), title=called or form["name"] or _("New segment"))


def _free(key: str, name: str, taken: Mapping[str, str]) -> str:
    """The key, or with another name the next one that is free: names in other scripts leave nothing of which to make a key."""
    if key not in taken or taken[key].casefold() == name.casefold():
        return key
    return next(made for n in range(2, len(taken) + 3) if (made := f"{key[:50]}_{n}") not in taken)


def done(request: HttpRequest, deed: str, *given: str, options: Mapping[str, str] | None = None) -> bool:
    """Have a deed done by a process that can compile; whether it was. What it said against it is told."""
    more = [word for name, value in (options or {}).items() for word in (f"--{name}", value)]
    ended = children.run("segment", deed, "--by", member_of(request).email, *more, "--", *given, patience=150)
    if ended.code:
        not_done(request, ended.said.removeprefix("Refused:").strip() or _("It could not be done."))
    return ended.code == 0


urls = [
    path("segments/new/", new, name="segment_new"),
    path("segments/rows", rows, name="segment_rows"),
    path("segments/try", try_text, name="segment_try"),
    path("segments/count", count, name="segment_count"),
    path("segments/save", save, name="segment_save"),
    path("segments/<slug:key>/edit/", edit, name="segment_edit"),
]
