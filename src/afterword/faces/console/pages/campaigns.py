"""Campaigns: the list, one of them with who would get it, how it goes, what its test says and what it did; start, stop, pause."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from afterword.kernel.errors import Refused
from afterword.kit import children, clock
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door as campaigns
from afterword.loop.channels import door as channels
from afterword.loop.messages import door as messages
from afterword.loop.segments import door as segments

from . import campaign_drafts, campaign_effects, campaign_reads
from .campaign_drafts import INSTANTS, KIND_NAMES, METRIC_NAMES, called, within
from .frame import asks_for_part, member_of, reach, show, team
from .notes import not_done, well

STATES = {
    "draft": ("pencil-simple-line", "", gettext_lazy("Draft")), "scheduled": ("clock", "warn", gettext_lazy("Waits for its time")),
    "sending": ("paper-plane-tilt", "live", gettext_lazy("Under way")), "paused": ("pause", "warn", gettext_lazy("Paused")),
    "stopped": ("prohibit", "bad", gettext_lazy("Stopped")), "cancelled": ("prohibit", "", gettext_lazy("Called off")),
    "done": ("check", "good", gettext_lazy("Done")),
}  # fmt: skip
BACK = (("", gettext_lazy("now")), ("7", gettext_lazy("a week ago")), ("28", gettext_lazy("four weeks ago")))
PATIENCE = 90.0


@require_safe
@team("see_figures")
def show_list(request: HttpRequest) -> HttpResponse:
    """All campaigns within reach, the latest first."""
    named = dict(segments.names())
    rows = [
        {
            "line": line,
            "state": STATES[line.state],
            "kind": KIND_NAMES[line.plan.kind],
            "segment": named.get(line.plan.segment, ""),
            "open": line.by.get("waiting", 0) + line.by.get("leaving", 0),
        }
        for line in campaigns.overview(reach(request))
    ]
    return show(request, "console/campaigns/list.html", {"rows": rows}, title=_("Campaigns"))


@require_safe
@team("see_figures")
def show_campaign(request: HttpRequest, key: str) -> HttpResponse:
    """One campaign; only what moves, when htmx asks."""
    row = within(request, key)
    if asks_for_part(request) and request.GET.get("seen") not in (None, row.state):
        return HttpResponse(headers={"HX-Refresh": "true"})  # what may be done with it has changed too
    plan, now = campaigns.Plan.of(row.plan), clock.now()
    context: dict[str, Any] = {
        "campaign": row, "plan": plan, "state": STATES[row.state], "kind": KIND_NAMES[plan.kind], "category": campaigns.category(plan),
        "segment_name": dict(segments.names()).get(plan.segment, plan.segment), "metric": METRIC_NAMES[plan.metric],
        "arms": [(name, one, called(one)) for name, one in plan.arms], "moments": _moments(plan, row.store), "back": BACK,
        "second_person": accounts.installation().second_person and not accounts.approved(campaigns.KIND, key, campaigns.mark_of(row)),
        "approval": accounts.approval_of(campaigns.KIND, key, campaigns.mark_of(row)) if row.state == "draft" else None,
        "channel_name": channel_name(plan.channel) if plan.channel != "email" else "",
        "mark": campaigns.mark_of(row), "lacking": messages.lacking(campaigns.origin_of(row.key)),
        "halt": messages.halted().get(campaigns.origin_of(key)), "moves": row.state in ("sending", "scheduled"), **_went(row, plan, now),
    }  # fmt: skip
    context["waits_for_answer"] = context["second_person"] and context["approval"] and context["approval"].decided_at is None
    if (asked := context["approval"]) and (found := asked.details.get("foreseen")):
        context["row"] = {"found": found, **costed(found)}
    return show(request, "console/campaigns/campaign.html", context, title=row.name, part="console/campaigns/went.html")


def _moments(plan: campaigns.Plan, store: str) -> dict[str, datetime]:
    zone = ZoneInfo(accounts.store(store).zone)
    return {name: datetime.fromisoformat(text).astimezone(zone) for name in INSTANTS if (text := getattr(plan, name))}


def _went(row: campaigns.Campaign, plan: campaigns.Plan, now: datetime) -> dict[str, Any]:
    """What became of it so far."""
    if row.released_at is None:
        return {}
    hours = campaigns.by_hour(row.key)
    by = {"sent": 0, "leaving": 0, "waiting": 0, "kept_back": 0, "failed": 0} | campaigns.tallies([row.key]).get(row.key, {})
    whole, drawn, zone = sum(by.values()), campaigns.figures.drawn(row), ZoneInfo(accounts.store(row.store).zone)
    context: dict[str, Any] = {
        "by": by, "open": (under_way := by["waiting"] + by["leaving"]), "whole": whole, "settled": whole - under_way,
        "reasons": campaigns.reasons(row.key), "costs": campaigns.costs(row.key),
        "reacted": campaigns.figures.reactions(row), "hours": hours,
        "figures": json.dumps({"hours": [[f"{at.astimezone(zone):%-d %b %H:%M}", n] for at, n in hours]}),
        "everywhere": sum(n for (_part, arm), n in drawn.items() if arm == campaigns.EVERYWHERE),
        "held_out": sum(n for (_part, arm), n in drawn.items() if arm == campaigns.HELD_OUT),
        "rest": sum(n for (part, arm), n in drawn.items() if part == campaigns.REST and arm == ""),
        "everybody": sum(drawn.values()),
    }  # fmt: skip
    return {**context, **(_tested(row, plan, now) if plan.tests else {})}


def _tested(row: campaigns.Campaign, plan: campaigns.Plan, now: datetime) -> dict[str, Any]:
    """The arms with their counts, and what the rule says: as it was when it was decided, else now."""
    found = row.found or {"state": (verdict := campaigns.asked(row, now)).state, "winner": verdict.winner,
                          "pairs": [vars(pair) for pair in verdict.pairs]}  # fmt: skip
    counted = campaigns.figures.arms(row, now)
    alpha_wide = [campaigns.reckoning.wilson(arm.did, arm.ripe) for arm in counted]
    judged = plan.rule == "always_valid" or found["state"] != "not_yet"
    last = row.released_at + timedelta(days=plan.within_days) if row.released_at else None
    return {
        "tested": [
            {"arm": arm, "message": called(dict(plan.arms)[arm.name]), "share": 100 * share, "low": 100 * low, "high": 100 * high}
            for arm, (share, low, high) in zip(counted, alpha_wide, strict=True)
        ],
        "found": {**found, "pairs": [{**pair, **{n: 100 * pair[n] for n in ("difference", "low", "high")}} for pair in found["pairs"]]},
        "some_ripe": any(arm.ripe for arm in counted), "judged": judged, "decides_after": last,
        "chooses": row.decided_at is None and row.state in ("sending", "paused"),
    }  # fmt: skip


@require_safe
@team("see_figures")
def foresee(request: HttpRequest, key: str) -> HttpResponse:
    """Who would get it, now or some weeks ago: asked by a process that ends, which draws and judges and takes everything back."""
    row = within(request, key)
    plan, days = campaigns.Plan.of(row.plan), request.GET.get("back", "")
    more = ["--at", (clock.now() - timedelta(days=int(days))).isoformat()] if days in {"7", "28"} else []
    ended = children.run("campaign", "foresee", key, "--json", *more, patience=PATIENCE)
    context: dict[str, Any] = {"campaign": row, "plan": plan, "back": BACK, "chosen": days}
    if ended.code:
        context["refused"] = ended.said.removeprefix("Refused:").strip()
    else:
        found = json.loads(ended.said.splitlines()[-1])
        context |= {"found": found, **costed(found), **power(plan, found["people"])}
    return show(request, "console/campaigns/foreseen.html", context, title=row.name)


def costed(found: dict[str, Any]) -> dict[str, Any]:
    """What was foreseen, by channels with their names."""
    ways = [{**way, "name": channel_name(way["channel"])} for way in found["channels"]]
    return {
        "ways": ways, "segmented": any(way["segments"] for way in ways), "waits": sum(way["hold"] for way in ways),
        "unpriced": any(way["minor"] is None for way in ways), "more_zones": sum(many for _zone, many in found["zones"][8:]),
    }  # fmt: skip


def channel_name(channel: str) -> str:
    """What people call it."""
    return str(channels.CHANNELS.get(channel) or _("What each person prefers"))


def power(plan: campaigns.Plan, people: int) -> dict[str, Any]:
    """What a test of so many people can tell."""
    if not plan.tests:
        return {}
    each = int(people * (1 - plan.holdout) * plan.test_share / len(plan.messages))
    smallest = campaigns.reckoning.detectable(plan.base, each, len(plan.messages))
    needed = campaigns.reckoning.needed(plan.base, plan.smallest, len(plan.messages))
    return {"each": each, "needed": needed, "enough": each >= needed, "detectable": 100 * smallest if smallest else None,
            "wished": 100 * plan.smallest}  # fmt: skip


def _deed(do: Callable[[HttpRequest, str], str]) -> Callable[[HttpRequest, str], HttpResponse]:
    """A deed of somebody who may publish: what it led to is told on the campaign's page, and so is why it could not be done."""

    @require_POST
    @team("publish")
    def inner(request: HttpRequest, key: str) -> HttpResponse:
        row = within(request, key)
        accounts.need(member_of(request), "publish", row.store)
        try:
            well(request, do(request, key))
        except Refused as refusal:
            not_done(request, str(refusal))
        return redirect("console:campaign", key=key)

    return inner


