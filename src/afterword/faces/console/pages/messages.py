"""Messages: sent, waiting, kept back, failed; and one of them with everything that is known of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door as campaigns
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from . import previews
from .frame import member_of, reach, show, team
from .hours import shop_time
from .letters import framed, opened
from .notes import not_done, well
from .verdict import asked_of

LATELY = timedelta(days=30)
STATES = (
    ("", gettext_lazy("All")), ("sent", gettext_lazy("Sent")), ("waiting", gettext_lazy("Waiting")), ("not_sent", gettext_lazy("Not sent")),
    ("failed", gettext_lazy("Failed")),
)  # fmt: skip
EVENTS = {
    "message.sent": ("paper-plane-tilt", gettext_lazy("Sent")), "message.held": ("pause", gettext_lazy("Held")),
    "message.dropped": ("prohibit", gettext_lazy("Not sent")), "message.failed": ("warning", gettext_lazy("Failed")),
    "message.opened": ("envelope-open", gettext_lazy("Opened")), "message.clicked": ("cursor-click", gettext_lazy("Followed a link")),
    "message.delivered": ("check", gettext_lazy("Delivered")), "message.bounced": ("warning", gettext_lazy("Came back")),
    "message.unsubscribed": ("hand-palm", gettext_lazy("Wants no more of these")), "message.read": ("eye", gettext_lazy("Read")),
    "message.complained": ("warning", gettext_lazy("Called it spam")), "message.replied": ("chat-centered-dots", gettext_lazy("Answered")),
}  # fmt: skip


def asked(request: HttpRequest) -> messages.listing.Asked:
    """What the address asks the list for; what makes no sense is left out."""
    given = {name: request.GET.get(name, "").strip() for name in ("state", "message", "journey", "day", "reason")}
    try:
        day = date.fromisoformat(given["day"]) if given["day"] else None
    except ValueError:
        day = None
    return messages.listing.Asked(
        state=given["state"], message=given["message"], journey=given["journey"], day=day, reason=given["reason"],
        zone=messages.fallback_zone(), stores=reach(request),
    )  # fmt: skip


@require_safe
@team("see_customers")
def show_list(request: HttpRequest) -> HttpResponse:
    """The list, the latest first, by what became of them, message, journey, day and reason."""
    wanted, after, lately = asked(request), request.GET.get("after", ""), clock.now() - LATELY
    found, counted = messages.listing.listed(wanted, after), messages.listing.counted(wanted, lately)
    names = journeys.names() | campaigns.names()
    rows = [
        {**row, "title": messages.message_name(row["message"]), "journey": names.get(row["origin"], row["origin"])} for row in found.rows
    ]
    context = {
        "rows": rows, "older": found.older, "later": bool(after), "counted": counted.by, "total": counted.total, "wanted": wanted,
        "states": [(state, words, tab(request, state)) for state, words in STATES], "journeys": names,
        "messages": [(key, messages.message_name(key)) for key in messages.message_keys()],
        "reasons": messages.listing.reasons(wanted, lately) if wanted.state not in ("sent", "") else [],
        "narrowed": bool(wanted.message or wanted.journey or wanted.day or wanted.reason), "live_origins": messages.live_origins(),
    }  # fmt: skip
    return show(request, "console/messages/list.html", context, title=_("Messages"), part="console/messages/list_part.html")


def tab(request: HttpRequest, state: str) -> str:
    """The address of the same list for another state; the reason belongs to the old one."""
    kept = {name: request.GET[name] for name in ("message", "journey", "day") if request.GET.get(name)}
    query = urlencode({**({"state": state} if state else {}), **kept})
    return f"?{query}" if query else "?"


def found(request: HttpRequest, id: UUID) -> dict[str, Any]:
    """One message within reach, or a page that says there is none."""
    try:
        return messages.listing.one(id, reach(request))
    except messages.listing.NoSuchMessage as missing:
        raise Http404 from missing


@require_safe
@team("see_customers")
def show_message(request: HttpRequest, id: UUID) -> HttpResponse:
    """One message: the mail as the customer saw it, its facts, why it went or did not, what happened with it."""
    row = found(request, id)
    now, stores = clock.now(), accounts.stores()
    guard = row["checks"].get("guard") if isinstance(row["checks"], dict) else ""
    with shop_time():
        questions = asked_of(row, stores)
    may_give_way = row["state"] in ("held", "dropped") and guard in messages.MAY_GIVE_WAY and row["useful_until"] >= now
    context = {
        "row": row, "title": messages.message_name(row["message"]), "questions": questions,
        "campaign": row["origin"].removeprefix(messages.CAMPAIGN) if row["origin"].startswith(messages.CAMPAIGN) else "",
        "journey": (journeys.names() | campaigns.names()).get(row["origin"]),
        "told": [line(one) for one in messages.listing.told(id, row["customer_id"])], "may_give_way": may_give_way,
        "sends_anyway": accounts.may(member_of(request), "send_anyway", row["store"]), "late": row["useful_until"] < now,
        "store": next((store for store in stores if store.key == row["store"]), None),
    }  # fmt: skip
    context["in_doubt"] = row["state"] == "released" and row["doubt_until"]
    paper, _semicolon, why = (row["enclosed"] or "").partition(";")
    context |= {"paper": paper.partition(":")[0], "paper_why": (why or paper.partition(":")[2]).strip()}
    if row["size"] and accounts.may(member_of(request), "see_contact", row["store"]):
        context["mail"] = opened(messages.listing.body(id, reach(request)))
    return show(request, "console/messages/message.html", context, title=context["title"])


def line(event: dict[str, Any]) -> dict[str, Any]:
    """An event of a message as a line of its history."""
    icon, words = EVENTS.get(event["name"], ("info", journeys.spoken_event(event["name"])))
    said = event["properties"]
    more = said.get("reason") or said.get("url") or ""
    noted = {"machine": bool(said.get("by_machine")), "rehearsal": said.get("rehearsal")}
    return {**event, "icon": icon, "words": words, "more": more, **noted}


@require_safe
@team("see_contact")
def show_body(request: HttpRequest, id: UUID) -> HttpResponse:
    """The HTML of the mail, for the frame on its page."""
    row = found(request, id)
    accounts.need(member_of(request), "see_contact", row["store"])
    raw = messages.listing.body(id, reach(request))
    if not raw:
        raise Http404
    return framed(opened(raw).html)


@require_POST
@team("send_anyway")
def send_anyway(request: HttpRequest, id: UUID) -> HttpResponse:
    """Past quiet hours, caps and arbitration, for a reason that is kept."""
    found(request, id)
    try:
        messages.send_anyway(id, by=member_of(request), reason=request.POST.get("reason", ""), now=clock.now())
        well(request, _("It goes out within seconds, if nothing else speaks against it. Your reason is kept with it."))
    except (messages.CannotBeSent, messages.NoReason) as refusal:
        not_done(request, str(refusal))
    return redirect("console:message", id=id)


@require_POST
@team("send_anyway")
def settle_doubt(request: HttpRequest, id: UUID) -> HttpResponse:
    """Say what becomes of a message of which nobody knows whether it arrived."""
    found(request, id)
    again = "again" in request.POST
    try:
        messages.settle_doubt(id, again=again, by=member_of(request), now=clock.now())
    except messages.NotInDoubt as refusal:
        not_done(request, str(refusal))
    else:
        well(request, _("It goes again.") if again else _("It is given up."))
    return redirect("console:message", id=id)


urls = [
    path("messages/<uuid:id>/doubt", settle_doubt, name="message_doubt"),
    path("messages/", show_list, name="messages"),
    path("messages/<uuid:id>/", show_message, name="message"),
    path("messages/<uuid:id>/html", show_body, name="message_html"),
    path("messages/<uuid:id>/send-anyway", send_anyway, name="message_anyway"),
    *previews.urls,
]
