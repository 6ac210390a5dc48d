"""Settings → Channels: who carries what for which store, what must be told to whom, what it costs, what is wrong just now."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afterword.kernel.errors import Failed, Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.messages import door as messages

from ..forms import ProviderForm, TrialForm
from .frame import member_of, reach, show, team
from .notes import well

LATELY = timedelta(days=30)


@require_safe
@team("manage_keys")
def show_channels(request: HttpRequest) -> HttpResponse:
    """Everybody who carries, with what fails; and what it cost."""
    rows = channels.provider_rows()
    failing = {rest.provider: rest for rest in channels.failing()}
    for row in rows:
        row["rest"], row["channel_name"] = failing.get(row["key"]), channels.CHANNELS.get(row["channel"], _("Mail that comes in"))
    spent = messages.spent(clock.now() - LATELY, reach(request))
    for one in spent:
        one["cost"] = f"{one['cost_minor'] / 100:,.2f} {one['currency']}" if one["cost_minor"] is not None else ""
        one["channel_name"] = channels.CHANNELS.get(one["channel"], one["channel"])
    context: dict[str, Any] = {"section": "channels", "rows": rows, "kinds": list(channels.PROVIDERS.values()), "spent": spent}
    context["letters"] = any(row["channel"] == "letter" for row in rows)
    return show(request, "console/settings/channels.html", context, title=_("Channels"))


@require_http_methods(["GET", "HEAD", "POST"])
@team("manage_keys")
def add_provider(request: HttpRequest, kind: str) -> HttpResponse:
    """Somebody new who carries."""
    provider = channels.PROVIDERS.get(kind)
    if provider is None:
        raise Http404
    return _edit(request, provider, None)


@require_http_methods(["GET", "HEAD", "POST"])
@team("manage_keys")
def edit_provider(request: HttpRequest, key: str) -> HttpResponse:
    """What somebody was set up with. Secrets are not shown; left empty they stay."""
    row = next((row for row in channels.provider_rows() if row["key"] == key), None)
    if row is None or row["provider"] is None:
        raise Http404
    return _edit(request, row["provider"], row)


def _edit(request: HttpRequest, provider: channels.Provider, row: dict[str, Any] | None) -> HttpResponse:
    stores = accounts.stores()
    form = ProviderForm(
        provider, row, [(store.key, store.name) for store in stores], data=request.POST if request.method == "POST" else None
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            channels.set_provider(
                row["key"] if row else given["key"], provider.name, {f.name: given.get(f"f_{f.name}") or "" for f in provider.fields},
                by=member_of(request), at=clock.now(), store=given["store"], place=given["place"],
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            well(request, _("Saved. Try it before a customer does."))
            return redirect("console:settings_channel", row["key"] if row else given["key"])
    return _page(request, provider, row, form, TrialForm())


def _page(
    request: HttpRequest, provider: channels.Provider, row: dict[str, Any] | None, form: ProviderForm, trial: TrialForm, fault: str = ""
) -> HttpResponse:
    context = {
        "section": "channels", "provider": provider, "row": row, "form": form, "trial": trial, "hears": provider.heard is not None,
        "reads": provider.channel == channels.INBOUND,
        "rest": next((rest for rest in channels.failing() if row and rest.provider == row["key"]), None),
        "fault": fault,
    }  # fmt: skip
    answer = show(request, "console/settings/channel.html", context, title=provider.title)
    answer.status_code = 422 if form.errors or trial.errors or fault else 200
    return answer


@require_POST
@team("manage_keys")
def try_provider(request: HttpRequest, key: str) -> HttpResponse:
    """One note to an address of the team's own."""
    row = next((row for row in channels.provider_rows() if row["key"] == key and not row["closed_at"]), None)
    if row is None or row["provider"] is None:
        raise Http404
    if row["channel"] == channels.INBOUND:
        return _try_mailbox(request, row)
    trial, stores = TrialForm(request.POST), accounts.stores()
    shop = next((store.name for store in stores if store.key == row["store"]), stores[0].name if stores else "Afterword")
    if trial.is_valid():
        link = channels.Link(_("Open"), stores[0].brand.site_url) if stores and stores[0].brand.site_url else None
        outcome = channels.try_way(
            key, trial.cleaned_data["to"], title=_("A test"), text=_("This is a test of %(shop)s. It arrived.") % {"shop": shop}, link=link,
            locale="en", sender=shop, at=clock.now(),
        )  # fmt: skip
        accounts.audit(member_of(request), "provider tried", key, after={"result": outcome.result, "word": outcome.word})
        if outcome.result == "accepted":
            well(request, _("%(title)s took it.") % {"title": row["provider"].title})
            return redirect("console:settings_channel", key)
        trial.add_error("to", f"{outcome.code or ''} {outcome.said or outcome.word}".strip())
    form = ProviderForm(row["provider"], row, [(store.key, store.name) for store in stores])
    return _page(request, row["provider"], row, form, trial)


