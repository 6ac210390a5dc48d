"""The words of shipped messages: one PO file a language, keys as msgid, plural forms as the language has them."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from babel import Locale, UnknownLocaleError
from babel.messages.pofile import read_po

from afterword.kernel.errors import Refused

LOCALES = ("en", "ro", "uk", "ko", "th", "pt-BR")
OWN_NAMES = {"en": "English", "ro": "Română", "uk": "Українська", "ko": "한국어", "th": "ไทย", "pt-BR": "Português"}


def english_name(code: str) -> str:
    """What a language is called in English: `ro` → Romanian, `pt-BR` → Portuguese (Brazil). A code that nobody knows stays as it is."""
    try:
        return str(Locale.parse(code, sep="-").get_display_name("en") or code)
    except (UnknownLocaleError, ValueError):
        return code


# English as most of the world's shops write it: day before month, 24 hours.
BABEL = {"en": "en_GB", "pt-BR": "pt_BR"}
_HOLE = re.compile(r"\{(\w+)\}")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


PLURALS = ("zero", "one", "two", "few", "many", "other")  # as CLDR names the forms that languages have


class NotALanguage(Refused):
    """“{locale}” is not the code of a language, such as pt-BR."""


class Forms(tuple[str, ...]):
    """Words in the forms that CLDR knows of their language, in the order of `plural_tags`; a form that nobody wrote is empty."""

    def of(self, number: object, babel: Locale) -> str:
        """The form for a number, `1.5` too; where nobody wrote it, the last that was written."""
        tag = babel.plural_form(_number(number))
        at = plural_tags(str(babel).replace("_", "-")).index(tag)
        return (self[at] if at < len(self) else "") or next((one for one in reversed(self) if one), "")


@lru_cache(maxsize=512)
def plural_tags(locale: str) -> tuple[str, ...]:
    """The forms that a language has: `one few many other` in Ukrainian, `other` alone in Korean. What is for all languages has two."""
    try:
        tags = Locale.parse(BABEL.get(locale, locale).replace("_", "-"), sep="-").plural_form.tags | {"other"}
    except (UnknownLocaleError, ValueError):
        tags = frozenset({"one", "other"})
    return tuple(tag for tag in PLURALS if tag in tags)


def _number(count: object) -> Decimal:
    """A number out of what a template gives; nothing that is one counts as none."""
    try:
        found = Decimal(str(count).strip())
    except (InvalidOperation, ValueError):
        return Decimal(0)
    return abs(found) if found.is_finite() else Decimal(0)


@dataclass(frozen=True)
class Catalogue:
    """The words of one language. `forms` picks the plural form for a number."""

    locale: str
    babel: Locale
    texts: Mapping[str, str | tuple[str, ...]]
    forms: Callable[[int], int]

    def say(self, key: str, values: Mapping[str, object], count: object = None) -> str:
        """The words for a key with its holes filled; where a hole has no value, the words of its plain twin.

        A key that nobody translated is shown as it is: a lint catches it first.
        """
        found = self.texts.get(key, key)
        if isinstance(found, Forms):
            n = count if count is not None and str(count).strip() else 0  # what nobody knows is none, not a gap in the sentence
            found, values = found.of(n, self.babel), {**values, "count": n}
        elif not isinstance(found, str):
            n = int(count) if isinstance(count, int | float | str) and str(count).strip().lstrip("-").isdigit() else 0
            found = found[min(self.forms(abs(n)), len(found) - 1)]
            values = {"count": n, **values}
        if "{" not in found:
            return found
        if any(not str(values.get(hole, "")) for hole in holes(found)):
            plain = self.texts.get(f"{key}.plain", found)
            found = plain if isinstance(plain, str) else found
        return fill(found, values)


def fill(text: str, values: Mapping[str, object]) -> str:
    """`{name}` replaced by its value; a hole without a value is left empty. No formats, no attributes: only names."""
    return _HOLE.sub(lambda hole: isolated(str(values.get(hole.group(1), "")), text), text)


def isolated(value: str, around: str) -> str:
    """A value within a text that runs the other way, set apart from it (U+2068 … U+2069), so that neither turns the other."""
    if value.isascii() or value.startswith("\u2068") or bool(_RIGHT_TO_LEFT.search(value)) == bool(_RIGHT_TO_LEFT.search(around)):
        return value
    return f"\u2068{value}\u2069"


@lru_cache(maxsize=4096)
def holes(text: str) -> frozenset[str]:
    """The names a text asks for."""
    return frozenset(_HOLE.findall(text))


def known(locale: str) -> str:
    """The shipped language nearest to a wished one: `pt` → `pt-BR`, `ro-MD` → `ro`, anything else → `en`."""
    wished = locale.replace("_", "-").lower()
    for one in LOCALES:
        if one.lower() == wished:
            return one
    for one in LOCALES:
        if one.split("-")[0] == wished.split("-")[0]:
            return one
    return "en"


@lru_cache(maxsize=512)
def catalogue(locale: str) -> Catalogue:
    """The words of a language, read once; those it lacks are English. A language that does not ship speaks the nearest that does.

    Its days, sums and addresses are as CLDR has them all the same. Raises NotALanguage.
    """
    if locale not in LOCALES:
        return _borrowed(locale)
    read = _read(locale)
    if locale == "en":
        return read
    return Catalogue(read.locale, read.babel, {**catalogue("en").texts, **read.texts}, read.forms)


def _borrowed(locale: str) -> Catalogue:
    lender = catalogue(known(locale))
    try:
        return Catalogue(locale, Locale.parse(locale, sep="-"), lender.texts, lender.forms)
    except (UnknownLocaleError, ValueError) as error:
        raise NotALanguage(locale=locale) from error


def _read(locale: str) -> Catalogue:
    raw = files("afterword.loop.messages").joinpath("locale", f"{locale}.po").read_bytes()
    spoken = Locale.parse(BABEL.get(locale, locale))
    po = read_po(BytesIO(raw), locale=str(spoken))
    texts: dict[str, str | tuple[str, ...]] = {}
    for message in po:
        key = message.id if isinstance(message.id, str) else message.id[0]
        if key and message.string:
            texts[key] = message.string if isinstance(message.string, str) else tuple(message.string)
    return Catalogue(locale, spoken, texts, gettext.c2py(po.plural_expr))
