"""What happened, in words: an event of the log or a message of ours becomes a line that people read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from afterword.loop.channels.types import CHANNELS as NAMES_OF_CHANNELS
from afterword.loop.messages import door as messages

from ..queries.customers import Moment
from ..templatetags.console import tongue

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One line: `tone` is good, bad, not or empty; `words` are the customer's own, in `lang`; `why` is a message that can be explained."""

    at: datetime
    icon: str
    title: str
    strong: bool = True
    text: str = ""
    more: tuple[str, ...] = ()
    tone: str = ""
    words: str = ""
    href: str = ""
    badge: str = ""
    badge_icon: str = ""
    badge_tone: str = ""
    why: UUID | None = None
    event: UUID | None = None
    visit: str = ""


def lines(
    moments: list[Moment], personal: Mapping[UUID, Properties], numbers: Mapping[UUID, str], *, named: bool, segments: Mapping[str, str]
) -> list[Line]:  # fmt: skip
    """The lines of these moments, the latest first.

    `numbers`: by which people know orders; `named`: whether people may be named; `segments`: what each key is called.
    """
    arrived = {m.event["order_id"] for m in moments if m.event and m.event["name"] == "shipment.delivered"}
    told: list[Line] = []
    for moment in moments:
        if moment.message is not None:
            told.append(of_message(moment.message, named=named))
        elif moment.event is not None and not _repeats(moment.event, arrived):
            called = {"segment_name": segments.get(str(moment.event["properties"].get("segment")))}
            told.append(of_event(moment.event, {**personal.get(moment.id, {}), **called}, numbers))
    return _together(told)


def _repeats(event: dict[str, Any], arrived: set[UUID | None]) -> bool:
    """An order arrives with its last parcel; one line is enough. What machines did with a mail says nothing of the customer."""
    if event["name"] == "order.delivered":
        return event["order_id"] in arrived
    return bool(event["properties"].get("by_machine"))


def _together(told: list[Line]) -> list[Line]:
    """Looks at pages that follow each other on a day become one line."""
    kept: list[Line] = []
    run: list[Line] = []
    for line in [*told, None]:
        if line is not None and line.visit and (not run or localtime(line.at).date() == localtime(run[0].at).date()):
            run.append(line)
            continue
        if len(run) > 1:
            seen = ", ".join(dict.fromkeys(one.visit for one in run))
            title = ngettext("Looked at %d page", "Looked at %d pages", len(run)) % len(run)
            kept.append(replace(run[0], title=title, text=seen, event=None))
        else:
            kept += run
        run = []
        if line is not None and line.visit:
            run = [line]
        elif line is not None:
            kept.append(line)
    return kept


# -- messages ---------------------------------------------------------------------------------------------------------------

STATES: dict[str, tuple[str, str, str]] = {
    "sent": ("Sent", "check", "good"), "released": ("On its way", "clock", ""), "failed": ("Could not be delivered", "warning", "bad"),
    "dropped": ("Not sent", "prohibit", ""), "held": ("Waiting", "pause", "warn"), "planned": ("Planned", "clock", ""),
}  # fmt: skip
CHANNELS = {**NAMES_OF_CHANNELS, "email": "e-mail"}


def of_message(row: dict[str, Any], *, named: bool) -> Line:
    """A message, sent or not, with the reason. Subject lines and what mail servers say name people: only where `named`."""
    word, icon, tone = STATES[row["state"]]
    not_sent = row["state"] in ("dropped", "held", "planned")
    text = row["reason"][:1].upper() + row["reason"][1:] + "." if row["reason"] and row["state"] != "sent" else ""
    text = _("The mail server refused it.") if row["state"] == "failed" and not named else text
    if row["state"] == "sent":
        words = _("%(channel)s from the campaign “%(journey)s”") if row.get("campaign") else _("%(channel)s from the journey “%(journey)s”")
        text = words % {
            "channel": CHANNELS.get(row["channel"], row["channel"]), "journey": row["journey"] or row.get("campaign") or row["origin"]
        }  # fmt: skip
        text = text[:1].upper() + text[1:]
        text += _(", in %(language)s.") % {"language": tongue(row["locale"])} if row["locale"] else "."
    href = reverse("console:message", args=[row["id"]])
    title = (named and row["subject"]) or messages.message_name(row["message"])
    drawing = "prohibit" if row["state"] == "dropped" else "paper-plane-tilt"
    kind = "not" if not_sent else "bad" if row["state"] == "failed" else ""
    return Line(
        row["at"], drawing, title, text=text, tone=kind, href=href, badge=_(word), badge_icon=icon, badge_tone=tone, why=row["id"]
    )  # fmt: skip


