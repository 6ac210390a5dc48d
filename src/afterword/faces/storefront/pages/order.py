"""The order's page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from afterword.kit import clock
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages

from .. import queries, rules
from .letter import common, prefer, shop, signed


@require_safe
@signed("order")
def show_order(request: HttpRequest, read: messages.Token, token: str) -> HttpResponse:
    """Where an order is and what happens next. Opening it from a mail counts as that mail's click."""
    order_id, customer_id, message_id = (*read.ids, None, None)[:3]
    if order_id is None:
        raise messages.BadLink
    found = queries.order_page(order_id)
    if customer_id is not None and customer_id != found.customer_id and not _was(customer_id, found.customer_id):
        raise messages.BadLink  # the order has come to belong to somebody else
    now = clock.now()
    if not rules.still_open(found.order["delivered_at"], now):
        raise messages.LinkExpired
    if message_id is not None and customer_id is not None:
        verdict = messages.hear_click(message_id, "order", request.method or "GET", request.headers, now)
        if verdict is not None and verdict.person:
            identity.record([_viewed(found, read, now)], received_at=now)
    return render(request, "storefront/order.html", context_of(request, found, read, now))


def _was(then: UUID, now: UUID | None) -> bool:
    """Whether whom the link was made for has been merged into whom the order belongs to now."""
    return now is not None and then in identity.pasts_of(now)


def _viewed(found: queries.OrderPage, read: messages.Token, now: datetime) -> Told:
    return Told(
        "order_status.viewed", now, "afterword", f"{read.ids[0]}:viewed:{now:%Y%m%d%H}", store=found.store, customer_id=read.ids[1],
        order_id=read.ids[0], message_id=read.ids[2], properties={"via": "email"},
    )  # fmt: skip


def context_of(request: HttpRequest, found: queries.OrderPage, read: messages.Token, now: datetime) -> dict[str, Any]:
    """Everything the page prints."""
    store = shop(found.store)
    context = common(request, found.store, found.customer_id, found.person)
    words = messages.catalogue(context["locale"])
    zone = ZoneInfo(found.order["zone"] or found.person.get("zone") or (store.zone if store else "UTC"))
    state = state_of(found, zone, now)
    parcel = found.parcels[0] if found.parcels else {}
    order = found.order
    address = dict(order.get("shipping_address") or {})
    address["postcode"] = address.get("postal_code") or address.get("postcode")
    address.setdefault("name", order.get("full_name") or "")
    money = str(words.babel)
    return context | {
        "order": order, "answer": rules.answer(state), "strip": drawn(rules.strip(state), words),
        "days": messages.spoken_days(state.promised_from, state.promised_to, words),
        "delivered": messages.spoken_day(state.delivered_on, "long", words), "was": messages.spoken_day(state.promised_to, "long", words),
        "parcel": parcel, "address": messages.address_lines(address), "history": history(found, words, zone),
        "lines": [line | {"cost": cost(line.get("total_minor"), order["currency"], money)} for line in order["lines"]],
        "total": cost(order["total_minor"], order["currency"], money), "for": order.get("full_name") or context["name"],
        "expected": messages.spoken_days(state.promised_from, state.promised_to, words) if _coming(state) else "",
        "prefer": prefer(read.ids[1], read.ids[2], found.store) if len(read.ids) > 2 else "",
    }  # fmt: skip


def cost(minor: int | None, currency: str | None, locale: str) -> str:
    """Money as the language writes it, or nothing where it is not known."""
    return messages.spoken_money(minor, currency, locale) if minor is not None and currency else ""


def state_of(found: queries.OrderPage, zone: ZoneInfo, now: datetime) -> rules.State:
    """The order as the rules see it: instants become days of whoever waits."""
    order = found.order
    return rules.State(
        today=now.astimezone(zone).date(), milestone=str((found.parcels[0]["milestone"] if found.parcels else "") or "").rpartition(".")[2],
        shipped=found.shipped_at is not None, delivered_on=_local(order["delivered_at"], zone), cancelled=found.cancelled_at is not None,
        refunded=found.refunded_at is not None, promised_from=_local(order["promised_from"], zone),
        promised_to=_local(order["promised_to"], zone), first_promised_to=_local(order["first_promised_to"], zone),
    )  # fmt: skip


def _local(at: datetime | None, zone: ZoneInfo) -> date | None:
    return at.astimezone(zone).date() if at is not None else None


def _coming(state: rules.State) -> bool:
    done = state.cancelled or state.refunded or state.delivered_on is not None
    return not done and state.promised_to is not None and state.promised_to >= state.today


def history(found: queries.OrderPage, words: messages.Catalogue, zone: ZoneInfo) -> list[dict[str, str]]:
    """What happened, the latest first: the parcel's milestones between the order itself and its end."""
    said = [(name.rpartition(".")[2], at) for name, at in found.milestones]
    said += [(name, at) for name, at in (("cancelled", found.cancelled_at), ("refunded", found.refunded_at)) if at is not None]
    said.append(("order", found.order["placed_at"]))
    known = [(name, at) for name, at in said if f"milestone.{name}" in words.texts]
    known.sort(key=lambda one: one[1], reverse=True)
    return [
        {"key": f"milestone.{name}", "icon": rules.ICONS[name], "at": at.isoformat(), "when": moment(at, words, zone), "name": name}
        for name, at in known
    ]


def moment(at: datetime, words: messages.Catalogue, zone: ZoneInfo) -> str:
    """An instant as people say it where they live: `Mon 16 Nov, 17:20`."""
    local = at.astimezone(zone)
    return f"{messages.spoken_day(local, 'short', words)}, {local:%H:%M}"


def drawn(strip: rules.Strip | None, words: messages.Catalogue) -> dict[str, Any] | None:
    """The strip of days with its words."""
    if strip is None:
        return None
    names = words.babel.days["format"]["abbreviated"]
    days = [{"number": day.day, "name": names[day.weekday()], "today": day == strip.today} for day in strip.days]
    return {"days": days, "now": strip.now, "before": strip.before, "column": strip.column}
