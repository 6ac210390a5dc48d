"""Versions of a journey: who stands where in each, what is different between any two, and laying hands on what is under way."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from afterword.kit import children
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys

from .frame import member_of, reach, show, team
from .journey import around, difference, known
from .notes import not_done, well

DONE = {
    "pause": gettext_lazy("It stands still. Nobody enters, nothing moves, nothing of it is sent."),
    "resume": gettext_lazy("It goes on. What fell due meanwhile has left; what was held is judged again."),
    "stop": gettext_lazy("Every run has ended where it stood. What was not yet sent is not sent."),
}
KINDS = {
    "pause": gettext_lazy("paused"), "resume": gettext_lazy("resumed"), "stop": gettext_lazy("stopped"),
    "move": gettext_lazy("runs moved"), "take_out": gettext_lazy("one person taken out"), "enrol": gettext_lazy("enrolled"),
}  # fmt: skip


def numbered(journey: journeys.Known, given: str) -> journeys.Shown:
    """The version of this number, or a page that says there is none."""
    version = journey.version(int(given)) if given.isdecimal() and len(given) < 6 else None
    if version is None:
        raise Http404
    return version


@require_safe
@team("see_figures")
def show_versions(request: HttpRequest, key: str) -> HttpResponse:
    """What was published when and by whom, who stands where in it, what changed, and what was done to those under way."""
    journey = known(key)
    texts = [*([(None, journey.draft)] if journey.changed or not journey.versions else []), *((v, v.text) for v in journey.versions)]
    counts = journeys.counts_of([version.id for version in journey.versions])
    rows = []
    for n, (version, text) in enumerate(texts):
        before = texts[n + 1][1] if n + 1 < len(texts) else None
        stand = standing(version, counts.get(version.id, {})) if version else []
        rows.append(
            {
                "version": version, "lines": difference(before, text) if before is not None else [], "steps": _steps(before, text),
                "standing": stand, "under_way": sum(count for _step, count in stand),
            }
        )  # fmt: skip
    hands = [{**row, "words": KINDS.get(row["kind"], row["kind"])} for row in journeys.hands(key)]
    context = around(journey, "versions") | {"rows": rows, "hands": hands}
    return show(request, "console/journeys/versions.html", context, title=journey.name)


def _steps(before: str | None, after: str) -> list[journeys.Difference]:
    return (
        journeys.differences(journeys.drawn(journeys.loaded(before)), journeys.drawn(journeys.loaded(after))) if before is not None else []
    )


def standing(version: journeys.Shown, counts: Any) -> list[tuple[journeys.Drawn, int]]:
    """The steps of a version at which somebody stands, with how many."""
    here = journeys.here(version.drawing, counts)
    return [(version.drawing.steps[key], count) for key, count in here.items() if count]


@require_safe
@team("see_figures")
def compare(request: HttpRequest, key: str) -> HttpResponse:
    """The difference between any two versions, or a version and the draft: step by step in words, and as text."""
    journey = known(key)
    texts = {"draft": journey.draft, **{str(v.number): v.text for v in journey.versions}}
    numbers = [str(v.number) for v in journey.versions]
    wanted = ["draft", *numbers] if journey.changed or len(numbers) < 2 else numbers
    a, b = request.GET.get("a", wanted[min(1, len(wanted) - 1)]), request.GET.get("b", wanted[0])
    if a not in texts or b not in texts:
        raise Http404
    counts = journeys.counts_of([v.id for v in journey.versions])
    stand: dict[str, dict[str, int]] = {}
    for name in (a, b):
        if name != "draft":
            version = numbered(journey, name)
            stand[name] = {step.key: count for step, count in standing(version, counts.get(version.id, {}))}
    was = journeys.renamed(*(journeys.drawn(journeys.loaded(texts[name])) for name in (a, b)))
    steps = [
        (one, stand.get(a, {}).get(was.get(one.key, one.key), 0), stand.get(b, {}).get(one.key, 0)) for one in _steps(texts[a], texts[b])
    ]
    context = around(journey, "versions") | {
        "a": a, "b": b, "names": list(texts), "steps": steps, "lines": difference(texts[a], texts[b]), "counted": bool(stand),
    }  # fmt: skip
    return show(request, "console/journeys/compare.html", context, title=journey.name)


@require_POST
@team("publish")
def do(request: HttpRequest, key: str, number: int, deed: str) -> HttpResponse:
    """Pause, resume or stop a version. What it means was said before."""
    numbered(known(key), str(number))
    if deed not in DONE:
        raise Http404
    ended = children.run("hand", deed, key, str(number), "--by", member_of(request).email, patience=150)
    if ended.code == 0:
        well(request, _("Version %(n)s: %(what)s") % {"n": number, "what": DONE[deed]})
    else:
        not_done(request, ended.said.removeprefix("Refused:").strip() or _("It could not be done."))
    return redirect("console:journey_versions", key=key)


@team("publish")
def move(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Move runs to another version, step by step: first whom it touches and what will happen, then the deed."""
    journey = known(key)
    version = numbered(journey, str(number))
    others = [one for one in journey.versions if one.number != number]
    given = (request.POST or request.GET).get("to", "")
    target = numbered(journey, given) if given else (others[0] if others else None)
    if target is None:
        not_done(request, _("There is no other version to move to."))
        return redirect("console:journey_versions", key=key)
    stand = standing(version, journeys.counts_of([version.id]).get(version.id, {}))
    now = {was: key for key, was in journeys.renamed(version.drawing, target.drawing).items()}
    chosen = {
        step.key: request.POST.get(f"step.{step.key}", step.key if step.key in target.drawing.steps else now.get(step.key, ""))
        for step, _count in stand
    }
    pairs = {old: new for old, new in chosen.items() if new in target.drawing.steps}
    context = around(journey, "versions") | {
        "from": version, "to": target, "others": others, "targets": [one for one in target.drawing.steps.values() if one.kind != "trigger"],
        "stand": [(step, count, chosen[step.key]) for step, count in stand],
    }  # fmt: skip
    if request.method == "POST" and pairs:
        steps = [word for old, new in pairs.items() for word in ("--step", f"{old}={new}")]
        sure = request.POST.get("sure") == "yes"
        more = [] if sure else ["--foresee"]
        ended = children.run(
            "hand", "move", key, str(number), str(target.number), *steps, "--by", member_of(request).email, *more, patience=150
        )
        if ended.code == 0 and sure:
            well(request, ended.said)
            return redirect("console:journey_versions", key=key)
        if ended.code == 0:
            found = json.loads(ended.said.splitlines()[-1])
            context |= {"foreseen": {**found, "total": sum(found["runs"].values())}, "affected": _people(request, key, list(pairs))}
        else:
            context["refused"] = ended.said.removeprefix("Refused:").strip()
    return show(request, "console/journeys/move.html", context, title=journey.name)


