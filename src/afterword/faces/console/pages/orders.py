"""Orders with their parcels."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.messages import door as messages

from .. import rules
from ..queries import orders as queries
from .customers import zone_of
from .frame import member_of, reach, show, team, wanted
from .timeline import SHIPMENT, of_message

SHOWN = (
    ("", gettext_lazy("All")), ("open", gettext_lazy("Open")), ("shipped", gettext_lazy("On the way")), ("late", gettext_lazy("Late")),
    ("delivered", gettext_lazy("Arrived")), ("cancelled", gettext_lazy("Cancelled")),
)  # fmt: skip


def standing(row: dict[str, Any], now: Any) -> tuple[str, str, str]:
    """Where an order is, as (word, icon, tone). Lateness is seen from the promise; it is no status of its own."""
    ended = (
        ("refunded_at", _("Refunded"), "arrow-u-up-left", ""), ("cancelled_at", _("Cancelled"), "x-circle", ""),
        ("delivered_at", _("Arrived"), "check", "good"),
    )  # fmt: skip
    for name, word, icon, tone in ended:
        if row[name] is not None:
            return word, icon, tone
    if row["promised_to"] is not None and row["promised_to"] < now:
        return (_("Late, on the way") if row["shipped_at"] else _("Late, not sent")), "warning", "bad"
    return (_("On the way"), "truck", "") if row["shipped_at"] else (_("In the shop"), "receipt", "")


@require_safe
@team("see_customers")
def show_list(request: HttpRequest) -> HttpResponse:
    """Orders, the newest first."""
    now, place = clock.now(), rules.place_of(request.GET.get("after", ""))
    shown = request.GET.get("show", "") if request.GET.get("show") in queries.SHOWN else ""
    number = wanted(request, "q", most=80) if accounts.may(member_of(request), "see_contact") else ""
    rows = queries.found(shown=shown, number=number, place=place, stores=reach(request), now=now)
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    after = rules.place_text(rows[-1]["placed_at"], rows[-1]["id"]) if more else ""
    context = {
        "rows": [(row, standing(row, now)) for row in rows], "shown": shown, "number": number, "kinds": SHOWN, "after": after,
        "later": place is not None,
    }  # fmt: skip
    return show(request, "console/orders.html", context, title=_("Orders and parcels"), part="console/parts/orders.html")


@require_safe
@team("see_customers")
def show_order(request: HttpRequest, id: UUID) -> HttpResponse:
    """One order: what was bought, paid and promised, where its parcels are, and what was said about it."""
    try:
        found = queries.order(id, reach(request))
    except queries.NoSuchOrder as missing:
        raise Http404 from missing
    row = found["order"]
    sees = accounts.may(member_of(request), "see_contact")
    number = f"#{row['number'].lstrip('#')}" if row["number"] and sees else str(row["id"])[-6:]
    title = _("Order %(number)s") % {"number": number}
    for parcel in found["parcels"]:
        parcel["milestones"] = [{**one, "word": _word(one["name"])} for one in parcel["milestones"]]
        parcel["word"] = _word(parcel["milestone"])
    address = {**row["address"], "postcode": row["address"].get("postal_code") or row["address"].get("postcode")}
    context = {
        **found, "title": title, "standing": standing(row, clock.now()), "address": messages.address_lines(address) if sees else [],
        "said": [(one, of_message(one, named=sees)) for one in found["messages_of"]], "sums": _sums(row),
        "who": {"id": row["customer_id"], "language": None}, "as_seen": _as_seen(id) if sees else "",
    }  # fmt: skip
    return show(request, "console/order.html", context, title=title, zone=zone_of(row["zone"]))


def _as_seen(id: UUID) -> str:
    """The customer's own page of an order, for an hour; opening it counts as nobody's click."""
    token = messages.Token("order", (id,), expires_at=clock.real_now() + timedelta(hours=1))
    return reverse("storefront:order", args=[messages.sign(messages.ring(), token)])


def _word(milestone: str) -> str:
    return _(SHIPMENT.get(milestone.rpartition(".")[2], milestone))


def _sums(row: dict[str, Any]) -> list[tuple[str, int]]:
    parts = (
        (_("Goods"), row["subtotal_minor"]), (_("Discount"), -row["discount_minor"] if row["discount_minor"] else None),
        (_("Shipping"), row["shipping_minor"]), (_("Tax"), row["tax_minor"]),
    )  # fmt: skip
    return [(word, minor) for word, minor in parts if minor and minor != row["total_minor"]]


urls = [
    path("orders/", show_list, name="orders"),
    path("orders/<uuid:id>/", show_order, name="order"),
]
