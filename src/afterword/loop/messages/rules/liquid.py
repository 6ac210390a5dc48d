"""Liquid as merchants write it, with the house's filters, fenced in: autoescape on, loops and output limited, no files.

`{{ 'order.thanks' | t: name: customer.first_name }}`, `{{ n | money: 'EUR' }}`, `{{ day | date: 'long' }}`,
`{{ order.promised_from | days: order.promised_to }}`, `{{ order.address | address }}`, `{{ url | tracked }}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial, wraps
from threading import local
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_skeleton, format_time
from babel.numbers import format_currency, get_currency_precision
from liquid import Environment, Undefined
from liquid.exceptions import FilterArgumentError, LiquidError, LiquidValueError
from liquid.filter import with_context, with_environment
from liquid.undefined import StrictUndefined
from markupsafe import Markup

from afterword.kernel.errors import Refused
from afterword.kernel.liquid.template import Compiled

from .apart import bare
from .catalogues import Catalogue, catalogue
from .enclosures import cid_of, code_picture, fits
from .shopify_filters import DATE_FORMATS, FILTERS, code_of, plain_amount, short_amount, weight, whole

SKELETONS = {"long": "MMMMEEEEd", "short": "MMMEd", "day": "MMMMd", "full": "yMMMMEEEEd", "month": "MMMM"}
# Countries that write the postcode before the town.
_POSTCODE_FIRST = frozenset({
    "AT", "BE", "BG", "BR", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GR", "HR", "HU",
    "IT", "LT", "LV", "MX", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "UA",
})  # fmt: skip
_ADDRESS_PARTS = ("name", "company", "line1", "line2", "city", "region", "postcode", "country")


MOST_GIVEN = 200_000  # characters or things that one filter takes in
MOST_IN_ALL = 4_000_000  # that all filters of one template take in, beside what is small
SMALL = 400
LARGEST = 10**24


class BadTemplate(Refused):
    """The template cannot be used: {fault}."""


class _Taken(local):
    """How much the filters of the template that is rendered in this thread have taken in."""

    signs = 0


_TAKEN = _Taken()


class Written(Compiled):
    """A template that a person wrote: whatever goes wrong in it is a fault of the template, also where Python says so."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """The text. Raises LiquidError."""
        _TAKEN.signs = 0
        if not self.compiles():
            raise LiquidValueError("it is nested too deep", token=None)
        try:
            return super().render(*args, **kwargs)
        except (ValueError, TypeError, ArithmeticError, LookupError) as fault:
            raise LiquidValueError(str(fault), token=None) from fault


class Fenced(Environment):
    """Liquid that cannot hang, fill the memory or read a file, whatever a person writes."""

    template_class = Written
    loop_iteration_limit = 5_000
    turns_limit = 50_000
    output_stream_limit = 2_000_000
    local_namespace_limit = 200_000
    context_depth_limit = 12
    block_nesting_limit = 24


@lru_cache(maxsize=64)
def environment(locale: str, *, html: bool, strict: bool = False) -> Fenced:
    """The environment for a language. `html` escapes every value; `strict` refuses unknown variables, as lint does."""
    return environment_of(catalogue(locale), html=html, strict=strict)


def environment_of(words: Catalogue, *, html: bool, strict: bool = False) -> Fenced:
    """The same, for these words: a message may have some of its own."""
    env = Fenced(autoescape=html, undefined=StrictUndefined if strict else Undefined, strict_filters=True)
    for tag in ("include", "render", "extends", "block", "tablerow"):
        env.tags.pop(tag, None)
    for name, filter_function in {**_shop_filters(words), **_filters(words)}.items():
        env.add_filter(name, filter_function)
    for name, found in list(env.filters.items()):
        env.add_filter(name, _fenced(name, found))
    return env


def _fenced(name: str, given: Callable[..., Any]) -> Callable[..., Any]:
    """The same filter, which refuses what would fill the memory or take for ever: one filter is one step, so no limit would stop it."""
    replaces = name.startswith("replace")

    @wraps(given)
    def inner(*args: Any, **named: Any) -> Any:
        for value in args:
            if type(value) is not str or len(value) > SMALL:
                _weigh(name, value)
        if replaces and len(args) > 2 and (str(args[0]).count(str(args[1])) + 1) * len(str(args[2])) > MOST_GIVEN:
            raise FilterArgumentError(f"{name}: becomes too long", token=None)
        try:
            return given(*args, **named)
        except (ValueError, TypeError, ArithmeticError) as fault:
            raise FilterArgumentError(f"{name}: {fault}", token=None) from fault

    return inner


def _weigh(name: str, value: object) -> None:
    if isinstance(value, range | str | list | tuple):
        size = _size(value)
        _TAKEN.signs += size
        if size > MOST_GIVEN or _TAKEN.signs > MOST_IN_ALL:
            raise FilterArgumentError(f"{name}: too long", token=None)
    elif isinstance(value, int | float | Decimal) and not -LARGEST < value < LARGEST:
        raise FilterArgumentError(f"{name}: too large a number", token=None)


def _size(value: range | str | Sequence[Any]) -> int:
    if isinstance(value, range):
        return abs(value.stop - value.start)  # len() itself cannot count the longest
    if isinstance(value, str):
        return len(value)
    return sum([len(one) if isinstance(one, str) else 1 for one in value])  # the same long text may stand in it a thousand times


def asks(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Marks a filter that reads these names of the context and no others, so that it works without a whole context."""

    def marked(given: Callable[..., Any]) -> Callable[..., Any]:
        given.reads = names  # type: ignore[attr-defined]
        return with_context(given)

    return marked


