"""A message as a shop wrote it: a message of its own, or its version of one that ships, in as many languages as it likes.

The parts of a variant that are empty are looked for in the next language of a chain (`pt-PT` → `pt-BR` → all languages → the
message's first language), at last in what ships. What is published is a revision: its own blocks are kept within it, so that it
says the same for ever.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any, get_args

from afterword.kernel.errors import Refused
from afterword.loop.channels.types import CHANNELS

from .catalogues import LOCALES, Catalogue, Forms, catalogue, plural_tags
from .shipped import MESSAGES, Category, Shipped

PAPERS = ("off", "summary", "invoice")  # nothing; a summary of the order; the shop's own invoice, else a summary
EVERY = "*"  # the variant that all languages share
PARTS = ("subject", "preheader", "body", "text", "short")
CATEGORIES: tuple[Category, ...] = get_args(Category)
GROUNDS: Mapping[Category, tuple[str, ...]] = {
    "transactional": ("contract", "legal_duty"),
    "service": ("legitimate_interest", "contract", "legal_duty"),
    "marketing": ("consent", "existing_customer"),
}
LONGEST = {"subject": 1_000, "preheader": 2_000, "body": 200_000, "text": 100_000, "short": 1_000}
_WORD = re.compile(r"@?[a-z0-9_.]{1,80}")
Words = Mapping[str, str | tuple[str, ...]]


class NotAWording(Refused):
    """{place}: {fault}."""


@dataclass(frozen=True)
class Variant:
    """What a message says in one language.

    Args:
        short: what it says where words are few: a phone, a messenger, a notice.
        words: texts by key (`@.lead`), for structures that say `{{ '@.lead' | t }}`.
    """

    subject: str = ""
    preheader: str = ""
    body: str = ""
    text: str = ""
    short: str = ""
    words: Words = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether it says nothing of its own."""
        return not any((self.subject, self.preheader, self.body, self.text, self.short, self.words))


