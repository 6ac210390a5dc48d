"""How a customer would rather hear from the shop: their wish, the bots they come to, notices in this browser."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from afterword.kit import clock
from afterword.loop.channels import door as channels
from afterword.loop.consent import door as consent
from afterword.loop.messages import door as messages

from .. import queries
from .letter import common, signed

PLACE = "/c/w/"
ABOUT_ORDERS = ("transactional", "service")
LONGEST = 4000
# A notice that is pressed opens what it is about; one of the same message replaces the one before.
WORKER = """self.addEventListener("push", (event) => {
  const said = event.data ? event.data.json() : {};
  const shown = { body: said.body, tag: said.tag, lang: said.lang, data: said.url };
  event.waitUntil(self.registration.showNotification(said.title || "", shown));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  if (event.notification.data) event.waitUntil(self.clients.openWindow(event.notification.data));
});
"""


@require_http_methods(["GET", "HEAD", "POST"])
@signed("preferences")
def ways(request: HttpRequest, read: messages.Token, token: str) -> HttpResponse:
    """The page; a POST is the wish, or a browser's subscription as JSON."""
    customer, store = read.ids[0], read.note
    person, known = queries.person(customer), channels.ways()
    here = {one.channel: one for one in (channels.way_of(known, channel, store) for channel in channels.CHANNELS) if one is not None}
    linked = channels.reached([customer])
    offered = ["email", *(c for c in here if c not in ("email", "webhook", "letter") and _reaches(c, customer, person, linked))]
    context = common(request, store, customer, person)
    words = messages.catalogue(context["locale"])
    if request.method == "POST" and request.content_type == "application/json":
        return _subscribed(request, customer, store, words.say("page.ways.push.proof", {}))
    if request.method == "POST" and (wish := request.POST.get("way", "")) in ("", *offered):
        _wished(customer, store, wish, words.say("page.ways.proof", {}))
        context["told"] = "page.ways.saved"
    context |= {"chosen": request.POST.get("way", queries.preferred(customer, store)), "offered": [(c, _called(c, words)) for c in offered]}
    start = messages.sign(messages.ring(), messages.Token("link", (customer,), expires_at=clock.real_now() + messages.LIFE["link"]))
    context["bots"] = [
        (words.say("page.ways.open", {"channel": channels.CHANNELS[c]}), one.provider.welcome(one.settings, start))
        for c, one in here.items() if one.provider.welcome is not None and (customer, c) not in linked
    ]  # fmt: skip
    if push := here.get("web_push"):
        context["push_key"], context["worker"] = channels.push_key(push.settings["private"]), reverse("storefront:worker")
    return render(request, "storefront/ways.html", context)


def other_ways(request: HttpRequest) -> str:
    """The address of this page for the token of another one that asks what to write; empty where there is e-mail alone."""
    match = request.resolver_match
    return reverse("storefront:ways", args=[match.kwargs["token"]]) if match and "token" in match.kwargs and channels.ways() else ""


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """What shows notices while no page is open. Its reach is all that lies under /c/."""
    answer = HttpResponse(WORKER, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


def _reaches(channel: str, customer: UUID, person: dict[str, Any], linked: dict[tuple[UUID, str], str]) -> bool:
    return bool(person.get("phone")) if channel in ("sms", "whatsapp") else (customer, channel) in linked


def _called(channel: str, words: Any) -> str:
    key = f"page.ways.{channel}"
    return words.say(key, {}) if key in words.texts else channels.CHANNELS[channel]


def _wished(customer: UUID, store: str, wish: str, shown: str) -> None:
    """Keep the wish. To choose a phone or a messenger is to allow it, for what concerns orders."""
    now = clock.now()
    channels.prefer(customer, wish, how="preferences", at=now, store=store)
    if wish not in ("", "email"):
        for purpose in ABOUT_ORDERS:
            consent.grant(customer, channel=wish, purpose=purpose, at=now, store=store, how="preferences", proof=_proof(shown))


def _proof(shown: str) -> dict[str, str]:
    return {"words": shown, "page": PLACE}


def _subscribed(request: HttpRequest, customer: UUID, store: str, shown: str) -> HttpResponse:
    """A browser lets us show notices."""
    try:
        given = json.loads(request.read(LONGEST))
        address = {"endpoint": str(given["endpoint"]), "keys": {name: str(given["keys"][name]) for name in ("p256dh", "auth")}}
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"message": "This is no subscription."}, status=400)
    if not str(address["endpoint"]).startswith("https://") or len(json.dumps(address)) > LONGEST:
        return JsonResponse({"message": "This is no subscription."}, status=400)
    now = clock.now()
    channels.link(customer, "web_push", json.dumps(address, sort_keys=True), how="opt_in", at=now, store=store)
    for purpose in ABOUT_ORDERS:
        consent.grant(customer, channel="web_push", purpose=purpose, at=now, store=store, how="browser", proof=_proof(shown))
    return JsonResponse({"message": "ok"})