# -- events -----------------------------------------------------------------------------------------------------------------


def of_event(event: dict[str, Any], personal: Properties, numbers: Mapping[UUID, str]) -> Line:
    """An event of the log."""
    name, properties = event["name"], {**event["properties"], **personal}
    number = numbers.get(event["order_id"], "") or str(properties.get("number") or "")
    say = _WORDS.get(name) or _WORDS.get(name.partition(".")[0] + ".")
    line = say(event, properties, number) if say else Line(event["at"], "lightning", name, strong=False)
    return replace(line, event=event["id"]) if not line.event else line


def _order_word(number: str) -> str:
    return _("Order %(number)s") % {"number": f"#{number.lstrip('#')}"} if number else _("An order")


def _money(properties: Properties, name: str) -> str:
    minor, currency = properties.get(name), properties.get("currency")
    return messages.spoken_money(int(minor), str(currency), "en") if minor is not None and currency else ""


def _placed(event: dict[str, Any], p: Properties, number: str) -> Line:
    title = ", ".join(part for part in (_order_word(number), _money(p, "total_minor")) if part)
    bought = tuple(f"{one.get('quantity') or 1} × {one.get('title') or one.get('sku') or ''}" for one in (p.get("lines") or [])[:6])
    promised = p.get("promised_to")
    text = _("Promised for %(day)s.") % {"day": f"{_local(promised):%A %-d %B}"} if promised else ""
    return Line(event["at"], "receipt", title, more=bought, text=text, href=_order_page(event))


def _order_page(event: dict[str, Any]) -> str:
    return reverse("console:order", args=[event["order_id"]]) if event["order_id"] else ""


def _local(text: Any) -> datetime:
    return localtime(datetime.fromisoformat(str(text)))


def _order(event: dict[str, Any], p: Properties, number: str) -> Line:
    words = {
        "order.updated": ("receipt", _("%(order)s was changed"), ""), "order.paid": ("receipt", _("%(order)s was paid"), ""),
        "order.fulfilled": ("package", _("%(order)s left the shop"), ""), "order.delivered": ("package", _("%(order)s arrived"), "good"),
        "order.cancelled": ("x-circle", _("%(order)s was cancelled"), "bad"),
        "order.refunded": ("receipt", _("%(order)s was refunded"), "bad"),
    }  # fmt: skip
    icon, title, tone = words.get(event["name"], ("receipt", event["name"], ""))
    said = [_money(p, "amount_minor"), str(p.get("method") or ""), str(p.get("reason") or "").replace("_", " ")]
    strong = event["name"] in ("order.delivered", "order.cancelled", "order.refunded")
    text = ", ".join(part for part in said if part)
    title = title % {"order": _order_word(number)} if "%(" in title else title
    return Line(event["at"], icon, title, strong=strong, text=text and text + ".", tone=tone, href=_order_page(event))


SHIPMENT = {
    "created": "Parcel announced to the carrier", "accepted": "Parcel handed to the carrier", "in_transit": "Parcel on its way",
    "out_for_delivery": "Out for delivery", "attempt_failed": "Nobody could take the parcel",
    "ready_for_pickup": "Parcel waits to be fetched",
    "delivered": "Parcel arrived", "exception": "Something is wrong with the parcel", "returning": "Parcel goes back",
    "returned": "Parcel is back at the shop", "cancelled": "Parcel will not be sent",
    "expired": "The carrier says no more about the parcel",
    "promised": "A new promise for the parcel", "delayed": "The promised day passed without the parcel",
    "stalled": "Nothing was heard of the parcel for too long",
}  # fmt: skip
GOOD, BAD = ("delivered",), ("attempt_failed", "exception", "returned", "returning", "delayed", "stalled", "expired")


