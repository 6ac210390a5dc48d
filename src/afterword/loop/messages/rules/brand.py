"""The brand kit of a store: name, mark, sender, address, and one colour with the colours that can be read on and beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from afterword.kernel.errors import Refused

PAGE, PAGE_DARK = "#fbfaf8", "#191816"
_HEX = re.compile(r"^#[0-9a-f]{6}$")


class NotAColour(Refused):
    """“{colour}” is not a colour. Write six hexadecimal digits, such as #1f4e9c."""


@dataclass(frozen=True)
class Brand:
    """What a store looks like and who it is.

    `colour` is the one the shop chose. `sender_name` and `sender` stand in From; `reply_to` may be empty. `postal_line` is
    the address the law wants under every mail. `logo` is the address of a picture, `logo_alt` its words.
    """

    name: str
    colour: str = "#1f4e9c"
    sender: str = ""
    sender_name: str = ""
    reply_to: str = ""
    postal_line: str = ""
    address_url: str = ""
    logo: str = ""
    country: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any] | Brand) -> Brand:
        """From a dict, whose unknown entries are let be."""
        if isinstance(given, Brand):
            return given
        known = cls.__dataclass_fields__
        return cls(**{name: value for name, value in given.items() if name in known})

    def dressed(self) -> dict[str, str]:
        """All values a template reads under `brand`, the colours worked out for light and dark."""
        return {**asdict(self), "initials": initials(self.name), **palette(self.colour.lower())}


def initials(name: str) -> str:
    """What stands in the mark: `Lut & Boabe` → `L&B`."""
    words = name.split()
    if len(words) == 1:
        return words[0][:1] if words[0][0] >= "\u1100" else words[0][:2]  # one sign of the wide scripts is enough
    return "".join(w[0] for w in words if w[0].isalnum() or w[0] == "&")[:3]


def luminance(colour: str) -> float:
    """WCAG relative luminance, 0 (black) to 1 (white)."""
    if not _HEX.match(colour):
        raise NotAColour(colour=colour)
    r, g, b = (_linear(int(colour[n : n + 2], 16) / 255) for n in (1, 3, 5))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _mixed(colour: str, towards: str, share: float) -> str:
    parts = ((int(colour[n : n + 2], 16), int(towards[n : n + 2], 16)) for n in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def readable(colour: str, ground: str, least: float = 4.5) -> str:
    """The colour, darkened or lightened just as far as text on this ground needs."""
    towards = "#000000" if luminance(ground) > 0.179 else "#ffffff"
    for step in range(21):
        tried = _mixed(colour, towards, step / 20)
        if contrast(tried, ground) >= least:
            return tried
    return towards


@lru_cache(maxsize=256)
def palette(colour: str) -> dict[str, str]:
    """Fill, text on it and text in the brand's colour, for light and dark."""
    luminance(colour)  # refuses what is no colour
    dark = readable(colour, PAGE_DARK, 6.0)
    return {
        "fill": colour, "on_fill": "#ffffff" if contrast("#ffffff", colour) >= contrast("#000000", colour) else "#000000",
        "ink": readable(colour, PAGE, 5.0), "fill_dark": dark,
        "on_fill_dark": "#ffffff" if contrast("#ffffff", dark) >= contrast("#000000", dark) else "#000000",
        "ink_dark": readable(colour, PAGE_DARK, 8.0),
    }  # fmt: skip
