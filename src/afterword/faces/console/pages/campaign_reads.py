"""A campaign's messages as people of its segment would read them, and each sent to oneself before it goes to anybody."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from afterword.kernel.errors import Failed, Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door as campaigns
from afterword.loop.channels import door as channels
from afterword.loop.messages import door as messages
from afterword.loop.segments import door as segments

from ..queries import segments as named
from ..rules import uuid_in
from .campaign_drafts import called, within
from .frame import member_of, reach, show, team
from .letters import framed
from .notes import not_done, well

OWN = "test_addresses"  # of the session: the member's own address in each channel


def _wanted(request: HttpRequest, row: campaigns.Campaign) -> dict[str, Any]:
    """Which of its messages, for whom, in which language: what an address or a form asks for, as far as it makes sense."""
    given = request.POST if request.method == "POST" else request.GET
    plan = campaigns.Plan.of(row.plan)
    people = segments.sample(plan.segment, stores=reach(request))
    who, locale, arm = uuid_in(given.get("who", "")), given.get("language", ""), given.get("arm", "A")
    return {
        "arm": arm if arm in dict(plan.arms) else "A", "customer": who if who in people else next(iter(people), None),
        "locale": locale if locale in messages.LOCALES else "", "people": people,
    }  # fmt: skip


def _chosen(request: HttpRequest, wanted: dict[str, Any]) -> dict[str, Any]:
    named = accounts.may(member_of(request), "see_contact")
    return {**{name: wanted[name] for name in ("arm", "customer", "locale")}, "at": clock.now(), "named": named}


def _read(request: HttpRequest, key: str, wanted: dict[str, Any]) -> messages.Rendered | None:
    return campaigns.tried(key, **_chosen(request, wanted)) if wanted["customer"] is not None else None


def _few(request: HttpRequest, row: campaigns.Campaign, wanted: dict[str, Any]) -> dict[str, Any]:
    """What stands on the page where the campaign goes by another channel than mail: its words, and where a test of it can go."""
    channel, kind = row.plan["channel"], campaigns.address_of(row.plan["channel"])
    if kind == "mail" or wanted["customer"] is None:
        return {"way": kind}
    words = campaigns.tried_few(row.key, **_chosen(request, wanted))
    segments = channels.sms_segments(words.text) if channel == "sms" else 0
    return {
        "way": kind, "few": words, "segments": segments, "channel": channels.CHANNELS[channel],
        "why_not": campaigns.WHY_NOT.get(channel, ""), "own": request.session.get(OWN, {}).get(channel, ""),
    }  # fmt: skip


@require_safe
@team("see_figures")
def show_read(request: HttpRequest, key: str) -> HttpResponse:
    """One of its messages, for one of its people."""
    row = within(request, key)
    plan, wanted, made, refused, few = campaigns.Plan.of(row.plan), _wanted(request, row), None, "", dict[str, Any]()
    try:
        made, few = _read(request, key, wanted), _few(request, row, wanted)
    except Refused as refusal:
        refused = str(refusal)
    context = {
        **few,
        "campaign": row, "plan": plan, "made": made, "refused": refused, "wanted": wanted, "persons": _people(request, wanted["people"]),
        "form": "text" if request.GET.get("form") == "text" else "mail", "carries": messages.carries(),
        "arms": [(arm, called(one)) for arm, one in plan.arms],
        "languages": [(code, messages.OWN_NAMES[code]) for code in messages.LOCALES],
        "calendar": any(one.name.endswith(".ics") for one in made.enclosed) if made else False,
    }  # fmt: skip
    return show(request, "console/campaigns/read.html", context, title=row.name)


def _people(request: HttpRequest, ids: list[UUID]) -> list[tuple[UUID, str]]:
    sees, rows = accounts.may(member_of(request), "see_contact"), {row["id"]: row for row in named.rows_of(ids)}
    return [(id, named.name_of(rows.get(id), id, sees)) for id in ids]


@require_safe
@team("see_figures")
def show_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML of it, for the frame on its page."""
    row = within(request, key)
    try:
        made = _read(request, key, _wanted(request, row))
    except Refused as refusal:
        raise Http404 from refusal
    if made is None:
        raise Http404
    return framed(messages.with_pictures(made.html, made.enclosed))


@require_POST
@team("edit_journeys")
def send_to_me(request: HttpRequest, key: str) -> HttpResponse:
    """Send it to oneself: by its channel, to an address of one's own there, which is remembered as long as one is signed in."""
    row, member = within(request, key), member_of(request)
    wanted, kind, channel = _wanted(request, row), campaigns.address_of(row.plan["channel"]), row.plan["channel"]
    chosen = {name: wanted[name] for name in ("arm", "customer", "locale")}
    own = request.POST.get("to", "").replace("\x00", "").strip()[:200]
    try:
        if kind in ("phone", "id"):
            request.session[OWN] = {**request.session.get(OWN, {}), channel: own}
        campaigns.try_on(key, to=member, address=own, **chosen, at=clock.now(), mark=_("[Test]"))
        there = kind != "mail" or messages.carries()
        where = _("Sent to you, at %(address)s.") if there else _("Sent to the mailbox here, for %(address)s: no mail server is set.")
        well(request, where % {"address": member.email if kind == "mail" else own})
    except (Refused, Failed) as fault:
        not_done(request, str(fault))
    kept = {"arm": wanted["arm"], "who": str(wanted["customer"] or ""), "language": wanted["locale"]}
    return redirect(f"{reverse('console:campaign_read', args=[key])}?{urlencode(kept)}")


urls = [
    path("campaigns/<slug:key>/read/", show_read, name="campaign_read"),
    path("campaigns/<slug:key>/read/html", show_html, name="campaign_read_html"),
    path("campaigns/<slug:key>/try", send_to_me, name="campaign_try"),
]
