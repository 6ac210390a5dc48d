"""A letter as PDF: A4 after DIN 5008 form B, for a DL or C5/6 envelope with a window; every font it needs inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from fontTools.ttLib import TTCollection, TTFont

from ..types import CannotSay

if TYPE_CHECKING:
    from fpdf import FPDF  # it brings libraries for pictures along, so it is loaded where a paper is drawn

# Millimetres. The window shows 85 by 45 from (20, 45): a line of whence it comes, and up to six of where it goes.
LEFT, RIGHT, WINDOW_TOP, WINDOW_WIDTH, TEXT_TOP = 25.0, 20.0, 45.0, 80.0, 103.4
FOLDS, HOLE = (105.0, 210.0), 148.5
MOST_LINES = 6
PLACES = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts")
FAMILIES = (
    ("sans", "NotoSans-Regular.ttf"), ("thai", "NotoSansThai-Regular.ttf"), ("cjk", "NotoSansCJK-Regular.ttc"),
    ("arabic", "NotoSansArabic-Regular.ttf"), ("hebrew", "NotoSansHebrew-Regular.ttf"),
)  # fmt: skip
KOREAN = 1  # which of the faces in the collection of Noto Sans CJK


@dataclass(frozen=True)
class Sheet:
    """What a letter says. `to` and `whence` in lines."""

    to: Sequence[str]
    whence: str
    day: str
    title: str
    text: str
    sender: str


@lru_cache(maxsize=8)
def fonts(folder: str = "") -> dict[str, Path]:
    """The fonts that are found, by family: in the folder that was set, else where systems keep theirs."""
    roots = [Path(folder)] if folder else [Path(place) for place in PLACES]
    there = {path.name: path for root in roots if root.is_dir() for path in root.rglob("NotoSans*")}
    return {family: there[name] for family, name in FAMILIES if name in there}


@lru_cache(maxsize=16)
def _known(path: Path) -> frozenset[int]:
    font = TTCollection(str(path)).fonts[KOREAN] if path.suffix == ".ttc" else TTFont(str(path))
    return frozenset(font.getBestCmap())


def written_by(folder: str = "") -> frozenset[int]:
    """All signs that any of the fonts has. Whoever would rather leave a sign out than the whole paper asks for these first."""
    return frozenset().union(*(_known(path) for path in fonts(folder).values()))


def needed(said: str, folder: str = "", *, paper: str = "A letter") -> dict[str, Path]:
    """The fonts that this text needs, by family, the first being the one that is written in. Raises CannotSay where one is missing."""
    found = fonts(folder)
    if "sans" not in found:
        raise CannotSay(provider=paper, fault="the fonts Noto Sans are not installed (Debian: fonts-noto-core, fonts-noto-cjk)")
    characters = {ord(c) for c in said if not c.isspace() and c.isprintable()}
    foreign = characters - _known(found["sans"])
    families = [family for family, path in found.items() if family == "sans" or foreign & _known(path)]
    if missing := characters - frozenset().union(*(_known(found[family]) for family in families)):
        raise CannotSay(provider=paper, fault=f"no font has “{chr(min(missing))}”")
    return {family: found[family] for family in families}


def opened(found: dict[str, Path], *, title: str, author: str) -> FPDF:
    """A document of A4 sheets that is written in these fonts, every language shaped as it is read. It has no page yet."""
    from fpdf import FPDF

    page = FPDF(format="A4", unit="mm")
    for family, path in found.items():
        page.add_font(family, "", str(path), collection_font_number=KOREAN if path.suffix == ".ttc" else 0)
    page.set_fallback_fonts([family for family in found if family != "sans"])
    page.set_text_shaping(True)
    page.set_title(title)
    page.set_author(author)
    return page


def pdf(sheet: Sheet, folder: str = "") -> bytes:
    """The letter. Raises CannotSay where a font is missing, a character has none, or the address is too long for the window."""
    if len(sheet.to) > MOST_LINES:
        raise CannotSay(provider="A letter", fault=f"the address has {len(sheet.to)} lines, and the window shows {MOST_LINES}")
    return _drawn(sheet, needed("".join((*sheet.to, sheet.whence, sheet.day, sheet.title, sheet.text, sheet.sender)), folder))


def _drawn(sheet: Sheet, found: dict[str, Path]) -> bytes:
    page = opened(found, title=sheet.title, author=sheet.sender)
    page.set_margins(LEFT, 20, RIGHT)
    page.set_auto_page_break(True, 25)
    page.add_page()
    for mark, length in ((FOLDS[0], 4), (FOLDS[1], 4), (HOLE, 6)):
        page.set_line_width(0.15)
        page.line(4, mark, 4 + length, mark)
    page.set_font("sans", size=7)
    page.set_xy(LEFT, WINDOW_TOP + 9)
    page.cell(WINDOW_WIDTH, 4, sheet.whence)
    page.set_font("sans", size=11)
    for n, line in enumerate(sheet.to):
        page.set_xy(LEFT, WINDOW_TOP + 15 + n * 5)
        while page.get_string_width(line) > WINDOW_WIDTH and page.font_size_pt > 7:
            page.set_font_size(page.font_size_pt - 0.5)
        page.cell(WINDOW_WIDTH, 5, line)
        page.set_font_size(11)
    page.set_xy(LEFT, TEXT_TOP - 10)
    page.cell(0, 5, sheet.day, align="R")
    page.set_xy(LEFT, TEXT_TOP)
    page.set_font_size(13)
    page.multi_cell(0, 6.5, sheet.title, align="L")
    page.ln(4)
    page.set_font_size(11)
    page.multi_cell(0, 5.6, sheet.text, align="L")
    page.ln(6)
    page.cell(0, 5.6, sheet.sender)
    return bytes(page.output())
