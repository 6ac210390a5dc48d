"""A store's brand, dressed for letters: its own fields, and what follows from them: the mark, readable colours, a stack of fonts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache

from afterword.kernel.errors import Refused
from afterword.loop.accounts.types import Brand, Type

PAGE, PAGE_DARK = "#fbfaf8", "#191816"
_KEPT = tuple(field.name for field in fields(Brand))
_HEX = re.compile(r"^#[0-9a-f]{6}$")
_WIDE = "'Noto Sans Thai',Thonburi,'Leelawadee UI','Apple SD Gothic Neo','Malgun Gothic','Noto Sans KR'"
# What a letter is set in. Only faces that machines have: nothing is fetched, and each stack ends in faces for Thai and Korean.
STACKS: Mapping[Type, str] = {
    "humanist": f"'Source Sans 3','Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',{_WIDE},sans-serif",
    "system": f"system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','Noto Sans',Arial,{_WIDE},sans-serif",
    "serif": (
        "'Iowan Old Style','Palatino Linotype',Palatino,'URW Palladio L',P052,Georgia,'Noto Serif','Noto Serif Thai',"
        f"'Noto Serif KR','Nanum Myeongjo',AppleMyungjo,Batang,{_WIDE},serif"
    ),
    "rounded": (
        f"ui-rounded,'SF Pro Rounded','Hiragino Maru Gothic ProN','Arial Rounded MT Bold',Nunito,Quicksand,'Noto Sans',{_WIDE},sans-serif"
    ),
}


class NotAColour(Refused):
    """“{colour}” is not a colour. Write six hexadecimal digits, such as #1f4e9c."""


def font_stack(type: Type) -> str:
    """The families that this type stands for, as CSS wants them."""
    return STACKS[type]


@dataclass(frozen=True)
class Dress:
    """What a letter wears: the store's name, and its brand as it is kept."""

    name: str
    brand: Brand

    def worn(self) -> dict[str, str]:
        """All values a template reads under `brand`: the stored fields by their names, the colours worked out for light and dark."""
        kept = {name: str(getattr(self.brand, name)) for name in _KEPT}
        return {**kept, "name": self.name, "initials": initials(self.name), "stack": font_stack(self.brand.type), **self._colours()}

    def _colours(self) -> dict[str, str]:
        return palette(self.brand.colour.lower())


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