@_deed
def start(request: HttpRequest, key: str) -> str:
    """Start it."""
    if request.POST.get("mark") != campaigns.mark_of(campaigns.one(key)):
        raise Refused(_("Somebody changed it since you looked. Look at it again, then start it."))
    row = campaigns.start(key, at=clock.now(), by=member_of(request))
    return _("“%(name)s” goes when its time comes.") % {"name": row.name}


@_deed
def stop(request: HttpRequest, key: str) -> str:
    """Stop it, or call it off."""
    kept = campaigns.stop(key, at=clock.now(), by=member_of(request))
    said = ngettext("One message that had not gone does not go.", "%(many)s messages that had not gone do not go.", kept)
    return _("It is stopped.") + " " + said % {"many": f"{kept:,}"}


@_deed
def pause(request: HttpRequest, key: str) -> str:
    """Pause it."""
    kept = campaigns.pause(key, at=clock.now(), by=member_of(request))
    return ngettext("It is paused; one message waits.", "It is paused; %(many)s messages wait.", kept) % {"many": f"{kept:,}"}


@_deed
def resume(request: HttpRequest, key: str) -> str:
    """Let it go on."""
    woken = campaigns.resume(key, at=clock.now(), by=member_of(request))
    said = ngettext("It goes on with one message, judged again.", "It goes on with %(many)s messages, each judged again.", woken)
    return said % {"many": f"{woken:,}"}


