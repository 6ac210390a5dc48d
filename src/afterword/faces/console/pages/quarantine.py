"""What could not be understood: raw, with the reason, until somebody tries it again or lets it go."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from django.contrib import messages as told
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.intake import door as intake
from afterword.loop.intake.types import NoSuchBody

from .frame import member_of, reach, show, team

PAGE = 50
SHOWN = 20_000


@require_safe
@team("replay_quarantine")
def show_list(request: HttpRequest) -> HttpResponse:
    """The bodies that wait, the newest first."""
    before = request.GET.get("before", "")
    rows = intake.quarantined(before=int(before) if before.isdigit() and len(before) < 18 else None, most=PAGE + 1, stores=reach(request))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    context = {
        "rows": [{**row, "start": _text(bytes(row["body"]))[:160]} for row in rows], "before": rows[-1]["id"] if more else "",
        "later": bool(before),
    }  # fmt: skip
    return show(request, "console/quarantine.html", context, title=_("Quarantine"))


def _body(request: HttpRequest, id: int) -> dict[str, Any]:
    try:
        row = intake.quarantined_body(id)
    except NoSuchBody as missing:
        raise Http404 from missing
    accounts.need(member_of(request), "replay_quarantine", row["store"])
    return row


@require_safe
@team("replay_quarantine")
def show_body(request: HttpRequest, id: int) -> HttpResponse:
    """One body with everything that is wrong with it."""
    row = _body(request, id)
    complaints = msgspec.json.decode(row["complaints"]) if isinstance(row["complaints"], str) else row["complaints"]
    text = _text(row["body"])
    context = {"row": row, "complaints": complaints, "text": _pretty(text)[:SHOWN], "cut": len(text) > SHOWN}
    return show(request, "console/body.html", context, title=_("Quarantine"))


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


@require_POST
@team("replay_quarantine")
def try_again(request: HttpRequest) -> HttpResponse:
    """Have the chosen bodies tried again, as they came."""
    ids = _chosen(request)
    with transaction.atomic():
        tried = intake.replay(ids, now=clock.now())
        accounts.audit(member_of(request), "quarantine tried again", ", ".join(map(str, ids))[:300], after={"understood": tried.understood})
    if tried.understood:
        told.success(
            request,
            ngettext("One body was understood.", "%d bodies were understood.", tried.understood).replace("%d", str(tried.understood)),
        )
    if tried.still_wrong:
        still = ngettext("One still cannot be understood.", "%d still cannot be understood.", tried.still_wrong)
        told.error(request, still.replace("%d", str(tried.still_wrong)), extra_tags="bad")
    if len(ids) == 1 and tried.still_wrong:
        return redirect("console:body", id=ids[0])
    return redirect("console:quarantine")


@require_POST
@team("replay_quarantine")
def discard(request: HttpRequest) -> HttpResponse:
    """Let the chosen bodies go; they will not be tried again."""
    ids = _chosen(request)
    with transaction.atomic():
        count = intake.discard(ids, now=clock.now())
        accounts.audit(member_of(request), "quarantine discarded", ", ".join(map(str, ids))[:300], after={"discarded": count})
    told.success(request, ngettext("One body was discarded.", "%d bodies were discarded.", count).replace("%d", str(count)))
    return redirect("console:quarantine")


def _chosen(request: HttpRequest) -> list[int]:
    """The ids of the form: each must exist, and be of a store that is this member's."""
    ids = [int(id) for id in request.POST.getlist("id")[:PAGE] if id.isdigit() and len(id) < 18]
    if not ids:
        raise Http404
    if reach(request) is not None:
        for store in intake.stores_of_bodies(ids):
            accounts.need(member_of(request), "replay_quarantine", store)
    return ids


urls = [
    path("quarantine/", show_list, name="quarantine"),
    path("quarantine/<int:id>/", show_body, name="body"),
    path("quarantine/try-again", try_again, name="try_again"),
    path("quarantine/discard", discard, name="discard"),
]
