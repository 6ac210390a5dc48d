"""Asking for letters, and confirming from one's own mailbox that it was oneself (double opt-in)."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.consent import door as consent
from afterword.loop.messages import door as messages

from .letter import common, signed, sorry

ADDRESS = re.compile(r"^[^\s@<>\"(),:;\[\]\\]{1,64}@[^\s@<>\"(),:;\[\]\\]{1,185}\.[^\s@.]{2,63}$")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, store: str) -> HttpResponse:
    """A page with one field. What it answers says nothing about who is known here."""
    if store not in {one.key for one in accounts.stores()}:
        return sorry(request, "page.bad")
    context = common(request, store, None)
    address = request.POST.get("email", "").strip()
    good = bool(ADDRESS.match(address))
    if request.method == "POST" and good:
        consent.ask(address, channel="email", purpose="marketing", at=clock.now(), store=store, proof=_shown(request, context["locale"]))
    wrong = request.method == "POST" and not good
    context |= {"asked": request.method == "POST" and good, "wrong": wrong, "given": address[:254] if wrong else ""}
    return render(request, "storefront/join.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed("confirm")
def confirm(request: HttpRequest, read: messages.Token, token: str) -> HttpResponse:
    """One button: looking is not confirming, for programs look into mailboxes too."""
    customer_id, store = read.ids[0], read.note
    context = common(request, store, customer_id)
    if request.method == "POST":
        consent.grant(
            customer_id, channel="email", purpose="marketing", at=clock.now(), store=store, how="confirmed", ground="double_opt_in",
            proof=_shown(request, context["locale"]),
        )  # fmt: skip
    return render(request, "storefront/confirm.html", context | {"done": request.method == "POST"})


def _shown(request: HttpRequest, locale: str) -> dict[str, str]:
    """What proves it: the words that were shown, where, and from where."""
    words = messages.catalogue(locale)
    shown = f"{words.say('page.join.lead', {})} [{words.say('page.join.button', {})}]"
    page = request.build_absolute_uri(request.path)
    return {"words": shown, "page": page, "ip": request.META.get("REMOTE_ADDR", ""), "language": words.locale}
