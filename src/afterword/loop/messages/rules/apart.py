"""Names and titles that run the other way than the text around them, set apart from it (U+2068 … U+2069), so that neither turns the other.

Texts that ship do so with every hole they fill; here it is done for templates that a shop wrote, which name values directly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .catalogues import Catalogue, isolated

# What is no language: it is followed, scanned or compared, never read.
DUMB = frozenset({"id", "email", "zone", "currency", "language", "life", "product_id", "tracking_number", "code"})
_ANY = re.compile("[^\x00-\x7f]")


class Apart(str):
    """A text that is set apart. It equals what was there before, so that a template that asks for a name still finds it."""

    __slots__ = ("bare",)
    bare: str

    @classmethod
    def of(cls, text: str, around: str) -> str:
        """The text, set apart where it runs the other way."""
        made = isolated(text, around)
        if made == text:
            return text
        apart = cls(made)
        apart.bare = text
        return apart

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other) is True or (isinstance(other, str) and str.__eq__(self.bare, other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def set_apart(context: Mapping[str, Any], words: Catalogue) -> dict[str, Any]:
    """The context of a message in a language, what runs the other way set apart; the same values wherever nothing does."""
    around = "\u05d0" if words.babel.character_order == "right-to-left" else "a"
    return {name: _apart(value, name, around) for name, value in context.items()}


def _apart(value: Any, name: str, around: str) -> Any:
    if isinstance(value, str):
        dumb = name in DUMB or name.endswith(("url", "_at", "_on")) or not _ANY.search(value)
        return value if dumb else Apart.of(value, around)
    if isinstance(value, Mapping):
        return {key: _apart(one, str(key), around) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_apart(one, name, around) for one in value]
    return value


def bare(text: str) -> str:
    """A text without the marks that set it apart: for what a machine reads."""
    return text.replace("\u2068", "").replace("\u2069", "")
