"""Journeys: what they are, who is in them, why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from afterword.kit import children, clock
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from . import approvals, backtests, drafts, entering, flow, hands, live, reasons, runs, walk
from .frame import asks_for_part, member_of, show, team
from .journey import around, chosen, known
from .notes import not_done, well

LATELY = timedelta(days=30)


@require_safe
@team("see_figures")
def show_list(request: HttpRequest) -> HttpResponse:
    """All journeys: what each is for, whether it is on, how many are under way, what it said in the last thirty days."""
    lines = journeys.overview()
    said = messages.listing.tallies([line.key for line in lines], clock.now() - LATELY)
    words = ("sent", "waiting", "not_sent")
    reaching = messages.live_origins()
    rows: list[dict[str, Any]] = [
        {"line": line, "reaches": line.key in reaching, **{word: said.get(line.key, {}).get(word, 0) for word in words}} for line in lines
    ]
    live = [row for row in rows if row["line"].state == "live"]
    context = {
        "rows": rows, "live": len(live), "under_way": sum(line.under_way for line in lines), "sent": sum(row["sent"] for row in rows),
        "kept": sum(row["not_sent"] for row in rows), "rehearsing": sum(not row["reaches"] for row in live),
    }  # fmt: skip
    return show(request, "console/journeys/list.html", context, title=_("Journeys"))


@require_safe
@team("see_figures")
def show_flow(request: HttpRequest, key: str) -> HttpResponse:
    """The steps of a journey with how many passed and stand at each; the flow alone when htmx asks for the counts again."""
    journey = known(key)
    version = chosen(request, journey)
    drawing = journey.drawing_of(version)
    counts = journeys.counts_of([version.id]).get(version.id, {}) if version else {}
    sent = messages.listing.tallies_by_step(key, version.id) if version else {}
    step = drawing.steps.get(request.GET.get("step", ""), None)
    context = around(journey, "flow", version) | {
        "items": flow.laid_out(drawing, counts, sent, counted=version is not None), "drawing": drawing,
        "early": flow.left_early(drawing, counts), "step": step.key if step else "", "counted": version is not None,
        "counted_at": clock.real_now(), "entered": journeys.entered(counts), "under_way": journeys.under_way(drawing, counts),
    }  # fmt: skip
    if step and not asks_for_part(request):
        context |= panel(key, version, step, counts)
    return show(request, "console/journeys/flow.html", context, title=journey.name, part="console/journeys/flow_part.html")


def panel(key: str, version: journeys.Shown | None, step: journeys.Drawn, counts: Any) -> dict[str, Any]:
    """One step in words: its settings, its ways out with how many took each, and of a sending step what became of it."""
    left = counts.get(step.key, {})
    names = [(journeys.spoken_outcome(outcome), left.get(outcome, 0)) for outcome in step.ways]
    if left.get("exited"):
        names.append((_("left early"), left["exited"]))
    context: dict[str, Any] = {"one": step, "left": names, "counted": version is not None}
    if step.message and version:
        since = clock.now() - LATELY
        sent = messages.listing.tallies_by_step(key, version.id).get(step.key, {})
        context |= {
            "message": messages.kinds().get(step.message), "became": sent,
            "why": messages.listing.reasons_of_step(key, version.id, step.key),
            "reacted": messages.listing.reactions_of_step(key, version.id, step.key, since),
            "message_name": messages.message_name(step.message),
        }  # fmt: skip
    return context


@require_safe
@team("see_figures")
def show_step(request: HttpRequest, key: str, step: str) -> HttpResponse:
    """The panel of one step; whoever follows the link without htmx gets the whole page with the panel filled."""
    journey = known(key)
    version = chosen(request, journey)
    drawing = journey.drawing_of(version)
    if step not in drawing.steps:
        raise Http404
    if not asks_for_part(request):
        number = f"&version={version.number}" if version and request.GET.get("version") else ""
        return redirect(f"/journeys/{key}/?step={step}{number}")
    counts = journeys.counts_of([version.id]).get(version.id, {}) if version else {}
    context = around(journey, "flow", version) | panel(key, version, drawing.steps[step], counts)
    return show(request, "console/journeys/panel.html", context, title=journey.name)


@require_safe
@team("see_figures")
def show_text(request: HttpRequest, key: str) -> HttpResponse:
    """The document word for word."""
    journey = known(key)
    version = chosen(request, journey) if request.GET.get("version") else None
    context = around(journey, "text", version) | {"text": version.text if version else journey.draft, "of_version": version}
    return show(request, "console/journeys/text.html", context, title=journey.name)


@require_POST
@team("publish")
def turn_on(request: HttpRequest, key: str) -> HttpResponse:
    """Publish the draft: in a process that ends, because statements are compiled for it."""
    journey = known(key)
    looked_at = request.POST.get("draft", "")
    if looked_at and looked_at != journeys.digest(journey.draft):
        not_done(request, _("Somebody kept another draft since you looked. Look at it first, then publish it."))
        return redirect("console:journey_edit", key=key)
    more = entering.since_option(entering.wished(request)) if journey.live is None else []
    ended = children.run("publish", key, "--by", member_of(request).email, *more)
    if ended.code == 0:
        said = _("“%(name)s” is on. Whoever does what it waits for enters from now on.")
        if more:
            said = _("“%(name)s” is on. Whoever did what it waits for since the day you chose enters now, and whoever does from now on.")
        well(request, said % {"name": journey.name})
    else:
        not_done(request, ended.said.removeprefix("Refused:").strip() or _("It could not be published."))
    return redirect("console:journey", key=key)


@require_POST
@team("publish")
def turn_off(request: HttpRequest, key: str) -> HttpResponse:
    """Nobody enters any more; those under way go on."""
    journey = known(key)
    ended = children.run("withdraw", key, "--by", member_of(request).email)
    if ended.code == 0:
        well(request, _("“%(name)s” is off. Nobody new enters; those under way go on to their end.") % {"name": journey.name})
    else:
        not_done(request, ended.said.removeprefix("Refused:").strip() or _("It could not be taken off."))
    return redirect("console:journey", key=key)


urls = [
    path("journeys/", show_list, name="journeys"),
    *drafts.urls,
    *entering.urls,
    path("journeys/<slug:key>/", show_flow, name="journey"),
    path("journeys/<slug:key>/step/<slug:step>/", show_step, name="journey_step"),
    path("journeys/<slug:key>/text/", show_text, name="journey_text"),
    path("journeys/<slug:key>/turn-on", turn_on, name="journey_on"),
    path("journeys/<slug:key>/turn-off", turn_off, name="journey_off"),
    *runs.urls,
    *walk.urls,
    *backtests.urls,
    *reasons.urls,
    *live.urls,
    *approvals.urls,
    *hands.urls,
]
