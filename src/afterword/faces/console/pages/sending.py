"""Sending: the domains that mails come from, whether they can arrive, how fast they go, and what fails just now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.consent import door as consent
from afterword.loop.messages import door as messages

from ..forms import DomainForm, PaceForm
from .frame import member_of, reach, show, team
from .notes import well

NAMES = {
    "spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC", "return": _("The way back"), "one_click": _("One-click unsubscribe"),
    "complaints": _("Called spam"), "bounces": _("Came back"),
}  # fmt: skip


DOUBT_WAYS = {"again": gettext_lazy("send it again"), "ask": gettext_lazy("ask somebody here"), "give_up": gettext_lazy("give it up")}


@require_safe
@team("edit_store")
def show_sending(request: HttpRequest) -> HttpResponse:
    """Every domain that mails are sent from."""
    return _sending(request, DomainForm())


def _sending(request: HttpRequest, form: DomainForm) -> HttpResponse:
    known, address = channels.domains(), request.GET.get("address", "").strip()[:254]
    senders = {store.name: store.brand.sender_email.rpartition("@")[2] for store in accounts.stores() if store.brand.sender_email}
    unsigned = sorted({domain for domain in senders.values() if domain and not channels.of_sender(f"x@{domain}", known)})
    halts, names = messages.halted(), messages.origins()
    halted = [(origin, names.get(origin) or messages.Origin(origin, ""), halt) for origin, halt in halts.items()]
    context = {
        "section": "sending", "rows": list(known.values()), "unsigned": unsigned, "form": form, "failing": channels.failing(),
        "no_server": not messages.carries(), "halted": halted, "closed": consent.closed_addresses(), "address": address,
        "why": consent.why_closed("email", address) if address else None, "doubts": messages.doubts(), "doubt_ways": DOUBT_WAYS,
        "doubted": _doubted(reach(request)),
    }  # fmt: skip
    return show(request, "console/settings/sending.html", context, title=_("Sending"))


def _doubted(stores: list[str] | None) -> list[dict[str, Any]]:
    return [{**one, "name": messages.message_name(one["message"])} for one in messages.doubted(stores)]


@require_POST
@team("change_settings")
def change_doubts(request: HttpRequest) -> HttpResponse:
    """Say what is done where nobody knows whether a message arrived."""
    wanted = {name: way for name in messages.doubts() if (way := request.POST.get(name, "")) in DOUBT_WAYS}
    messages.set_doubts(wanted, by=member_of(request))
    well(request, _("Saved."))
    return redirect("console:settings_sending")


@require_POST
@team("edit_store")
def add_domain(request: HttpRequest) -> HttpResponse:
    """Know a domain, and make its key."""
    form = DomainForm(request.POST)
    if not form.is_valid():
        return _sending(request, form)
    try:
        name = channels.add_domain(form.cleaned_data["domain"], at=clock.now())
    except Refused as refusal:
        form.add_error("domain", str(refusal))
        return _sending(request, form)
    accounts.audit(member_of(request), "sending domain added", after={"domain": name})
    return redirect("console:settings_domain", name)


@require_safe
@team("edit_store")
def show_domain(request: HttpRequest, name: str) -> HttpResponse:
    """How one domain stands, and what to publish."""
    domain = _known(name)
    initial = {"return_host": domain.return_host, "per_minute": domain.per_minute, "warming": domain.warm_from is not None}
    return _domain(request, domain, PaceForm(initial=initial))


def _domain(request: HttpRequest, domain: channels.Domain, form: PaceForm) -> HttpResponse:
    now = clock.now()
    want, checks = channels.health(domain, messages.server_name(), _sent(domain, now))
    grades = [check.grade for check in checks]
    context = {
        "section": "sending", "domain": domain, "form": form, "want": want, "checks": [(NAMES[c.key], c) for c in checks],
        "worst": "wrong" if "wrong" in grades else "look" if "look" in grades else "well",
        "allowance": channels.day_allowance(domain.warm_from, now.date()),
    }  # fmt: skip
    return show(request, "console/settings/domain.html", context, title=domain.domain)


def _sent(domain: channels.Domain, now: datetime) -> channels.Sent:
    """What became of the mails of every store that sends from this domain."""
    lately = messages.sent_lately(now)
    own = [
        lately[s.key]
        for s in accounts.stores()
        if s.key in lately and f".{s.brand.sender_email.rpartition('@')[2]}".endswith(f".{domain.domain}")
    ]
    return channels.Sent(
        *(sum(numbers) for numbers in zip(*((s.sent, s.bounced, s.complained, s.wanting, s.one_click) for s in own), strict=True))
    ) if own else channels.Sent()  # fmt: skip


def _known(name: str) -> channels.Domain:
    found = channels.domains().get(name)
    if found is None:
        raise Http404
    return found


@require_POST
@team("edit_store")
def change_domain(request: HttpRequest, name: str, how: str) -> HttpResponse:
    """Change its pace, give it a new key, or forget it."""
    domain, now = _known(name), clock.now()
    if how == "pace":
        form = PaceForm(request.POST)
        if not form.is_valid():
            return _domain(request, domain, form)
        given: dict[str, Any] = form.cleaned_data
        try:
            warm = (domain.warm_from or now.date()) if given["warming"] else None
            channels.set_domain(name, return_host=given["return_host"], per_minute=given["per_minute"], warm_from=warm)
        except Refused as refusal:
            form.add_error("return_host", str(refusal))
            return _domain(request, domain, form)
    elif how == "key":
        channels.renew_key(name, at=now)
    elif how == "forget":
        channels.forget_domain(name)
    else:
        raise Http404
    accounts.audit(member_of(request), f"sending domain: {how}", after={"domain": name})
    well(request, _("Saved."))
    return redirect("console:settings_sending") if how == "forget" else redirect("console:settings_domain", name)


@require_POST
@team("edit_store")
def change_closed(request: HttpRequest) -> HttpResponse:
    """Open an address again, or close one by hand."""
    address, opens = request.POST.get("address", "").strip()[:254], "open" in request.POST
    if "@" not in address:
        raise Http404
    now = clock.now()
    done = consent.lift_suppression("email", address, at=now) if opens else consent.suppress("email", [address], reason="by hand", at=now)
    if done:
        accounts.audit(member_of(request), "address opened" if opens else "address closed")
        well(request, _("It is open again.") if opens else _("Nothing more is sent there."))
    return redirect("console:settings_sending")


@require_POST
@team("resume_sending")
def let_go(request: HttpRequest, origin: str) -> HttpResponse:
    """Let a journey send again that was stopped by itself."""
    if not messages.lift_halt(origin, at=clock.now(), by=str(member_of(request).email)):
        raise Http404
    accounts.audit(member_of(request), "sends again", after={"journey": origin})
    well(request, _("It sends again."))
    return redirect("console:settings_sending")


urls = [
    path("settings/sending/", show_sending, name="settings_sending"),
    path("settings/sending/closed", change_closed, name="settings_closed"),
    path("settings/sending/doubts", change_doubts, name="settings_doubts"),
    path("settings/sending/new", add_domain, name="settings_domain_new"),
    path("settings/sending/again/<str:origin>", let_go, name="settings_sending_again"),
    path("settings/sending/<str:name>/", show_domain, name="settings_domain"),
    path("settings/sending/<str:name>/<slug:how>", change_domain, name="settings_domain_change"),
]