def _filters(words: Catalogue) -> dict[str, Any]:
    language = str(words.babel)

    @asks("words")
    def t(key: Any, *, context: Any = None, **values: Any) -> str:
        standing = context.resolve("words") if context is not None else None
        given = {**standing, **values} if isinstance(standing, dict) else values
        return words.say(str(key), given, values.get("count"))

    @asks("words", "brand")
    def voiced(key: Any, *, context: Any = None) -> str:
        brand = context.resolve("brand") if context is not None else None
        voice = brand.get("voice", "plain") if isinstance(brand, dict) else "plain"
        return str(t(f"voice.{voice}.{key}", context=context))

    @asks("order")
    def money(minor: Any, currency: Any = None, *, context: Any = None) -> str:
        return spoken_money(whole(minor), str(currency) if currency else _currency(context), language)

    @asks("zone", "now")
    def day(value: Any, style: Any = "long", *, context: Any = None, format: Any = None) -> str:
        zone = context.resolve("zone") if context is not None else None
        return spoken_day(local_day(value, context, str(zone or "UTC")), str(format or style), words)

    @asks("zone", "now")
    def clock(value: Any, *, context: Any = None) -> str:
        zone = context.resolve("zone") if context is not None else None
        when = local_day(value, context, str(zone or "UTC"))
        return format_time(when, "short", locale=words.babel) if isinstance(when, datetime) else ""

    @asks("zone", "now")
    def days(first: Any, last: Any = None, *, context: Any = None) -> str:
        zone = str((context.resolve("zone") if context is not None else None) or "UTC")
        return spoken_days(local_day(first, context, zone), local_day(last, context, zone), words)

    @asks("tracker")
    def tracked(address: Any, *, context: Any = None) -> str:
        wrap = context.resolve("tracker") if context is not None else None
        where = harmless(str(address or ""))
        return str(wrap(where)) if callable(wrap) and where else where

    def lines(value: Any) -> Any:
        found = address_lines(value, words.babel.language) if isinstance(value, Mapping) else [str(value or "")]
        return found

    return {
        "qr": _code("qr"), "code128": _code("code128"),
        "t": t, "voiced": voiced, "translate": t, "money": money, "date": day, "time": clock, "days": days, "tracked": tracked,
        "address": lines,
    }  # fmt: skip


