"""The filters of Shopify's notification templates that Liquid itself does not have, so that those templates work when pasted.

Money is in minor units of the order's currency and said as the language writes it; addresses of pictures stay as they are, for a size
cannot be asked of a shop's own picture.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from hashlib import md5, sha1, sha256
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

from babel import Locale
from babel.numbers import format_currency, format_decimal, get_currency_precision
from liquid import Environment
from liquid.filter import with_environment
from markupsafe import Markup, escape

_WORDS = re.compile(r"[\W_]+")
_LINKED = ("https://", "http://", "mailto:", "tel:", "/", "#")
# Grams in a unit of weight.
WEIGHTS = {"kg": Decimal(1000), "g": Decimal(1), "lb": Decimal("453.59237"), "oz": Decimal("28.349523125")}
# What Shopify calls its ways to write a day, and the pattern of Unicode's that says it. “short” and “long” are the house's own.
DATE_FORMATS = {
    "abbreviated_date": "MMM d, y", "basic": "M/d/y", "date": "MMMM d, y", "date_at_time": "MMMM d, y 'at' h:mm a",
    "default": "EEEE, MMMM d, y 'at' h:mm a Z", "on_date": "'on' MMM d, y",
}  # fmt: skip
PLACEHOLDER = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100" role="img" aria-label="">'
    '<path fill="#d9d6cf" d="M0 0h100v100H0z"/><path fill="#f4f2ee" d="m20 75 20-30 14 18 8-10 18 22z"/></svg>'
)


def whole(value: Any) -> int:
    """Minor units out of what a template holds: a number, or digits."""
    if isinstance(value, int | float):
        return int(value)
    text = str(value or "0")
    return int(text) if text.lstrip("-").isdigit() else 0


def code_of(currency: Any, order: Any, otherwise: str = "EUR") -> str:
    """The currency that was asked for, else the order's."""
    found = currency or (order.get("currency") if isinstance(order, Mapping) else None)
    return str(found or otherwise)


def plain_amount(minor: int, currency: str, locale: str, *, zeros: bool = True) -> str:
    """The number alone: `67,40`."""
    digits = get_currency_precision(currency)
    places = digits if zeros or minor % 10**digits else 0
    return format_decimal(Decimal(minor).scaleb(-digits), f"#,##0.{'0' * places}" if places else "#,##0", locale)


def short_amount(minor: int, currency: str, locale: str) -> str:
    """Money without decimals that say nothing: `67 €`, `67,40 €`."""
    digits = get_currency_precision(currency)
    value = Decimal(minor).scaleb(-digits)
    if minor % 10**digits:
        return str(format_currency(value, currency, locale=locale))
    pattern = re.sub(r"\.0+", "", str(Locale.parse(locale).currency_formats["standard"].pattern))
    return str(format_currency(value, currency, pattern, locale, currency_digits=False))


def handle(value: Any) -> str:
    """A text as it stands in addresses: `100% M & Ms!!!` → `100-m-ms`."""
    plain = normalize("NFKD", str(value)).encode("ascii", "ignore").decode() or str(value)
    return _WORDS.sub("-", plain.lower()).strip("-")


def camelcase(value: Any) -> str:
    """`coming-soon` → `ComingSoon`."""
    return "".join(word[:1].upper() + word[1:] for word in _WORDS.split(str(value)))


def pluralize(count: Any, one: Any, other: Any) -> str:
    """The word for one, or for any other number."""
    return str(one if whole(count) == 1 else other)


@with_environment
def as_json(value: Any, *, environment: Environment) -> str:
    """A value as JSON, safe inside of HTML and of scripts."""
    text = json.dumps(value, default=_plain, ensure_ascii=False)
    if not environment.autoescape:
        return text
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704  # nothing of HTML is left in it


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else str(value)


def picture(value: Any, *_size: Any, **_named: Any) -> str:
    """The address of a picture: of a line, a product, a variant or a picture itself."""
    for _ in range(4):
        if not isinstance(value, Mapping):
            break
        value = value.get("src") or value.get("image_url") or value.get("image") or value.get("featured_image") or ""
    return str(value or "")


@with_environment
def link_to(text: Any, address: Any, title: Any = "", *, environment: Environment) -> str:
    """A link, to the web, a mail address or a telephone only."""
    if not environment.autoescape:
        return f"{text}: {address}"
    if not str(address).strip().lower().startswith(_LINKED):
        return str(text)
    named = Markup(' title="{}"').format(title) if title else Markup("")
    return Markup('<a href="{}"{}>{}</a>').format(str(address).strip(), named, text)


@with_environment
def image_tag(address: Any, *args: Any, environment: Environment, alt: Any = "", **_named: Any) -> str:
    """A picture that says what it shows."""
    said = alt or (args[0] if args else "")
    return Markup('<img src="{}" alt="{}">').format(picture(address), said) if environment.autoescape else str(said)


@with_environment
def highlight(text: Any, terms: Any, *, environment: Environment) -> str:
    """A text with what was looked for made strong."""
    if not environment.autoescape or not str(terms or ""):
        return str(text)
    pieces = re.split(f"({re.escape(str(terms))})", str(text), flags=re.IGNORECASE)
    return Markup("").join(Markup('<strong class="highlight">{}</strong>').format(p) if n % 2 else escape(p) for n, p in enumerate(pieces))


def _signed(hash: str) -> Callable[[Any, Any], str]:
    return lambda value, key: hmac.new(str(key).encode(), str(value).encode(), hash).hexdigest()


def weight(grams: Any, unit: Any = "kg", *, locale: str) -> str:
    """A weight, given in grams, in its unit: `1.5 kg`."""
    name = str(unit) if str(unit) in WEIGHTS else "kg"
    given = grams if isinstance(grams, int | float | Decimal) else whole(grams)
    return f"{format_decimal((Decimal(str(given)) / WEIGHTS[name]).quantize(Decimal('0.01')), '#,##0.##', locale)} {name}"


@with_environment
def placeholder(_value: Any, *_args: Any, environment: Environment) -> str:
    """A quiet picture where there is none."""
    return Markup(PLACEHOLDER) if environment.autoescape else ""


def grouped(value: Any) -> str:
    """A gift card's code in groups of four."""
    text = str(value or "")
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "handle": handle, "handleize": handle, "camelcase": camelcase, "camelize": camelcase, "pluralize": pluralize, "json": as_json,
    "img_url": picture, "image_url": picture, "product_img_url": picture, "article_img_url": picture, "file_img_url": picture,
    "asset_img_url": picture, "asset_url": picture, "file_url": picture, "payment_type_img_url": picture, "img_tag": image_tag,
    "image_tag": image_tag, "link_to": link_to, "highlight": highlight, "highlight_active_tag": lambda text: str(text),
    "md5": lambda value: md5(str(value).encode(), usedforsecurity=False).hexdigest(),
    "sha1": lambda value: sha1(str(value).encode(), usedforsecurity=False).hexdigest(),
    "sha256": lambda value: sha256(str(value).encode()).hexdigest(),
    "hmac_sha1": _signed("sha1"), "hmac_sha256": _signed("sha256"),
    "url_escape": lambda value: quote(str(value), safe=":/?#[]@!$&'()*+,;="),
    "url_param_escape": lambda value: quote(str(value), safe=":/?#[]@!$'()*+,;="), "placeholder_svg_tag": placeholder,
    "format_code": grouped,
}  # fmt: skip
