"""Signing in by password or by a link that works once, and signing out."""

from __future__ import annotations

from django.contrib import auth
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import LinkSpent
from afterword.loop.messages import door as messages

from .. import actions

MOST_TRIES, MOST_LINKS, TRIES_LAST = 8, 10, 15 * 60
BACKEND = "django.contrib.auth.backends.ModelBackend"


def _entry(request: HttpRequest, template: str, status: int = 200, **more: object) -> HttpResponse:
    stores = accounts.stores()
    context = {"shop": stores[0].name if stores else "", "next": request.GET.get("next", ""), **more}
    return render(request, template, context, status=status)


def _onward(request: HttpRequest) -> str:
    """Where to go after signing in: what was asked for, if it is one of our own pages."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if ours and wanted.startswith("/") else reverse("console:home")


def _email(request: HttpRequest) -> str:
    return request.POST.get("email", "").replace("\x00", "").strip()[:254]


def _place(request: HttpRequest, email: str) -> str:
    return f"sign-in:{email.lower()[:200]}:{request.META.get('REMOTE_ADDR', '')}".replace(" ", "")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what became of it. After too many wrong passwords in a row the door stays shut for a quarter of an hour."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_onward(request))
    if request.method != "POST":
        return _entry(request, "console/sign_in.html")
    email, place = _email(request), _place(request, _email(request))
    tries = int(cache.get(place, 0))
    if tries >= MOST_TRIES:
        return _entry(request, "console/sign_in.html", 429, fault="many", email=email, next=request.POST.get("next", ""))
    member = auth.authenticate(request, username=email, password=request.POST.get("password", ""))
    if member is None:
        cache.set(place, tries + 1, TRIES_LAST)
        return _entry(request, "console/sign_in.html", 403, fault="wrong", email=email, next=request.POST.get("next", ""))
    cache.delete(place)
    auth.login(request, member)
    return HttpResponseRedirect(_onward(request))


@never_cache
@require_POST
def ask_link(request: HttpRequest) -> HttpResponse:
    """Send a link by mail. The answer is the same, and comes as soon, whether there is such a member or not."""
    email = _email(request)
    place = f"sign-in-links:{request.META.get('REMOTE_ADDR', '')}"
    tries = int(cache.get(place, 0))
    if email and tries < MOST_LINKS:
        cache.set(place, tries + 1, TRIES_LAST)
        actions.send_link(email)
    many = bool(email) and tries >= MOST_LINKS
    return _entry(request, "console/sign_in_asked.html", 429 if many else 200, email=email, many=many, carries=messages.carries())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def redeem(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows a button, so that programs which look at links ahead of people do not spend them; a POST signs in."""
    if request.method != "POST":
        return _entry(request, "console/sign_in_link.html")
    try:
        member = accounts.redeem_sign_in_link(token)
    except LinkSpent as refusal:
        return _entry(request, "console/sign_in_spent.html", 410, refusal=refusal)
    auth.login(request, member, backend=BACKEND)
    return redirect("console:home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    auth.logout(request)
    return redirect("console:sign_in")


urls = [
    path("sign-in", sign_in, name="sign_in"),
    path("sign-in/link", ask_link, name="ask_link"),
    path("sign-in/<str:token>", redeem, name="redeem"),
    path("sign-out", sign_out, name="sign_out"),
]