def _code(kind: str) -> Callable[..., Any]:
    """A filter that shows a value as a picture of a code, with the value in words below; in plain text only the words."""

    @asks("codes")
    @with_environment
    def pictured(value: Any, *, context: Any = None, environment: Any = None) -> str:
        text = bare(str(value if value is not None else "")).strip()
        codes = context.resolve("codes") if context is not None else None
        if not (isinstance(codes, dict) and environment.autoescape and fits(kind, text)):
            return text
        codes[kind, text] = None
        made = code_picture(kind, text)
        image = Markup('<img src="cid:{}" width="{}" height="{}" alt="{}" style="display:block;border:0;background:#ffffff;">')
        return image.format(cid_of(kind, text), made.width, made.height, text) + Markup("<span>{}</span>").format(text)

    return pictured


def harmless(address: str) -> str:
    """An address that leads somewhere; `#` in place of one that is code, whoever gave it."""
    scheme, colon, _ = address.partition(":")
    leads = not colon or "/" in scheme or scheme.strip().lower() in ("https", "http", "mailto", "tel", "sms")
    return address if leads else "#"


def _currency(context: Any) -> str:
    return code_of(None, context.resolve("order") if context is not None else None)


def _shop_filters(words: Catalogue) -> dict[str, Any]:
    """The filters of Shopify's that speak the language, or know the order."""
    language = str(words.babel)

    @asks("order")
    def with_currency(minor: Any, currency: Any = None, *, context: Any = None) -> str:
        code = str(currency) if currency else _currency(context)
        return f"{spoken_money(whole(minor), code, language)} {code}"

    @asks("order")
    def without_currency(minor: Any, currency: Any = None, *, context: Any = None) -> str:
        return plain_amount(whole(minor), str(currency) if currency else _currency(context), language)

    @asks("order")
    def without_zeros(minor: Any, currency: Any = None, *, context: Any = None) -> str:
        return short_amount(whole(minor), str(currency) if currency else _currency(context), language)

    @with_environment
    def format_address(value: Any, *, environment: Environment) -> str:
        given = value if isinstance(value, Mapping) else {}
        named = {**given, "line1": given.get("line1") or given.get("address1"), "line2": given.get("line2") or given.get("address2"),
                 "postcode": given.get("postcode") or given.get("zip"), "region": given.get("region") or given.get("province")}  # fmt: skip
        found = address_lines(named, words.babel.language)
        return Markup("<p>{}</p>").format(Markup("<br>").join(found)) if environment.autoescape else "\n".join(found)

    @asks("zone", "now")
    @with_environment
    def time_tag(value: Any, style: Any = "full", *, context: Any = None, environment: Any = None, format: Any = None) -> str:
        when = local_day(value, context, str((context.resolve("zone") if context is not None else None) or "UTC"))
        said = spoken_day(when, str(format or style), words)
        machine = when.isoformat() if when else ""
        return Markup('<time datetime="{}">{}</time>').format(machine, said) if environment.autoescape else said

    return {
        **FILTERS, "money_with_currency": with_currency, "money_without_currency": without_currency, "format_address": format_address,
        "money_without_trailing_zeros": without_zeros, "money_without_trailing_zeros_with_currency": with_currency, "time_tag": time_tag,
        "weight_with_unit": partial(weight, locale=language),
    }  # fmt: skip


def local_day(value: Any, context: Any, zone: str) -> date | None:
    """A day or an instant out of what a template holds (text, date, datetime, “now”); instants in the zone given."""
    if value in ("now", "today"):
        value = context.resolve("now")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if "T" in value or ":" in value else date.fromisoformat(value[:10])
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone(_zone(zone)) if value.tzinfo else value
    return value if isinstance(value, date) else None


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=8192)
def spoken_money(minor: int, currency: str, locale: str) -> str:
    """Money as the language writes it: `67,40 €`. Minor units by ISO 4217: yen have none, dinars three."""
    digits = get_currency_precision(currency)
    return format_currency(Decimal(minor).scaleb(-digits), currency, locale=locale)


def spoken_day(value: date | None, style: str, words: Catalogue) -> str:
    """A day as people say it, weekday first: `Wednesday 18 November`. A pattern with % is strftime, as Liquid has it."""
    if value is None:
        return ""
    if "%" in style:
        return _patterned(value, style, words)
    if style in DATE_FORMATS:
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        return format_datetime(moment, DATE_FORMATS[style], locale=words.babel)
    day = value.date() if isinstance(value, datetime) else value
    return _skeleton(SKELETONS.get(style, SKELETONS["long"]), day, str(words.babel))