def _try_mailbox(request: HttpRequest, row: dict[str, Any]) -> HttpResponse:
    """Sign in and look; nothing is changed there."""
    try:
        there, unseen, idles = channels.try_mailbox(row["key"])
    except (Refused, Failed) as fault:
        form = ProviderForm(row["provider"], row, [(store.key, store.name) for store in accounts.stores()])
        return _page(request, row["provider"], row, form, TrialForm(), fault=str(fault))
    accounts.audit(member_of(request), "provider tried", row["key"], after={"mails": there, "unseen": unseen})
    counted = ngettext("It has %(n)s mail", "It has %(n)s mails", there) % {"n": there}
    how = _("It says by itself when one comes.") if idles else _("It is looked into every minute.")
    well(request, _("%(counted)s, %(unseen)s unseen. %(how)s") % {"counted": counted, "unseen": unseen, "how": how})
    return redirect("console:settings_channel", row["key"])


@require_POST
@team("manage_keys")
def close_provider(request: HttpRequest, key: str) -> HttpResponse:
    """Nothing goes over it any more."""
    try:
        channels.close_provider(key, by=member_of(request), at=clock.now())
    except channels.NoSuchProvider as missing:
        raise Http404 from missing
    well(request, _("Nothing goes over “%(key)s” any more.") % {"key": key})
    return redirect("console:settings_channels")


# Letters on paper --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@team("answer_customers")
def show_paper(request: HttpRequest) -> HttpResponse:
    """The letters that wait to be printed; a POST says which have been."""
    mine = reach(request)
    if request.method == "POST":
        ids = [UUID(id) for id in request.POST.getlist("id") if re.fullmatch(r"[0-9a-f-]{36}", id)]
        count = messages.printed(ids, by=member_of(request).email, now=clock.now(), stores=mine)
        well(request, ngettext("%(n)s letter is on its way.", "%(n)s letters are on their way.", count) % {"n": count})
        return redirect("console:settings_paper")
    return show(request, "console/settings/paper.html", {"section": "channels", "rows": channels.paper(mine)}, title=_("Letters"))


@require_safe
@team("answer_customers")
def show_letter_pdf(request: HttpRequest, id: UUID) -> HttpResponse:
    """One letter, ready to print."""
    found = channels.paper_pdf(id, reach(request))
    if found is None:
        raise Http404
    answer = HttpResponse(found, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="letter-{id}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


urls = [
    path("settings/channels/letters/", show_paper, name="settings_paper"),
    path("settings/channels/letters/<uuid:id>.pdf", show_letter_pdf, name="settings_paper_pdf"),
    path("settings/channels/", show_channels, name="settings_channels"),
    path("settings/channels/new/<slug:kind>", add_provider, name="settings_channel_new"),
    path("settings/channels/<slug:key>", edit_provider, name="settings_channel"),
    path("settings/channels/<slug:key>/try", try_provider, name="settings_channel_try"),
    path("settings/channels/<slug:key>/close", close_provider, name="settings_channel_close"),
]
