"""A second person's word on a draft: asked for, given with the difference and the backtest in sight, or refused."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from afterword.kernel.errors import Refused
from afterword.kit import children, clock
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys

from .entering import counted, since_option
from .frame import member_of, team
from .journey import known
from .notes import not_done, well


@require_POST
@team("publish")
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for it."""
    journey, member, note = known(key), member_of(request), request.POST.get("note", "").replace("\x00", "")
    enrol = counted(request, key, journeys.digest(journey.draft)) if journey.live is None else None
    try:
        journeys.ask_approval(key, by=member, at=clock.now(), note=note, enrol=enrol)
    except Refused as refusal:
        not_done(request, str(refusal))
        return redirect("console:journey_edit", key=key)
    after = {"draft": journeys.digest(journey.draft), **({"since": enrol.since.isoformat()} if enrol else {})}
    accounts.audit(member, "journey approval asked", key, after=after, reason=note[:1000])
    well(request, _("It was asked. Whoever approves it publishes it by that."))
    return redirect("console:journey", key=key)


@require_POST
@team("approve")
def decide(request: HttpRequest, key: str) -> HttpResponse:
    """Approve it, which publishes it, or send it back."""
    journey, member, approved = known(key), member_of(request), request.POST.get("approved") == "yes"
    said = request.POST.get("said", "").replace("\x00", "")
    try:
        asked = journeys.decide(key, approved=approved, by=member, at=clock.now(), mark=request.POST.get("draft", ""), said=said)
    except Refused as refusal:
        not_done(request, str(refusal))
        return redirect("console:journey", key=key)
    word = "journey approved" if approved else "journey sent back"
    accounts.audit(member, word, key, before={"asked_by": asked.asked_by.email}, after={"draft": asked.mark}, reason=said[:1000])
    if not approved:
        well(request, _("It was sent back."))
        return redirect("console:journey", key=key)
    wish = journeys.wish_of(asked)
    ended = children.run("publish", key, "--by", member.email, *since_option(wish.since if wish else None))
    if ended.code == 0:
        well(request, _("Approved, and “%(name)s” is on.") % {"name": journey.name})
    else:
        not_done(request, ended.said.removeprefix("Refused:").strip() or _("It could not be published."))
    return redirect("console:journey", key=key)


urls = [
    path("journeys/<slug:key>/approval/ask", ask, name="journey_ask_approval"),
    path("journeys/<slug:key>/approval/decide", decide, name="journey_decide"),
]