@dataclass(frozen=True, eq=False)
class Wording:
    """A message with all its languages. Two that say the same are the same; `number` is the revision's, 0 for a draft.

    Args:
        ground: the legal ground it is sent on, one of GROUNDS of its category.
        survey: csat or nps where its links may ask for a score; `review`: stars.
        blocks: the shop's own blocks that it includes, as they were when it was published.
        marks: UTM marks of its own, over those of the store.
        copy_to: an address of the team's that gets a copy of each.
        dated: whether the promised days travel with it as a calendar file.
        products: the source of the products that its block shows; empty: the best there is.
        paper: what else travels with it, one of PAPERS; empty: as its store wishes.
        ways: the channels it is tried by, in order, where a step leaves that open; none: as what ships, else the store's order.
    """

    key: str
    name: str
    category: Category
    ground: str
    variants: Mapping[str, Variant]
    survey: str = ""
    review: bool = False
    blocks: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    copy_to: str = ""
    dated: bool = False
    paper: str = ""
    products: str = ""
    ways: tuple[str, ...] = ()
    number: int = 0

    @property
    def ships(self) -> bool:
        """Whether it is a version of a message that ships."""
        return self.key in MESSAGES

    @property
    def kind(self) -> Shipped:
        """What the guard, the links and backtests must know of it."""
        if self.ships:
            return replace(MESSAGES[self.key], ways=self.ways) if self.ways else MESSAGES[self.key]
        survey: Any = self.survey
        return Shipped(self.key, self.category, survey=survey, review=self.review, ways=self.ways)

    @cached_property
    def mark(self) -> str:
        """By what a wording is known again, whatever its number."""
        return sha256(written_down(self).encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Wording) and (self.mark, self.number) == (other.mark, other.number)

    def __hash__(self) -> int:
        return hash((self.mark, self.number))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it can be read in: those that are written, and for what ships those that ship."""
        own = tuple(locale for locale, variant in self.variants.items() if locale != EVERY and not variant.empty)
        return tuple(dict.fromkeys([*LOCALES, *own])) if self.ships or not own else own


@dataclass(frozen=True)
class Said:
    """What a message says in one language, each part from where it was found. `lacks` names parts that another language lends."""

    locale: str
    subject: str
    preheader: str
    body: str
    text: str
    short: str
    words: Words
    lacks: tuple[str, ...] = ()


def document(wording: Wording) -> dict[str, Any]:
    """The wording as JSON keeps it; `of_document` reads it again."""
    variants = {locale: _plainly(variant) for locale, variant in wording.variants.items()}
    more = {
        "survey": wording.survey, "review": wording.review, "blocks": dict(wording.blocks), "marks": dict(wording.marks),
        "copy_to": wording.copy_to,
        "dated": wording.dated, "paper": wording.paper, "products": wording.products, "ways": list(wording.ways),
    }  # fmt: skip
    kept = {name: value for name, value in more.items() if value}
    return {"key": wording.key, "name": wording.name, "category": wording.category, "ground": wording.ground, "variants": variants, **kept}


def _plainly(variant: Variant) -> dict[str, Any]:
    parts = {part: getattr(variant, part) for part in PARTS if getattr(variant, part)}
    words = {key: list(text) if isinstance(text, tuple) else text for key, text in variant.words.items()}
    return {**parts, "words": words} if words else parts


def written_down(wording: Wording) -> str:
    """The document as text that is always the same for the same wording."""
    return json.dumps(document(wording), ensure_ascii=False, sort_keys=True)


def of_document(given: Mapping[str, Any], number: int = 0) -> Wording:
    """The wording that a document describes. Raises NotAWording, which names the place."""
    key, category = str(given.get("key") or ""), given.get("category")
    if category not in CATEGORIES:
        raise NotAWording(place="category", fault=f"is “{category}”, not one of {', '.join(CATEGORIES)}")
    if key in MESSAGES and MESSAGES[key].category != category:
        raise NotAWording(place="category", fault=f"is {MESSAGES[key].category} in what ships, and stays so")
    ground = str(given.get("ground") or GROUNDS[category][0])
    if ground not in GROUNDS[category]:
        raise NotAWording(place="ground", fault=f"a {category} message goes on {' or '.join(GROUNDS[category])}")
    survey = str(given.get("survey") or "")
    if survey not in ("", "csat", "nps"):
        raise NotAWording(place="survey", fault="is csat, nps or nothing")
    variants = {str(locale): _variant(str(locale), one) for locale, one in _mapping(given, "variants").items()}
    paper = str(given.get("paper") or "")
    if paper not in ("", *PAPERS):
        raise NotAWording(place="paper", fault=f"is {', '.join(PAPERS)} or nothing")
    copy_to, asked = str(given.get("copy_to") or "")[:254], bool(given.get("review"))
    own: dict[str, Any] = {"blocks": _texts(given, "blocks", 200_000), "marks": _texts(given, "marks", 200)}
    own |= {"copy_to": copy_to, "dated": bool(given.get("dated")), "paper": paper, "number": number,
            "products": str(given.get("products") or "")[:60], "ways": _ways(given)}  # fmt: skip
    name = str(given.get("name") or key)[:200]
    return Wording(key, name, category, ground, variants, survey, asked, **own)


def _ways(given: Mapping[str, Any]) -> tuple[str, ...]:
    found = tuple(str(one).strip() for one in given.get("ways") or ())
    if unknown := [one for one in found if one not in CHANNELS]:
        raise NotAWording(place="ways", fault=f"“{unknown[0]}” is no channel; they are {', '.join(CHANNELS)}")
    if len(set(found)) < len(found):
        raise NotAWording(place="ways", fault="a channel is named twice")
    return found


def _mapping(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = given.get(name) or {}
    if not isinstance(found, Mapping):
        raise NotAWording(place=name, fault="is not an object")
    return found


def _texts(given: Mapping[str, Any], name: str, most: int) -> dict[str, str]:
    found = {str(key): str(text) for key, text in _mapping(given, name).items() if text}
    for key, text in found.items():
        if len(text) > most:
            raise NotAWording(place=f"{name}.{key}", fault=f"is longer than {most:,} characters")
    return found


def _variant(locale: str, given: Any) -> Variant:
    if not isinstance(given, Mapping):
        raise NotAWording(place=f"variants.{locale}", fault="is not an object")
    if locale != EVERY and not is_language(locale):
        raise NotAWording(place=f"variants.{locale}", fault="is not the code of a language, such as pt-BR")
    parts = {part: str(given.get(part) or "").replace("\r\n", "\n").replace("\x00", "") for part in PARTS}
    for part, text in parts.items():
        if len(text) > LONGEST[part]:
            raise NotAWording(place=f"variants.{locale}.{part}", fault=f"is longer than {LONGEST[part]:,} characters")
    own = ((str(key), text) for key, text in _mapping(given, "words").items() if text)
    words = {key: _forms(text, locale) if isinstance(text, list | tuple | Mapping) else str(text) for key, text in own}
    words = {key: text for key, text in words.items() if any(text)}
    for key in words:
        if not _WORD.fullmatch(key):
            raise NotAWording(place=f"variants.{locale}.words", fault=f"“{key[:60]}” is no key: @. and small letters, digits, dots")
    return Variant(**parts, words=words)


def _forms(given: Any, locale: str) -> tuple[str, ...]:
    """Plural forms as a list in CLDR's order, or by their names."""
    tags = plural_tags(locale)
    if isinstance(given, Mapping):
        return tuple(str(given.get(tag) or "") for tag in tags)
    return tuple(str(text) for text in given)[: len(tags)]


