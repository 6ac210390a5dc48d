"""A message for one person: subject line, preheader, HTML and text, from a structure, a language and what is known.

The context every message is rendered with (anything may be missing; texts then use their plain twin):

    now             the moment, an aware datetime
    zone            IANA name of the customer's zone: instants are said in it
    customer        id (UUID), first_name, last_name, full_name (as it is written where they live), email
    order           id, number (as the shop prints it, with its #), placed_at, currency,
                    total_minor, shipping_minor, discount_minor (positive),
                    lines: [title, variant, quantity, total_minor, url, image_url],
                    address: {name, company, line1, line2, city, region, postcode, country},
                    promised_from, promised_to (days or instants; the promise as it stands now),
                    first_promised_to (the one before it, where it changed), delivered_at
    shipment        carrier, tracking_number, tracking_url
    meeting         kind (pickup or service), from, to (days or instants), place, url, cancelled: what is to be kept
    event           name, starts_at, ends_at, place, zone (of the place), uid: what a campaign invites to
    product         title, url: what a care, review or reorder message is about
    score, scale    what the customer answered, out of how much

A template pasted from Shopify finds its own names at the root: see `shopify`.
All values are escaped. `dress` is the store's brand; `links` come from `links_for`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Any, cast

from liquid import BoundTemplate
from liquid.exceptions import LiquidError

from afterword.loop.accounts.types import Type

from .brand import STACKS, Dress, palette
from .catalogues import Catalogue, catalogue, known
from .enclosures import Enclosure, Occasion, calendar, pictures
from .links import Links
from .liquid import BadTemplate, environment, local_day, spoken_day, spoken_days
from .markup import script
from .mjml import Compiled, compile_structure, tidy
from .shipped import Shipped, shipped
from .shopify import NAMES, with_variables

_STANDING = re.compile(r"\{\{ '([\w.]+)' \| t \}\}|\{\{ ([\w.]+) \}\}")
LEADING = {"th": "30px", "ko": "27px"}


@dataclass(frozen=True)
class Rendered:
    """A message ready for its envelope. `headers` are the ones that follow from its kind and its links."""

    subject: str
    preheader: str
    html: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)
    enclosed: tuple[Enclosure, ...] = ()


@lru_cache(maxsize=256)
def structure(key: str) -> Compiled:
    """A shipped structure, compiled once."""
    root = files("afterword.loop.messages").joinpath("templates")
    source = root.joinpath(f"{key}.mjml").read_text(encoding="utf-8")
    return compile_structure(source, lambda name: root.joinpath("blocks", f"{name}.mjml").read_text(encoding="utf-8"), key)


@lru_cache(maxsize=512)
def _templates(key: str, locale: str, colour: str, type: Type) -> tuple[BoundTemplate, BoundTemplate]:
    return prepared(structure(key), locale, colour, type)


def prepared(compiled: Compiled, locale: str, colour: str, type: Type = "humanist") -> tuple[BoundTemplate, BoundTemplate]:
    """The HTML and text templates of a compiled structure, parsed for a language, a brand colour and a type. Raises BadTemplate."""
    source = settled(compiled, locale, colour, type)
    try:
        return environment(locale, html=True).from_string(source.html), environment(locale, html=False).from_string(source.text)
    except LiquidError as error:
        raise BadTemplate(fault=str(error)) from error


def direction(words: Catalogue) -> str:
    """Where lines of this language begin: ltr or rtl."""
    return "rtl" if words.babel.character_order == "right-to-left" else "ltr"


def settled(compiled: Compiled, locale: str, colour: str, type: Type = "humanist") -> Compiled:
    """A structure with everything filled in that is the same in every message: colours, and words without holes."""
    return settled_in(compiled, catalogue(locale), colour, type)


def settled_in(compiled: Compiled, words: Catalogue, colour: str, type: Type = "humanist") -> Compiled:
    """The same, with these words."""
    fixed = _fixed(words.locale, colour, type)
    return Compiled(_settled(compiled.html, words, fixed, escape), _settled(compiled.text, words, fixed, str))


def _fixed(locale: str, colour: str, type: Type) -> dict[str, str]:
    shades = {f"brand.{name}": value for name, value in palette(colour.lower()).items()}
    return {**shades, "brand.stack": STACKS[type], "locale": locale, "leading": LEADING.get(locale, "26px")}


def _settled(source: str, words: Catalogue, fixed: Mapping[str, str], dress: Callable[[str], str]) -> str:
    def settle(found: re.Match[str]) -> str:
        key, name = found.group(1), found.group(2)
        text = words.texts.get(key) if key else fixed.get(name)
        return dress(text) if isinstance(text, str) and "{" not in text else found.group(0)

    return _STANDING.sub(settle, source)


def render(message_key: str, locale: str, context: Mapping[str, Any], dress: Dress, links: Links) -> Rendered:
    """A shipped message for one person, in the nearest language that ships. The context is described at the top of this file."""
    message = shipped(message_key)
    html, text = _templates(message_key, known(locale), dress.brand.colour, dress.brand.type)
    seen = seen_by(message_key, locale, context, dress, links)
    try:
        whole, plain = (template.render(with_variables(seen, read_by(template))) for template in (html, text))
        return finished(message, seen, whole, plain, context, dress, links)
    except LiquidError as error:
        raise BadTemplate(fault=str(error)) from error


DATED = frozenset({"shipping_notice", "delayed", "split_shipment"})  # days to write into a calendar
CANCELS = frozenset({"cancelled_care", "cancelled_by_us"})  # days that were written there and will not be
MEETING = frozenset({"pickup_reminder"})
CALENDAR = "text/calendar; charset=utf-8; method=PUBLISH"


def finished(
    message: Shipped, seen: Mapping[str, Any], html: str, text: str, context: Mapping[str, Any], dress: Dress, links: Links, *,
    dated: bool = False,
) -> Rendered:  # fmt: skip
    """A rendered message with what machines read of it, the pictures of its codes, and its calendar file.

    Args:
        dated: whether the promised days are to be written into a calendar, also where the message is none of DATED.
    """
    said = script(message.key, message.category, message.review, context, dress.name, links)
    enclosed = pictures(seen["codes"]) if seen["codes"] else ()
    enclosed += _calendars(message, seen, context, dated)
    enclosed += _invitation(seen, context)
    whole = html.replace("</head>", f"{said}</head>", 1) if said else html
    return Rendered(seen["subject"], seen["preheader"], whole, tidy(text), headers_for(message, links), enclosed)


def _calendars(message: Shipped, seen: Mapping[str, Any], context: Mapping[str, Any], dated: bool) -> tuple[Enclosure, ...]:
    """The appointment it is about as a file for a calendar, else the promised days, or that they will not be kept."""
    if (dated or message.key in MEETING) and (found := _meeting(seen, context)):
        return (Enclosure(f"{context['meeting']['kind']}.ics", CALENDAR, calendar(found)),)
    if dated or message.key in DATED or message.key in CANCELS:
        days = _delivery(message, seen, context)
        return (Enclosure("delivery.ics", CALENDAR, calendar(days)),) if days else ()
    return ()


def _delivery(message: Shipped, seen: Mapping[str, Any], context: Mapping[str, Any]) -> Occasion | None:
    """The promised days; none where they are not known, or have passed."""
    order, zone, now = _part(context, "order"), str(context.get("zone") or "UTC"), context.get("now")
    first, last = (_day(order.get(name), context, zone) for name in ("promised_from", "promised_to"))
    first, last = first or last, last or first
    if not (seen["days"] and first and last and isinstance(now, datetime) and order.get("id")):
        return None
    uid, link = f"{order['id']}-delivery@afterword", seen["links"]["order"].strip("#")
    return Occasion(uid, seen["subject"], first, last, now, seen["preheader"], link, cancelled=message.key in CANCELS)


def _meeting(seen: Mapping[str, Any], context: Mapping[str, Any]) -> Occasion | None:
    """When and where a parcel can be fetched, or a service is booked; none where no day is known, or it has passed."""
    given, zone, now = _part(context, "meeting"), str(context.get("zone") or "UTC"), context.get("now")
    if not given or not isinstance(now, datetime):
        return None
    begins, ends = (local_day(given.get(name), _Moment(context), zone) for name in ("from", "to"))
    today, last = _day(now, context, zone), _day(given.get("to") or given.get("from"), context, zone)
    if last is None or today is None or last < today:
        return None
    first: date = today if given["kind"] == "pickup" else begins or last
    until: date = last if given["kind"] == "pickup" else ends or first
    if isinstance(first, datetime):
        until = until if isinstance(until, datetime) and until > first else first + timedelta(hours=1)
    elif isinstance(until, datetime):
        until = until.date()
    uid, place = f"{given['id']}-{given['kind']}@afterword", str(given.get("place") or "")
    return Occasion(
        uid, seen["subject"], first, until, now, seen["preheader"], str(given.get("url") or ""), place,
        zone if isinstance(first, datetime) else "", busy=isinstance(first, datetime), cancelled=bool(given.get("cancelled")),
    )  # fmt: skip


def _invitation(seen: Mapping[str, Any], context: Mapping[str, Any]) -> tuple[Enclosure, ...]:
    """What a campaign invites to, as a file for a calendar; none where it is not known when it begins and ends, or it is over."""
    event, now = _part(context, "event"), context.get("now")
    first, last = event.get("starts_at"), event.get("ends_at")
    if not (isinstance(first, datetime) and isinstance(last, datetime) and isinstance(now, datetime) and event.get("uid")) or last < now:
        return ()
    made = calendar(Occasion(
        f"{event['uid']}@afterword", str(event.get("name") or seen["subject"]), first, last, now, seen["preheader"],
        place=str(event.get("place") or ""), zone=str(event.get("zone") or ""), busy=True,
    ))  # fmt: skip
    return (Enclosure("event.ics", "text/calendar; charset=utf-8; method=PUBLISH", made),)


def seen_by(message_key: str, locale: str, context: Mapping[str, Any], dress: Dress, links: Links) -> dict[str, Any]:
    """All that the templates of a shipped message read: the context, the words, the brand, the addresses, subject and preheader."""
    message, words = shipped(message_key), catalogue(known(locale))
    seen = seen_in(message, words, context, dress, links)
    lines = {"subject": words.say(message.subject_key, seen["words"]), "preheader": words.say(f"{message.key}.preheader", seen["words"])}
    return seen | lines


def seen_in(message: Shipped, words: Catalogue, context: Mapping[str, Any], dress: Dress, links: Links) -> dict[str, Any]:
    """All that templates read but subject and preheader, for a message in these words."""
    values = standing_words(context, dress.name, words)
    return {
        **context, "locale": words.locale, "leading": LEADING.get(words.locale, "26px"), "direction": direction(words), "codes": {},
        "brand": dress.worn(), "links": _addresses(links), "words": values, "days": values["days"],
        "category": message.category, "why": words.say(f"footer.{message.category}", values), "tracker": links.tracked,
        "more": max(0, len(_part(context, "order").get("lines") or ()) - 40),
    }  # fmt: skip


@lru_cache(maxsize=1024)
def read_by(template: BoundTemplate) -> frozenset[str]:
    """The names of Shopify's that a template reads and does not give itself."""
    return NAMES & set(template.global_variables())