def _people(request: HttpRequest, key: str, steps: list[str]) -> list[tuple[journeys.Run, str]]:
    """Some of those who stand at these steps."""
    if not accounts.may(member_of(request), "see_customers"):
        return []
    return [(run, step) for step in steps for run in journeys.runs(key, step=step, stores=reach(request)).rows[:20]]


@require_POST
@team("edit_customers")
def take_out(request: HttpRequest, key: str, run: UUID) -> HttpResponse:
    """End one person's run."""
    if journeys.passage(known(key).key, run, reach(request)) is None:
        raise Http404
    ended = children.run("hand", "take-out", key, str(run), "--by", member_of(request).email)
    if ended.code == 0:
        well(request, _("They are out. What was not yet sent to them from this journey is not sent."))
    else:
        not_done(request, ended.said.removeprefix("Refused:").strip() or _("It could not be done."))
    return redirect("console:journey_run", key=key, run=run)


urls = [
    path("journeys/<slug:key>/versions/", show_versions, name="journey_versions"),
    path("journeys/<slug:key>/versions/compare/", compare, name="journey_compare"),
    path("journeys/<slug:key>/versions/<int:number>/move/", move, name="journey_move"),
    path("journeys/<slug:key>/versions/<int:number>/<slug:deed>", do, name="journey_hand"),
    path("journeys/<slug:key>/people/<uuid:run>/take-out", take_out, name="journey_take_out"),
]