def _shipment(event: dict[str, Any], p: Properties, number: str) -> Line:
    verb = event["name"].partition(".")[2]
    tone = "good" if verb in GOOD else "bad" if verb in BAD else ""
    said = [str(p.get("carrier") or ""), str(p.get("place") or ""), str(p.get("reason") or "").replace("_", " ")]
    if p.get("promised_to") and verb in ("promised", "delayed"):
        said.append(_("promised for %(day)s") % {"day": f"{_local(p['promised_to']):%A %-d %B}"})
    text = ", ".join(part for part in said if part)
    icon = "package" if verb in ("delivered", "created") else "truck"
    return Line(event["at"], icon, _(SHIPMENT.get(verb, event["name"])), strong=bool(tone), text=text, tone=tone, href=_order_page(event))


def _answered(event: dict[str, Any], p: Properties, number: str) -> Line:
    best = {"csat": 5, "ces": 7}.get(str(p.get("survey")), 10)
    score = int(p.get("score") or 0)
    low, high = score <= {5: 2, 7: 3}.get(best, 6), score >= {5: 4, 7: 6}.get(best, 9)
    title = _("Answered “%(question)s” with %(score)d of %(best)d") % {
        "question": messages.message_name(str(p.get("survey"))), "score": score, "best": best
    }  # fmt: skip
    return Line(event["at"], "chat-centered-dots", title, tone="bad" if low else "good" if high else "", words=str(p.get("comment") or ""))


def _reviewed(event: dict[str, Any], p: Properties, number: str) -> Line:
    if event["name"] != "review.submitted":
        return Line(event["at"], "star", event["name"].replace(".", " ").capitalize(), strong=False)
    stars = int(p.get("rating") or 0)
    words = " — ".join(str(p[name]) for name in ("title", "text") if p.get(name))
    title = _("Reviewed with %(stars)d of 5 stars") % {"stars": stars}
    return Line(event["at"], "star", title, tone="bad" if stars <= 2 else "good" if stars >= 4 else "", words=words)


def _viewed(event: dict[str, Any], p: Properties, number: str) -> Line:
    if event["name"] == "order_status.viewed":
        what = _("the order page")
    elif event["name"] == "search.performed":
        what = _("a search for “%(words)s”") % {"words": p["query"]} if p.get("query") else _("a search")
    elif event["name"] == "cart.updated":
        what = _("their cart")
    else:
        what = str(p.get("title") or p.get("path") or p.get("url") or _("a page"))
    return Line(event["at"], "eye", _("Looked at %(what)s") % {"what": what}, strong=False, visit=what)


def _message(event: dict[str, Any], p: Properties, number: str) -> Line:
    what = messages.message_name(str(p.get("message") or ""))
    words = {
        "message.opened": ("envelope-open", _("Opened “%(what)s”"), ""),
        "message.clicked": ("cursor-click", _("Followed a link in “%(what)s”"), ""),
        "message.bounced": ("warning", _("“%(what)s” came back"), "bad"),
        "message.complained": ("warning", _("Called “%(what)s” spam"), "bad"),
        "message.unsubscribed": ("prohibit", _("Unsubscribed by “%(what)s”"), "bad"),
        "message.replied": ("envelope-simple", _("Replied to “%(what)s”"), ""),
    }  # fmt: skip
    icon, title, tone = words.get(event["name"], ("envelope-simple", event["name"], ""))
    return Line(event["at"], icon, title % {"what": what} if "%(" in title else title, strong=bool(tone), text=_link(p), tone=tone)


def _link(p: Properties) -> str:
    url = str(p.get("url") or "")
    return url if url.startswith("http") else {"order": _("the order page")}.get(url, url)


