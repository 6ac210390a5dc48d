"""The log: its live end, one event, and what each event may say."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from afterword.kernel.shapes import Event, UnknownEvent, json_schema, props
from afterword.loop.accounts import door as accounts
from afterword.loop.events import door as events

from .. import rules
from ..queries import log as queries
from .frame import member_of, reach, show, team, wanted

GIST = 100


@require_safe
@team("see_customers")
def show_list(request: HttpRequest) -> HttpResponse:
    """The end of the log, which goes on by itself unless it is paused, and what is looked for in it."""
    name, who, order = (wanted(request, key) for key in ("name", "who", "order"))
    at, place = request.GET.get("at", ""), rules.place_of(request.GET.get("after", ""))
    until = _instant(at)
    sees = accounts.may(member_of(request), "see_contact")
    rows = queries.found(
        name=name, who=_ids(who, queries.customers_called, sees), orders=_ids(order, queries.orders_called, sees), until=until, place=place,
        stores=reach(request),
    )  # fmt: skip
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    last = rows[-1] if more else None
    after = rules.place_text(last["known_at"], last["id"]) if last and last["known_at"] else ""
    live = request.GET.get("live", "on") == "on" and place is None and until is None
    context = {
        "rows": [{**row, "gist": gist(row)} for row in rows], "name": name, "words": who, "order": order, "at": at, "after": after,
        "later": place is not None, "live": live, "names": events.vocabulary.names, "sought": bool(name or who or order or at),
    }  # fmt: skip
    return show(request, "console/events.html", context, title=_("Events"), part="console/parts/events.html")


def _ids(text: str, search: Any, sees: bool) -> list[UUID] | None:
    """The ids somebody means: a pasted one, or those of a name or number; None where nothing was asked."""
    if not text:
        return None
    pasted = rules.uuid_in(text)
    if pasted is not None:
        return [pasted]
    return list(search(text)) if sees else []


def _instant(text: str) -> datetime | None:
    """A local date and time as browsers send it, in the first store's zone."""
    try:
        given = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    stores = accounts.stores()
    return given.replace(tzinfo=ZoneInfo(stores[0].zone if stores else "UTC")) if given is not None and given.tzinfo is None else given


def gist(row: dict[str, Any]) -> str:
    """A few of its properties in a line."""
    given = rules.plain(row["properties"])
    told = [_said(key, value) for key, value in given.items() if isinstance(value, str | int | float) and rules.uuid_in(str(value)) is None]
    text = ", ".join(one for one in told if one)
    return text if len(text) <= GIST else text[:GIST].rpartition(",")[0] + " …"


def _said(key: str, value: str | int | float) -> str:
    if isinstance(value, bool):
        return key.replace("_", " ") if value else ""
    return f"{key.replace('_', ' ')} {value}"


@require_safe
@team("see_customers")
def show_event(request: HttpRequest, id: UUID) -> HttpResponse:
    """One event with everything in it; what names people is shown to those who may see that."""
    try:
        row = queries.event(id, reach(request))
    except queries.NoSuchEvent as missing:
        raise Http404 from missing
    sees = accounts.may(member_of(request), "see_contact")
    personal = events.personal_of([id]).get(id, {}) if sees else {}
    known = {p.name: p for p in props(events.vocabulary.definition(row["name"]))} if row["name"] in events.vocabulary else {}
    context = {
        "row": row, "properties": _told(row["properties"], known), "personal": _told(personal, known),
        "about": _about(row), "raw": json.dumps(row["properties"], indent=2, ensure_ascii=False, sort_keys=True),
    }  # fmt: skip
    return show(request, "console/event.html", context, title=row["name"])


def _told(given: dict[str, Any], known: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(name, value as text, what it says) of each property."""
    found = []
    for key, value in given.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
        found.append((key, text, known[key].doc if key in known else ""))
    return found


def _about(row: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(word, id, address of its page) of everything the event is about."""
    pages = {"customer_id": "customers", "order_id": "orders"}
    words = {
        "customer_id": _("Customer"), "order_id": _("Order"), "shipment_id": _("Parcel"), "product_id": _("Product"),
        "message_id": _("Message"),
    }  # fmt: skip
    return [(word, str(row[key]), f"/{pages[key]}/{row[key]}/" if key in pages else "") for key, word in words.items() if row[key]]


# -- what each may say --------------------------------------------------------------------------------------------------------


@require_safe
@team()
def show_schemas(request: HttpRequest) -> HttpResponse:
    """Every event that is understood, under the noun it is about."""
    nouns: dict[str, list[type[Event]]] = {}
    for definition in events.vocabulary:
        nouns.setdefault(definition.name.partition(".")[0], []).append(definition)
    groups = [(noun.replace("_", " "), [(one.name, first_line(one)) for one in ones]) for noun, ones in nouns.items()]
    return show(request, "console/schemas.html", {"groups": groups, "count": len(events.vocabulary.names)}, title=_("What is understood"))


@require_safe
@team()
def show_schema(request: HttpRequest, name: str) -> HttpResponse:
    """What one event may say, with an example to copy."""
    try:
        definition = events.vocabulary.definition(name)
    except UnknownEvent as unknown:
        raise Http404 from unknown
    schema = json_schema(definition)
    body: dict[str, Any] = {"name": name, "occurred_at": "2026-05-01T09:00:00Z", "id": "1", "customer": {"external_id": "ana"}}
    if definition.subject in ("order", "shipment", "product"):
        body[definition.subject] = "1001"
    body["properties"] = definition.example
    context = {
        "name": name, "doc": schema["description"], "subject": definition.subject, "props": props(definition),
        "example": json.dumps(body, indent=2, ensure_ascii=False), "schema": json.dumps(schema, indent=2, ensure_ascii=False),
    }  # fmt: skip
    return show(request, "console/schema.html", context, title=name)


def first_line(definition: type[Event]) -> str:
    """What an event is, in its first sentence."""
    return (definition.__doc__ or "").strip().split("\n")[0].replace("`", "")


urls = [
    path("events/", show_list, name="events"),
    path("events/schema/", show_schemas, name="schemas"),
    path("events/schema/<str:name>", show_schema, name="schema"),
    path("events/<uuid:id>", show_event, name="event"),
]
