"""Going live, one journey at a time: from rehearsing into the mailbox to writing to customers, and back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts.types import NotAllowed, OutOfReach
from afterword.loop.messages import door as messages

from .frame import member_of, team
from .journey import known
from .notes import not_done, well


@require_POST
@team("publish")
def go_live(request: HttpRequest, key: str) -> HttpResponse:
    """From now on what this journey sends reaches customers; it is asked first whether their shop's platform sends the same."""
    journey = known(key)
    try:
        messages.go_live(key, answer=request.POST.get("answer", ""), by=member_of(request), at=clock.now())
        well(request, _("“%(name)s” is live: from now on it writes to customers.") % {"name": journey.name})
    except (NotAllowed, OutOfReach):
        raise
    except Refused as refusal:
        not_done(request, str(refusal))
    return redirect("console:journey", key=key)


@require_POST
@team("publish")
def rehearse(request: HttpRequest, key: str) -> HttpResponse:
    """From now on what this journey sends goes to the mailbox here."""
    journey = known(key)
    messages.rehearse(key, by=member_of(request), at=clock.now())
    well(request, _("“%(name)s” rehearses: what it sends goes to the mailbox here, and nobody outside gets it.") % {"name": journey.name})
    return redirect("console:journey", key=key)


urls = [
    path("journeys/<slug:key>/go-live", go_live, name="journey_go_live"),
    path("journeys/<slug:key>/rehearse", rehearse, name="journey_rehearse"),
]