def _addresses(links: Links) -> dict[str, str]:
    return {
        "order": links.order, "score": links.score, "unsubscribe": links.unsubscribe, "preferences": links.preferences,
        "open": links.open, "review": links.review, "view": links.view, "confirm": links.confirm,
    }  # fmt: skip


def headers_for(message: Shipped, links: Links) -> dict[str, str]:
    """Headers that follow from the kind of message: one-click unsubscribe (RFC 8058), and that no person pressed “send”."""
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
    if message.category != "transactional" and links.one_click:
        headers["List-Unsubscribe"] = f"<{links.one_click}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _part(context: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], context.get(name) or {})


def standing_words(context: Mapping[str, Any], shop: str, words: Catalogue) -> dict[str, str]:
    """The words that any text may ask for. Empty means: not known. Promised days that have passed are not said again."""
    order, product, person = _part(context, "order"), _part(context, "product"), _part(context, "customer")
    zone = str(context.get("zone") or "UTC")
    today = _day(context.get("now"), context, zone)
    first, last = (_day(order.get(name), context, zone) for name in ("promised_from", "promised_to"))
    past = last is not None and today is not None and last < today
    was = _day(order.get("first_promised_to"), context, zone) or (last if past else None)
    lines = order.get("lines") or ()
    title = product["title"] if "title" in product else lines[0].get("title") if lines else ""
    return {
        "shop": shop,
        "name": str(person.get("first_name") or ""),
        "whole": str(person.get("full_name") or f"{person.get('first_name') or ''} {person.get('last_name') or ''}".strip()),
        "number": str(order.get("number") or ""),
        "product": str(title or ""),
        "days": "" if past else spoken_days(first, last, words),
        "was": spoken_day(was, "long", words),
        "carrier": str(_part(context, "shipment").get("carrier") or ""),
        "placed": spoken_day(_day(order.get("placed_at"), context, zone), "day", words),
        "score": _said(context.get("score")),
        "scale": _said(context.get("scale")),
    }


def _said(value: object) -> str:
    return "" if value is None else str(value)


class _Moment:
    """Gives `now` to what asks for the words “now” and “today”."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self._context = context

    def resolve(self, name: str) -> Any:
        return self._context.get(name)


def _day(value: Any, context: Mapping[str, Any], zone: str) -> date | None:
    found = local_day(value, _Moment(context), zone)
    return found.date() if isinstance(found, datetime) else found