def _consent(event: dict[str, Any], p: Properties, number: str) -> Line:
    words = {
        "consent.granted": ("check", _("Allowed %(purpose)s by %(channel)s"), "good"),
        "consent.asked": ("question", _("Asked for %(purpose)s by %(channel)s, to be confirmed"), ""),
        "consent.withdrawn": ("prohibit", _("No longer wants %(purpose)s by %(channel)s"), "bad"),
        "consent.paused": ("pause", _("Wants a pause from all but orders"), ""),
        "consent.resumed": ("play", _("Ended the pause"), ""),
        "consent.wished": ("clock", _("Wishes: %(about)s %(wish)s"), ""),
    }  # fmt: skip
    icon, title, tone = words.get(event["name"], ("question", event["name"], ""))
    what = {"purpose": p.get("purpose"), "channel": CHANNELS.get(str(p.get("channel")), p.get("channel")), "wish": p.get("wish") or "–",
            "about": _("not between") if p.get("about") == "quiet" else _("messages a week at most")}  # fmt: skip
    said = [_("Said at: %(how)s.") % {"how": p["how"]}] if p.get("how") else []
    return Line(event["at"], icon, title % what, tone=tone, text=" ".join([*said, *_proof(event["name"], p)]))


def _proof(name: str, p: Properties) -> list[str]:
    """What proves a grant, for whoever may see personal data; a grant without is said to count for nothing."""
    proof = p.get("proof")
    if isinstance(proof, dict) and proof.get("words"):
        place = proof.get("page") or proof.get("place") or ""
        return [_("Shown: “%(words)s” (%(place)s).") % {"words": str(proof["words"])[:300], "place": str(place)[:200]}]
    return [_("The words that were shown are not kept with it.")] if name == "consent.granted" else []


def _customer(event: dict[str, Any], p: Properties, number: str) -> Line:
    words = {
        "customer.created": _("Became known to the shop"), "customer.updated": _("Told us something new about themselves"),
        "customer.merged": _("Turned out to be a customer we knew already"), "customer.erased": _("Was forgotten at their wish"),
    }  # fmt: skip
    return Line(event["at"], "user", words.get(event["name"], event["name"]), strong=False)


def _channel(event: dict[str, Any], p: Properties, number: str) -> Line:
    words = {
        "channel.linked": ("check", _("Can be reached by %(channel)s"), "good"),
        "channel.unlinked": ("prohibit", _("Cannot be reached by %(channel)s any more"), ""),
        "channel.preferred": ("chat-centered-dots", _("Would rather hear by %(channel)s"), ""),
    }  # fmt: skip
    icon, title, tone = words.get(event["name"], ("question", event["name"], ""))
    channel = str(p.get("channel") or "")
    return Line(event["at"], icon, title % {"channel": CHANNELS.get(channel, channel) or _("whatever suits")}, strong=False, tone=tone)


def _bounced(event: dict[str, Any], p: Properties, number: str) -> Line:
    text = _("Nothing more is sent there.") if p.get("permanent") else ""
    return Line(event["at"], "warning", _("Their address does not work"), tone="bad", text=text)


def _segmented(event: dict[str, Any], p: Properties, number: str) -> Line:
    key = str(p.get("segment") or "")
    words = _("Came into the segment “%(name)s”") if event["name"] == "segment.entered" else _("Left the segment “%(name)s”")
    name = p.get("segment_name") or key.replace("_", " ")
    return Line(event["at"], "users", words % {"name": name}, strong=False, href=_segment_page(key))


def _segment_page(key: str) -> str:
    return reverse("console:segment", args=[key]) if key.isascii() and key.isidentifier() else ""


_WORDS: dict[str, Callable[[dict[str, Any], Properties, str], Line]] = {
    "order.placed": _placed, "order.": _order, "shipment.": _shipment, "survey.answered": _answered, "review.": _reviewed,
    "page.viewed": _viewed, "product.viewed": _viewed, "order_status.viewed": _viewed, "search.performed": _viewed, "cart.updated": _viewed,
    "message.": _message, "consent.": _consent, "channel.": _channel,
    "customer.": _customer, "address.bounced": _bounced, "segment.": _segmented,
}  # fmt: skip