@_deed
def choose(request: HttpRequest, key: str) -> str:
    """Send one of those that were tested to the rest."""
    meant = campaigns.choose(key, request.POST.get("arm", ""), by=member_of(request), at=clock.now())
    return ngettext("It goes to one more person.", "It goes to %(many)s more people.", meant) % {"many": f"{meant:,}"}


@_deed
def ask(request: HttpRequest, key: str) -> str:
    """Ask a second person."""
    ended = children.run("campaign", "foresee", key, "--json", patience=PATIENCE)
    foreseen = json.loads(ended.said.splitlines()[-1]) if ended.code == 0 else None
    note = request.POST.get("note", "").replace("\x00", "")
    campaigns.ask_approval(key, by=member_of(request), at=clock.now(), note=note, foreseen=foreseen)
    return _("It was asked. Whoever approves it starts it by that.")


@require_POST
@team("approve")
def decide(request: HttpRequest, key: str) -> HttpResponse:
    """Approve it, which starts it, or send it back."""
    row, approved = within(request, key), request.POST.get("approved") == "yes"
    said = request.POST.get("said", "").replace("\x00", "")
    try:
        campaigns.decide_approval(
            key, approved=approved, mark=request.POST.get("mark", ""), by=member_of(request), at=clock.now(), said=said
        )  # fmt: skip
        well(request, _("Approved. “%(name)s” goes when its time comes.") % {"name": row.name} if approved else _("It was sent back."))
    except Refused as refusal:
        not_done(request, str(refusal))
    return redirect("console:campaign", key=key)


urls = [
    path("campaigns/", show_list, name="campaigns"),
    *campaign_drafts.urls,
    *campaign_reads.urls,
    *campaign_effects.urls,
    path("campaigns/<slug:key>/", show_campaign, name="campaign"),
    path("campaigns/<slug:key>/foresee", foresee, name="campaign_foresee"),
    path("campaigns/<slug:key>/start", start, name="campaign_start"),
    path("campaigns/<slug:key>/stop", stop, name="campaign_stop"),
    path("campaigns/<slug:key>/pause", pause, name="campaign_pause"),
    path("campaigns/<slug:key>/resume", resume, name="campaign_resume"),
    path("campaigns/<slug:key>/choose", choose, name="campaign_choose"),
    path("campaigns/<slug:key>/approval/ask", ask, name="campaign_ask"),
    path("campaigns/<slug:key>/approval/decide", decide, name="campaign_decide"),
]