def _patterned(value: date, style: str, words: Catalogue) -> str:
    """strftime, as Liquid has it, with the days and months of the language. Nothing where a width is asked: %99999999d fills the memory."""
    if len(style) > 200 or re.search(r"%[^a-zA-Z%]*\d", style):
        return ""

    def named(found: re.Match[str]) -> str:
        if not found.group(2):
            return found.group()  # %%
        width = "wide" if found.group(2) in "AB" else "abbreviated"
        names = words.babel.days if found.group(2) in "Aa" else words.babel.months
        text = str(names["format"][width][value.weekday() if found.group(2) in "Aa" else value.month])
        return (text.upper() if found.group(1) else text).replace("%", "%%")

    return value.strftime(re.sub(r"%%|%([-^]?)([AaBb])", named, style))


@lru_cache(maxsize=8192)
def _skeleton(skeleton: str, day: date, locale: str) -> str:
    text: str = format_skeleton(skeleton, datetime(day.year, day.month, day.day), locale=locale)  # noqa: DTZ001
    return text.replace(",", "", 1) if locale == "en_GB" else text


def spoken_days(first: date | None, last: date | None, words: Catalogue) -> str:
    """Promised days: one, one or the other, or from one to the other: `Wed 18 or Thu 19 November`."""
    one, other = _plain(first or last), _plain(last or first)
    if one is None or other is None or one == other:
        return spoken_day(one or other, "long", words)
    form = "days.or" if (other - one).days == 1 else "days.between"
    if one.month == other.month:
        return words.say(f"{form}.month", {"d1": one.day, "d2": other.day, **_names(one, other, words)})
    return words.say(form, {"from": spoken_day(one, "short", words), "to": spoken_day(other, "short", words)})


def _names(one: date, other: date, words: Catalogue) -> dict[str, str]:
    width = words.say("days.width", {})
    names = words.babel.days["format"]["abbreviated" if width == "abbreviated" else "wide"]
    days = [names[day.weekday()].replace("-", "\u2011") for day in (one, other)]  # quinta-feira stays on one line
    return {"w1": days[0], "w2": days[1], "m": words.babel.months["format"]["wide"][other.month]}


def _plain(value: date | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def address_lines(address: Mapping[str, Any], language: str = "en") -> list[str]:
    """A postal address as its country writes it, without empty lines. Its parts: see _ADDRESS_PARTS."""
    part = {key: str(address.get(key) or "").strip() for key in _ADDRESS_PARTS}
    country = part["country"].upper()
    if country in _POSTCODE_FIRST:
        place = [f"{part['postcode']} {part['city']}", part["region"] if country in {"BR", "MX", "IT"} else ""]
        town = " - ".join(p.strip() for p in place if p.strip()) if country == "BR" else " ".join(p.strip() for p in place if p.strip())
    else:
        town = ", ".join(p for p in (part["city"], f"{part['region']} {part['postcode']}".strip()) if p)
    lines = [part["name"], part["company"], part["line1"], part["line2"], town]
    return [line for line in lines if line]


def checked(source: str, locale: str, *, html: bool = True) -> None:
    """Refuse a template that does not parse; the fault is named with its line."""
    if len(source) > MOST_GIVEN:
        raise BadTemplate(fault=f"it is longer than {MOST_GIVEN:,} characters")
    env = environment(locale, html=html, strict=True)
    try:
        template = env.from_string(source)
        used = template.analyze().filters
    except LiquidError as error:
        raise BadTemplate(fault=str(error)) from error
    for name in used:
        if name not in env.filters:
            raise BadTemplate(fault=f"there is no filter called “{name}”")
    if isinstance(template, Compiled) and not template.compiles():
        raise BadTemplate(fault="it is nested too deep")


def unknown_variables(source: str, locale: str, allowed: Mapping[str, Any]) -> list[str]:
    """The variables a template reads that no message has: their first name is not in `allowed`."""
    template = environment(locale, html=True).from_string(source)
    return sorted(name for name in template.global_variables() if name not in allowed)
