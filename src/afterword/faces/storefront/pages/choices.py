"""What a customer wants to be written: no more of this, or exactly that."""

from __future__ import annotations

from typing import Literal, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from afterword.kit import clock
from afterword.loop.consent import door as consent
from afterword.loop.messages import door as messages

from .letter import allowed as allowed_now
from .letter import common, prefer, signed

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
    """What we may write, thing by thing. Only what was changed is told."""
    customer_id, store = read.ids[0], read.note
    allowed = {topic: allowed_now(customer_id, store, topic) for topic in TOPICS}
    saved = request.method == "POST"
    if saved:
        for topic in TOPICS:
            wanted = request.POST.get(topic) == "on"
            if wanted != allowed[topic]:
                change = consent.grant if wanted else consent.withdraw
                change(customer_id, channel="email", purpose=topic, at=clock.now(), store=store, how="preferences")
        allowed = {topic: request.POST.get(topic) == "on" for topic in TOPICS}
    context = common(request, store, customer_id) | {"saved": saved}
    context |= {"topics": [(topic, f"page.prefer.{topic}", f"page.prefer.{topic}.hint", allowed[topic]) for topic in TOPICS]}
    return render(request, "storefront/preferences.html", context)
