"""Write keys: with which shops tell us what happens. A key is shown once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from afterword.kit import clock
from afterword.kit.env import env_int
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import BadValue, Store

from ..forms import KeyForm
from .frame import member_of, reach, show, team
from .notes import well

STILL = {"0": timedelta(0), "1": timedelta(days=1), "7": timedelta(days=7)}  # how long an old key may work on: as chosen in the form


def stores_of(request: HttpRequest) -> list[Store]:
    """The stores within reach."""
    mine = reach(request)
    return [store for store in accounts.stores() if mine is None or store.key in mine]


def keys_of(request: HttpRequest) -> list[Any]:
    """The keys of those stores."""
    return list(accounts.keys().filter(store_id__in=[store.key for store in stores_of(request)]))


@require_safe
@team("manage_keys")
def show_keys(request: HttpRequest) -> HttpResponse:
    """The keys of the stores within reach, and a form for another."""
    return _keys(request, KeyForm(stores=stores_of(request)))


def _keys(request: HttpRequest, form: KeyForm, fresh: str = "") -> HttpResponse:
    now = clock.real_now()
    context = {
        "rows": [{"key": one, "works": one.works(now)} for one in keys_of(request)], "form": form, "fresh": fresh, "section": "keys",
        "address": settings.PUBLIC_URL, "rate": env_int("AFTERWORD_KEY_RATE", 5000), "burst": env_int("AFTERWORD_KEY_BURST", 300_000),
    }  # fmt: skip
    return show(request, "console/settings/keys.html", context, title=_("Keys"))


@require_POST
@team("manage_keys")
def create(request: HttpRequest) -> HttpResponse:
    """A new key, shown on the very page that answers, and never again."""
    form = KeyForm(request.POST, stores=stores_of(request))
    if not form.is_valid():
        return _keys(request, form)
    given = form.cleaned_data
    try:
        fresh = accounts.create_key(given["store"], given["name"], by=member_of(request), kind=given["kind"], origins=form.pages())
    except BadValue as wrong:
        form.add_error("origins", str(wrong))
        return _keys(request, form)
    return _keys(request, KeyForm(stores=stores_of(request)), fresh)


@require_POST
@team("manage_keys")
def replace(request: HttpRequest, id: int) -> HttpResponse:
    """A new key with the same rights, shown on the page that answers; the old one works on for as long as was chosen."""
    key = next((one for one in keys_of(request) if one.pk == id and one.revoked_at is None), None)
    chosen = request.POST.get("still", "")
    if key is None or chosen not in STILL:
        raise Http404
    return _keys(request, KeyForm(stores=stores_of(request)), accounts.rotate_key(key, by=member_of(request), still=STILL[chosen]))


@require_POST
@team("manage_keys")
def revoke(request: HttpRequest, id: int) -> HttpResponse:
    """The key stops working, everywhere within seconds."""
    key = next((one for one in keys_of(request) if one.pk == id), None)
    if key is None:
        raise Http404
    accounts.revoke_key(key, by=member_of(request))
    well(request, _("The key %(start)s… works no more.") % {"start": key.start})
    return redirect("console:settings_keys")


urls = [
    path("settings/keys/", show_keys, name="settings_keys"),
    path("settings/keys/new", create, name="settings_key_new"),
    path("settings/keys/<int:id>/replace", replace, name="settings_key_replace"),
    path("settings/keys/<int:id>/revoke", revoke, name="settings_key_revoke"),
]
