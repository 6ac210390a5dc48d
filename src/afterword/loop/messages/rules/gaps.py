"""What a message lacks: a language, words for when something is not known, a thing that no message knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from .catalogues import LOCALES, OWN_NAMES, catalogue, holes, known
from .liquid import unknown_variables
from .render import structure
from .shipped import MAY_LACK, MESSAGES
from .shopify import NAMES

# What the context of a message and the renderer itself give to a structure; see `render`.
GIVEN = (
    "now", "zone", "customer", "order", "shipment", "event", "product", "score", "scale", "shop", "locale", "leading", "subject",
    "preheader", "brand", "links", "words", "days", "category", "why", "tracker", "more", "direction", "products", "referral", "meeting",
)  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """What is missing: words in a `language`, a `fallback` for a text that asks for something, a `variable` nobody gives."""

    kind: Literal["language", "fallback", "variable"]
    locale: str
    what: str


def gaps(message: str, languages: Iterable[str]) -> tuple[Gap, ...]:
    """What a message lacks for customers who speak these languages."""
    wished = tuple(dict.fromkeys(languages))
    lacking = [Gap("language", one, OWN_NAMES["en"]) for one in wished if known(one).split("-")[0] != one.split("-")[0].lower()]
    spoken = dict.fromkeys([*(known(one) for one in wished), "en"])
    return (*lacking, *(gap for locale in spoken for gap in _of_texts(message, locale)), *_of_structure(message))


def _of_texts(message: str, locale: str) -> Iterator[Gap]:
    texts, uses = catalogue(locale).texts, {*MESSAGES[message].uses, "shop"}
    for key, text in texts.items():
        if not key.startswith(f"{message}.") or key.endswith(".plain") or not isinstance(text, str):
            continue
        asked = holes(text)
        if asked & set(MAY_LACK) and f"{key}.plain" not in texts:
            yield Gap("fallback", locale, f"{key} asks for {{{sorted(asked & set(MAY_LACK))[0]}}}")
        for hole in sorted(asked - uses):
            yield Gap("variable", locale, f"{key} asks for {{{hole}}}")


@lru_cache(maxsize=256)
def _of_structure(message: str) -> tuple[Gap, ...]:
    unknown = unknown_variables(structure(message).html, LOCALES[0], dict.fromkeys([*GIVEN, *NAMES]))
    return tuple(Gap("variable", "", f"the structure reads {{{{ {name} }}}}") for name in unknown)