@lru_cache(maxsize=512)
def is_language(code: str) -> bool:
    """Whether CLDR knows this language and place."""
    from babel import Locale, UnknownLocaleError

    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def nearest(wished: Iterable[str], there: Iterable[str]) -> str:
    """The language to write in, of those that are there: the first wish that is met, exactly or by its language, else the first."""
    found = tuple(there)
    by_code = {one.lower(): one for one in found}
    for wish in wished:
        code = wish.replace("_", "-").lower()
        if code in by_code:
            return by_code[code]
        language = code.split("-")[0]
        if language in by_code:
            return by_code[language]
        for one in found:
            if one.split("-")[0].lower() == language:
                return one
    return found[0] if found else LOCALES[0]


def chain(wording: Wording, locale: str) -> tuple[str, ...]:
    """The variants that are asked for a part, in this order: this one, those of the same language, the one for all; a message of the
    shop's own at last asks the first that was written."""
    language = locale.split("-")[0].lower()
    alike = [one for one in wording.variants if one != locale and one.split("-")[0].lower() == language]
    alike.sort(key=lambda one: (one.lower() != language, one))
    first = [] if wording.ships else [one for one in wording.variants if one != EVERY][:1]
    return tuple(one for one in dict.fromkeys([locale, *alike, EVERY, *first]) if one in wording.variants)


def said(wording: Wording, locale: str) -> Said:
    """What it says in this language. A part that only another language has is named in `lacks`."""
    order = chain(wording, locale)
    found: dict[str, str] = {}
    lacks: list[str] = []
    for part in PARTS:
        asked = order if part != "short" else [one for one in order if one == EVERY or _alike(one, locale)]  # else its lines say it
        source = next((one for one in asked if getattr(wording.variants[one], part)), "")
        found[part] = getattr(wording.variants[source], part) if source else ""
        if source and source != EVERY and not _alike(source, locale):
            lacks.append(part)
    if wording.ships:
        found["subject"] = found["subject"] or "{{ '@.subject' | t }}"
        found["preheader"] = found["preheader"] or "{{ '@.preheader' | t }}"
    words: dict[str, str | tuple[str, ...]] = {}
    for one in reversed(order):
        words |= wording.variants[one].words
    return Said(locale, **found, words=words, lacks=tuple(lacks))


def _alike(one: str, other: str) -> bool:
    """Whether two codes are of the same language."""
    return one.split("-")[0].lower() == other.split("-")[0].lower()


@lru_cache(maxsize=256)
def spoken_words(wording: Wording, locale: str) -> Catalogue:
    """The words of a language as this message has them: its own over those that ship. A key that begins with `@.` is the message's."""
    base = catalogue(locale)
    own = {
        key.replace("@.", f"{wording.key}.", 1): text if isinstance(text, str) else Forms(text)
        for key, text in said(wording, locale).words.items()
    }  # fmt: skip
    return Catalogue(base.locale, base.babel, {**base.texts, **own}, base.forms)


def sheet(wording: Wording) -> str:
    """All that it says of its own, as lines of text, so that two of them can be compared."""
    lines: list[str] = []
    for locale, variant in wording.variants.items():
        if variant.empty:
            continue
        lines.append(f"── {'all languages' if locale == EVERY else locale}")
        for part in PARTS:
            if text := getattr(variant, part):
                lines += [f"{part}:", *(f"  {line}" for line in text.splitlines())]
        lines += [f"{key} = {' | '.join(text) if isinstance(text, tuple) else text}" for key, text in sorted(variant.words.items())]
    for name, source in sorted(wording.blocks.items()):
        lines += [f"── block {name}", *(f"  {line}" for line in source.splitlines())]
    facts = {"ground": wording.ground, "copy to": wording.copy_to, "paper": wording.paper, "products": wording.products,
             "ways": ", ".join(wording.ways), **wording.marks}  # fmt: skip
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in facts.items() if value)]) + "\n"
