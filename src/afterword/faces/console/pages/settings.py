"""Settings of the company and its stores: the switches, then each store's name, hours, brand."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from afterword.kernel.errors import Refused
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import NotAllowed, OutOfReach
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages
from afterword.loop.orders import door as orders

from ..forms import CompanyForm, NewStoreForm, StoreForm
from . import brands, keys, team_members
from .frame import member_of, reach, show, team
from .notes import well
from .within import within


@require_safe
@team("see_figures")
def show_company(request: HttpRequest) -> HttpResponse:
    """The company and its switches: what each means now, and what pressing it would do."""
    return _company(request, _company_form())


def _company_form() -> CompanyForm:
    company = accounts.installation()
    return CompanyForm(
        initial={
            "company": company.company,
            "currency": company.reporting_currency,
            "holdout": company.global_holdout * 100,
            "second_person": company.second_person,
        }
    )


def _company(request: HttpRequest, form: CompanyForm) -> HttpResponse:
    member = member_of(request)
    context = {
        "form": form, "section": "company", "installation": accounts.installation(), "may_live": accounts.may(member, "resume_sending"),
        "may_stop": accounts.may(member, "stop_sending"), "may_change": accounts.may(member, "change_settings"),
        "no_server": not messages.carries(), "rows": _states(),
        "rates": orders.rates_kept(accounts.installation().reporting_currency),
        "lacks": orders.rates_missing(accounts.installation().reporting_currency),
    }  # fmt: skip
    return show(request, "console/settings/company.html", context, title=_("Settings"))


def _states() -> list[dict[str, Any]]:
    """Every journey: whether it is on, and whether what it sends reaches customers."""
    live, on = messages.live_origins(), journeys.on()
    rows = [{"key": key, "name": name, "on": key in on, "live": live.get(key)} for key, name in journeys.names().items()]
    return sorted(rows, key=lambda row: (not row["on"], row["live"] is None))


@require_POST
@team("change_settings")
def save_company(request: HttpRequest) -> HttpResponse:
    """The company's name and its currency."""
    form = CompanyForm(request.POST)
    if form.is_valid():
        try:
            given = form.cleaned_data
            accounts.name_company(given["company"], by=member_of(request), reporting_currency=given["currency"])
            if given["holdout"] is not None:
                accounts.set_global_holdout(given["holdout"] / 100, by=member_of(request))
            accounts.set_second_person(given["second_person"], by=member_of(request))
            well(request, _("Saved."))
            return redirect("console:settings")
        except Refused as refusal:
            form.add_error("currency", str(refusal))
    return _company(request, form)


@require_POST
@team()
def switch(request: HttpRequest, what: str) -> HttpResponse:
    """The switches: `stop` and `resume` all sending. The rules decide who may."""
    member, reason = member_of(request), request.POST.get("reason", "").strip()[:1000]
    match what:
        case "stop":
            accounts.stop_all_sending(by=member, reason=reason)
            well(request, _("All sending is stopped. What is due waits until you let it go on."))
        case "resume":
            accounts.resume_sending(by=member, reason=reason)
            well(request, _("Messages leave again."))
        case _:
            raise Http404
    return redirect("console:settings")


# -- stores --------------------------------------------------------------------------------------------------------------


@require_safe
@team("edit_store")
def show_stores(request: HttpRequest) -> HttpResponse:
    """The stores within reach, and a form for another."""
    return _stores(request, NewStoreForm())


def _stores(request: HttpRequest, form: NewStoreForm) -> HttpResponse:
    mine = reach(request)
    rows = [store for store in accounts.stores() if mine is None or store.key in mine]
    context = {"rows": rows, "form": form, "section": "stores", "may_add": accounts.may(member_of(request), "change_settings")}
    return show(request, "console/settings/stores.html", context, title=_("Stores"))


@require_POST
@team("change_settings")
def add_store(request: HttpRequest) -> HttpResponse:
    """One more store."""
    form = NewStoreForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        if any(store.key == given["key"] for store in accounts.stores()):
            form.add_error("key", _("There is a store of this key already."))
            return _stores(request, form)
        try:
            accounts.save_store(given["key"], by=member_of(request), name=given["name"], currency=given["currency"])
            well(request, _("“%(name)s” is there. Say now how it looks and when it may write.") % {"name": given["name"]})
            return redirect("console:settings_store", key=given["key"])
        except Refused as refusal:
            form.add_error("key", str(refusal))
    return _stores(request, form)


def edit_store(request: HttpRequest, key: str) -> HttpResponse:
    """One store: its name and languages, its hours and caps, its brand."""
    return save_store(request, key) if request.method == "POST" else show_store(request, key)


@team("edit_store")
def show_store(request: HttpRequest, key: str) -> HttpResponse:
    """The form of one store, filled in."""
    store = within(request, key)
    return _store(request, store.key, StoreForm.of(store))


@team("edit_store")
def save_store(request: HttpRequest, key: str) -> HttpResponse:
    """Keep what was changed; what is wrong is said at its field."""
    store = within(request, key)
    form = StoreForm(request.POST)
    if not form.is_valid():
        return _store(request, key, form)
    try:
        kept = accounts.save_store(store.key, by=member_of(request), **form.values())
        if (kept.zone, kept.quiet_from, kept.quiet_until) != (store.zone, store.quiet_from, store.quiet_until):
            journeys.strike()  # the guard reads from a table when these hours come
    except (NotAllowed, OutOfReach):
        raise
    except Refused as refusal:
        form.add_error(form.concerned(str(refusal)), str(refusal))
        return _store(request, key, form)
    well(request, _("Saved. Messages that are rendered from now on follow it."))
    return redirect("console:settings_store", key=key)


def _store(request: HttpRequest, key: str, form: StoreForm) -> HttpResponse:
    store = accounts.store(key)
    context = {
        "form": form, "section": "stores", "store": store, "letters": [(one, messages.message_name(one)) for one in brands.SHOWN],
        "spoken": [(code, messages.OWN_NAMES[code]) for code in dict.fromkeys(messages.known(one) for one in store.languages)],
    }  # fmt: skip
    return show(request, "console/settings/store.html", context, title=store.name)


urls = [
    path("settings/", show_company, name="settings"),
    path("settings/company", save_company, name="settings_company"),
    path("settings/switch/<slug:what>", switch, name="settings_switch"),
    path("settings/stores/", show_stores, name="settings_stores"),
    path("settings/stores/new", add_store, name="settings_store_new"),
    path("settings/stores/<slug:key>/", edit_store, name="settings_store"),
    *brands.urls,
    *keys.urls,
    *team_members.urls,
]
