"""Customers, and everything that happened between one of them and the shop."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages
from afterword.loop.segments import door as segments

from .. import rules
from ..queries import customers as queries
from .frame import member_of, reach, show, team, wanted
from .timeline import Line, lines, of_message
from .verdict import asked_of, visits_of

SHOWN = (
    ("", gettext_lazy("All")), ("orders", gettext_lazy("Orders")), ("parcels", gettext_lazy("Parcels")),
    ("messages", gettext_lazy("Messages")),
    ("answers", gettext_lazy("Answers")), ("visits", gettext_lazy("Visits")), ("consents", gettext_lazy("Consents")),
)  # fmt: skip
ORDERS = (("bought", gettext_lazy("Bought last")), ("newest", gettext_lazy("Newest")))


@require_safe
@team("see_customers")
def show_list(request: HttpRequest) -> HttpResponse:
    """Customers by when they bought or came; found by name, address or order number by whoever may see those."""
    sees = accounts.may(member_of(request), "see_contact")
    words = wanted(request, "q") if sees else ""
    by = request.GET.get("by") if request.GET.get("by") in ("bought", "newest") else ("newest" if words else "bought")
    mine, place = reach(request), rules.place_of(request.GET.get("after", ""))
    rows = queries.found(words, by=str(by), place=place, stores=mine)
    more = rows[queries.PAGE :]
    rows = rows[: queries.PAGE]
    after = ""
    if more:
        last = rows[-1]
        after = rules.place_text(last.last_order_at if by == "bought" else last.created_at, last.id)
    context = {
        "rows": rows, "words": words, "by": by, "orders": ORDERS, "after": after, "later": place is not None,
        "count": None if place else queries.count(words, by=str(by), stores=mine), "base": accounts.installation().reporting_currency,
    }  # fmt: skip
    return show(request, "console/customers.html", context, title=_("Customers"), part="console/parts/customers.html")


def _person(request: HttpRequest, id: UUID) -> dict[str, Any]:
    try:
        return queries.person(id, reach(request))
    except queries.NoSuchCustomer as missing:
        raise Http404 from missing


def zone_of(name: str | None) -> str:
    """The zone a customer's times are shown in; the first store's where theirs is not known."""
    stores = accounts.stores()
    return name or (stores[0].zone if stores else "UTC")


@require_safe
@team("see_customers")
def show_customer(request: HttpRequest, id: UUID) -> HttpResponse:
    """One customer and their timeline, in the time of where they live."""
    who = _person(request, id)
    if who["merged_into_id"]:
        return redirect("console:customer", id=who["merged_into_id"])
    mine, zone = reach(request), zone_of(who["zone"])
    named = accounts.may(member_of(request), "see_contact")
    kind = request.GET.get("show", "") if request.GET.get("show") in queries.KINDS else ""
    kept = request.GET.get("kept", "on") == "on"
    place = rules.place_of(request.GET.get("before", ""))
    moments, more = queries.timeline(who["ids"], kind=kind, kept=kept, place=place, stores=mine)
    with timezone.override(ZoneInfo(zone)):
        told = lines(moments, _personal(request, moments), _numbers(request, moments), named=named, segments=dict(segments.names()))
        days = _by_day(told)
    context: dict[str, Any] = {
        "who": who, "name": _name(request, who), "kind": kind, "kept": kept, "kinds": SHOWN, "days": days, "later": place is not None,
        "before": rules.place_text(moments[-1].at, moments[-1].id) if more and moments else "",
        "base": accounts.installation().reporting_currency,
    }  # fmt: skip
    context["linked"] = [channels.CHANNELS[channel] for one, channel in channels.reached(who["ids"]) if channel in channels.CHANNELS]
    context["segments"] = segments.segments_of(who["ids"])
    allowed, closed = queries.consents(who["ids"], mine)
    context |= {"allowed": allowed, "closed": closed, "news": _said(allowed, "marketing"), "care": _said(allowed, "service")}
    if place is None:
        waiting, runs = queries.to_come(who["ids"], mine)
        context |= {"waiting": [(row, of_message(row, named=named)) for row in waiting], "open": len(runs)}
        context["runs"] = [{**run, "step_name": journeys.drawn(rules.plain(run["document"])).called(run["step"])} for run in runs]
    return show(
        request, "console/customer.html", context, title=_name(request, who), part="console/parts/timeline.html", zone=zone
    )  # fmt: skip


def _said(allowed: list[dict[str, Any]], purpose: str) -> str:
    """The last word on being written to by e-mail for this purpose."""
    fitting = (one["state"] for one in allowed if one["channel"] in ("email", "all") and one["purpose"] in (purpose, "all"))
    return next(fitting, "unknown")


def _name(request: HttpRequest, who: dict[str, Any]) -> str:
    if who["erased_at"]:
        return _("A customer who was forgotten")
    if not accounts.may(member_of(request), "see_contact"):
        return _("Customer %(id)s") % {"id": str(who["id"])[-6:]}
    return str(who["full_name"] or who["email"] or _("Customer %(id)s") % {"id": str(who["id"])[-6:]})


def _personal(request: HttpRequest, moments: list[queries.Moment]) -> dict[UUID, dict[str, Any]]:
    if not accounts.may(member_of(request), "see_contact"):
        return {}
    return events.personal_of([one.id for one in moments if one.event])


def _numbers(request: HttpRequest, moments: list[queries.Moment]) -> dict[UUID, str]:
    if not accounts.may(member_of(request), "see_contact"):
        return {}
    return queries.numbers([one.event["order_id"] for one in moments if one.event and one.event["order_id"]])


def _by_day(told: list[Line]) -> list[tuple[datetime, list[Line]]]:
    """Lines under the local day on which they happened."""
    return [(group[0].at, group) for group in (list(g) for _day, g in groupby(told, lambda line: timezone.localtime(line.at).date()))]


@require_safe
@team("see_customers")
def show_why(request: HttpRequest, id: UUID, message: UUID) -> HttpResponse:
    """Why a message went out, waits or did not go: every question of the guard as it stood, and the run it came from."""
    who, mine = _person(request, id), reach(request)
    try:
        row = queries.message(who["ids"], message, mine)
    except queries.NoSuchCustomer as missing:
        raise Http404 from missing
    row["checks"] = rules.plain(row["checks"]) if row["judged_at"] else {}
    zone = zone_of(who["zone"])
    passage = next((one for one in journeys.passages(row["customer_id"], row["origin"]) if one.run == row["run"]), None)
    with timezone.override(ZoneInfo(zone)):
        context = {
            "who": who, "row": row, "questions": asked_of(row, accounts.stores()), "passage": passage,
            "visits": visits_of(passage) if passage else [], "name": messages.message_name(row["message"]),
            "late": clock.now() > row["useful_until"],
        }  # fmt: skip
    return show(request, "console/why.html", context, title=_("Why"), part="console/parts/why.html", zone=zone)


urls = [
    path("customers/", show_list, name="customers"),
    path("customers/<uuid:id>/", show_customer, name="customer"),
    path("customers/<uuid:id>/why/<uuid:message>", show_why, name="why"),
]
