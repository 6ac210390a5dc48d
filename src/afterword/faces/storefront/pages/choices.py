"""What a customer wants to be written: no more of this, or exactly that."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Literal, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from afterword.kit import clock
from afterword.loop.consent import door as consent
from afterword.loop.messages import door as messages

from .. import queries, rules
from .letter import allowed as allowed_now
from .letter import common, prefer, signed, zone_of
from .ways import other_ways

TOPICS = ("service", "marketing")


@require_http_methods(["GET", "HEAD", "POST"])
@signed("unsubscribe")
def unsubscribe(request: HttpRequest, read: messages.Token, token: str) -> HttpResponse:
    """A page with one button for people; for mail programs the one-click POST of RFC 8058."""
    customer_id, message_id = read.ids[0], read.ids[1]
    store, _, topic = read.note.partition("/")
    purpose = cast("Literal['service', 'marketing', 'all']", topic if topic in TOPICS else "all")
    if request.method == "POST":
        now = clock.now()
        one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        how = "one-click" if one_click else "unsubscribe"
        consent.withdraw(customer_id, channel="email", purpose=purpose, at=now, store=store, how=how)
        messages.hear_unsubscribe(message_id, purpose, now)
        if one_click:
            return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
    context = common(request, store, customer_id)
    context |= {
        "done": request.method == "POST", "lead": f"page.off.{topic if topic in TOPICS else 'transactional'}",
        "prefer": prefer(customer_id, message_id, store),
    }  # fmt: skip
    return render(request, "storefront/unsubscribe.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed("preferences")
def preferences(request: HttpRequest, read: messages.Token, token: str) -> HttpResponse:
    """What we may write, thing by thing, and a pause from all of it. Only what was changed is told."""
    if request.method == "POST" and ("pause" in request.POST or "resume" in request.POST):
        return _pause(request, read)
    customer_id, store = read.ids[0], read.note
    allowed = {topic: allowed_now(customer_id, store, topic) for topic in TOPICS}
    allowed["tracking"] = customer_id not in consent.untracked([customer_id])
    saved = request.method == "POST"
    if saved:
        for topic in TOPICS:
            wanted = request.POST.get(topic) == "on"
            if wanted != allowed[topic]:
                _say(request, customer_id, store, topic, wanted)
        _wish(request, customer_id, store)
        if (request.POST.get("tracking") == "on") != allowed["tracking"]:
            change = consent.grant if not allowed["tracking"] else consent.withdraw
            change(customer_id, channel="all", purpose="tracking", at=clock.now(), store=store, every_store=True, how="preferences")
        allowed = {topic: request.POST.get(topic) == "on" for topic in (*TOPICS, "tracking")}
    return _preferences(request, customer_id, store, allowed, told="page.prefer.saved" if saved else "")


def _say(request: HttpRequest, customer_id: UUID, store: str, topic: str, wanted: bool) -> None:
    """Allowed, with what was shown and where; or taken back."""
    now = clock.now()
    if not wanted:
        return consent.withdraw(customer_id, channel="email", purpose=topic, at=now, store=store, how="preferences")
    words = messages.catalogue(common(request, store, customer_id)["locale"])
    shown = f"{words.say(f'page.prefer.{topic}', {})}. {words.say(f'page.prefer.{topic}.hint', {})}"
    proof = {"words": shown, "page": request.build_absolute_uri(request.path), "ip": request.META.get("REMOTE_ADDR", ""),
             "language": words.locale}  # fmt: skip
    # The link lies in their own mailbox: who follows it has shown that the address is theirs.
    return consent.grant(
        customer_id, channel="email", purpose=topic, at=now, store=store, how="preferences", proof=proof, ground="double_opt_in"
    )


def _wish(request: HttpRequest, customer_id: UUID, store: str) -> None:
    """How often, and at which hours not; only what was changed is told, and what is no wish is passed over."""
    wished = consent.wishes(customer_id, store=store)
    often, quiet = request.POST.get("often", ""), rules.quiet_hours(request.POST.get("from", ""), request.POST.get("until", ""))
    if often in rules.OFTEN and often != wished.get("often", ""):
        consent.wish(customer_id, about="often", wish=often, at=clock.now(), store=store, how="preferences")
    if quiet is not None and quiet != wished.get("quiet", ""):
        consent.wish(customer_id, about="quiet", wish=quiet, at=clock.now(), store=store, how="preferences")


def _preferences(
    request: HttpRequest, customer_id: UUID, store: str, allowed: dict[str, bool], *, told: str = "", until: datetime | None = None,
    wrong: bool = False,
) -> HttpResponse:  # fmt: skip
    """The page. `until` is what was said a moment ago: the log knows it a moment later."""
    person, now = queries.person(customer_id), clock.now()
    context = common(request, store, customer_id, person)
    zone = zone_of(person, store)
    until = until or (None if told == "page.pause.ended" else consent.paused_until(customer_id, store=store, now=now))
    words = messages.catalogue(context["locale"])
    wished = consent.wishes(customer_id, store=store) | {key: request.POST[key] for key in ("often",) if key in request.POST}
    hours = wished.get("quiet", "").partition("-")
    context |= {
        "often": wished.get("often", ""), "how_often": [(key, f"page.often.{key or 'any'}") for key in rules.OFTEN],
        "quiet_from": request.POST.get("from", hours[0]), "quiet_until": request.POST.get("until", hours[2]),
        "evenings": rules.EVENINGS, "mornings": rules.MORNINGS,
        "topics": [(topic, f"page.prefer.{topic}", f"page.prefer.{topic}.hint", allowed[topic]) for topic in (*TOPICS, "tracking")],
        "ways": other_ways(request), "told": told, "wrong": wrong,
        "lengths": rules.PAUSES, "first": (now.astimezone(zone) + timedelta(days=1)).date().isoformat(),
        "paused": messages.spoken_day(rules.last_day(until.astimezone(zone)), "long", words) if until else "",
    }  # fmt: skip
    return render(request, "storefront/preferences.html", context, status=422 if wrong else 200)


def _pause(request: HttpRequest, read: messages.Token) -> HttpResponse:
    """Begin a pause, or end it."""
    customer_id, store, now = read.ids[0], read.note, clock.now()
    allowed = {topic: allowed_now(customer_id, store, topic) for topic in TOPICS}
    allowed["tracking"] = customer_id not in consent.untracked([customer_id])
    if "resume" in request.POST:
        consent.resume(customer_id, at=now, store=store, how="preferences")
        return _preferences(request, customer_id, store, allowed, told="page.pause.ended")
    zone = zone_of(queries.person(customer_id), store)
    last = rules.pause_until(request.POST.get("pause", ""), request.POST.get("day", ""), now.astimezone(zone).date())
    if last is None:
        return _preferences(request, customer_id, store, allowed, wrong=True)
    until = datetime.combine(last + timedelta(days=1), time(), zone)
    consent.pause(customer_id, until=until, at=now, store=store, how="preferences")
    return _preferences(request, customer_id, store, allowed, until=until)
