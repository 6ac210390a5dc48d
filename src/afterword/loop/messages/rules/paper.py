"""A paper that travels with a mail: the summary of an order, or of a refund, in the customer's language. What it says, and how it is drawn.

It says what the order says and is no invoice: only the shop's own books can write one. Where a tax is known it is shown, as part of
the total where the sums say that it is within, else beside the goods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from .brand import Dress, palette
from .catalogues import Catalogue
from .liquid import address_lines, local_day, spoken_day, spoken_money

if TYPE_CHECKING:
    from fpdf import FPDF  # it brings libraries for pictures along, so it is loaded where a paper is drawn

Kind = Literal["invoice", "credit"]
MOST_LINES = 400
# Millimetres of an A4 sheet.
EDGE, TOP, BOTTOM, WIDE = 20.0, 18.0, 24.0, 170.0
COLUMNS = (108, 24, 38)
INK, FAINT, RULE = (36, 33, 29), (89, 84, 76), (213, 208, 199)


@dataclass(frozen=True)
class Summary:
    """What a paper says, in words that are ready to print. A sum that is `True` is the one that counts."""

    title: str
    number: str
    facts: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, tuple[str, ...]], ...]
    heads: tuple[str, str, str]
    lines: tuple[tuple[str, str, str], ...]
    more: str
    sums: tuple[tuple[str, str, bool], ...]
    note: str
    seller: tuple[str, ...]
    shop: str
    right_to_left: bool = False

    @property
    def said(self) -> str:
        """Every sign that is to be printed."""
        parts: list[str] = [self.title, self.number, *self.heads, self.more, self.note, self.shop, *self.seller, "0123456789/ "]
        parts += [text for pair in self.facts for text in pair]
        parts += [text for name, lines in self.places for text in (name, *lines)]
        parts += [text for line in self.lines for text in line] + [text for name, amount, _ in self.sums for text in (name, amount)]
        return "".join(parts)


class _Now:
    """Gives a template's `now` to what asks for words of days; papers never ask."""

    def resolve(self, _name: str) -> None:
        return None


def summary(kind: Kind, order: Mapping[str, Any], words: Catalogue, dress: Dress, zone: str) -> Summary:
    """What the paper says of an order (as `orders.letters` gives it), for a message of this kind."""
    code, language = str(order.get("currency") or ""), str(words.babel)

    def money(minor: Any) -> str:
        return spoken_money(int(minor), code, language) if minor is not None and code else ""

    def day(at: Any) -> str:
        return spoken_day(local_day(at, _Now(), zone), "full", words)

    number = str(order.get("number") or "")
    placed = day(order.get("placed_at"))
    lines = list(order.get("lines") or ())
    left_out = len(lines) - MOST_LINES
    return Summary(
        title=words.say("paper.credit" if kind == "credit" else "paper.title", {}),
        number=words.say("lines.title", {"number": number}),
        facts=((words.say("paper.placed", {}), placed),) if placed else (),
        places=tuple(_places(order, words)),
        heads=tuple(words.say(f"paper.{name}", {}) for name in ("what", "quantity", "amount")),  # type: ignore[arg-type]
        lines=tuple(_line(line, money) for line in lines[:MOST_LINES]),
        more=words.say("lines.more", {}, left_out) if left_out > 0 else "",
        sums=tuple(_sums(order, words, money, day)),
        note=words.say("paper.not_invoice", {}),
        seller=tuple(_seller(dress)),
        shop=dress.name,
        right_to_left=words.babel.character_order == "right-to-left",
    )


def _line(line: Mapping[str, Any], money: Callable[[Any], str]) -> tuple[str, str, str]:
    title = ", ".join(part for part in (str(line.get("title") or ""), str(line.get("variant") or "")) if part)
    return " ".join(title.split()), str(line.get("quantity") or 1), money(line.get("total_minor"))


def _places(order: Mapping[str, Any], words: Catalogue) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Where it goes, and who pays, once where both are the same."""
    found: list[tuple[str, ...]] = []
    for key, name in (("shipping_address", "paper.to"), ("billing_address", "paper.bill")):
        given = dict(order.get(key) or {})
        given |= {"postcode": given.get("postal_code") or given.get("postcode"), "name": given.get("name") or order.get("full_name")}
        lines = tuple(address_lines(given, words.babel.language)) if order.get(key) else ()
        if lines and lines not in found:
            found.append(lines)
            yield words.say(name, {}), lines


def _sums(
    order: Mapping[str, Any], words: Catalogue, money: Callable[[Any], str], day: Callable[[Any], str]
) -> Iterable[tuple[str, str, bool]]:
    """What is added up beneath the lines; nothing that is not known."""
    total, tax = order.get("total_minor"), order.get("tax_minor")
    discount, shipping = order.get("discount_minor") or 0, order.get("shipping_minor")
    beside = bool(tax) and tax_is_beside(order)
    if discount:
        yield words.say("lines.discount", {}), f"−{money(discount)}", False
    if shipping is not None:
        yield words.say("lines.shipping", {}), money(shipping), False
    if beside:
        yield words.say("paper.tax", {}), money(tax), False
    if total is not None:
        yield words.say("lines.total", {}), money(total), True
    if tax and not beside:
        yield words.say("paper.taxed", {}), money(tax), False
    for refund in order.get("refunds") or ():
        yield words.say("paper.refunded", {"day": day(refund.get("at"))}), f"−{money(refund.get('amount_minor'))}", True


def tax_is_beside(order: Mapping[str, Any]) -> bool:
    """Whether goods, delivery and tax make up the total, so that the tax is not within the prices of the goods."""
    lines = [line.get("total_minor") for line in order.get("lines") or ()]
    if not lines or None in lines:
        return False
    goods = sum(int(one) for one in lines if one is not None) - (order.get("discount_minor") or 0) + (order.get("shipping_minor") or 0)
    return bool(goods + (order.get("tax_minor") or 0) == order.get("total_minor"))


def _seller(dress: Dress) -> Iterable[str]:
    """Who sells: as the shop's legal details say, else its name and postal address."""
    said = dress.brand.legal.strip() or dress.name
    yield from (line.strip() for line in said.splitlines() if line.strip())
    yield from (line.strip() for line in dress.brand.postal_address.splitlines() if line.strip())


def drawn(paper: Summary, page: FPDF, colour: str, at: datetime) -> bytes:
    """The paper on sheets that were opened with fonts for all it says. The same paper gives the same bytes."""
    page.set_creation_date(at)
    page.set_margins(EDGE, TOP, EDGE)
    page.set_auto_page_break(True, BOTTOM)
    page.add_page()
    _head(page, paper, colour)
    _addresses(page, paper)
    _table(page, paper)
    _foot(page, paper)
    _seals(page, paper)
    return bytes(page.output())


def _written(page: FPDF, text: str, size: float, ink: tuple[int, int, int] = INK, *, height: float = 0.0, align: str = "L") -> None:
    page.set_font("sans", size=1)  # a text in another font leaves its size behind, so the size is said anew
    page.set_font("sans", size=size)
    page.set_text_color(*ink)
    page.multi_cell(WIDE, height or size * 0.5, text, align=align, new_x="LMARGIN", new_y="NEXT")


def _head(page: FPDF, paper: Summary, colour: str) -> None:
    """The shop, a rule in its colour, what this is, of which order, of which day."""
    ink = palette(colour.lower())["ink"]
    red, green, blue = (int(ink[n : n + 2], 16) for n in (1, 3, 5))
    _written(page, paper.shop, 13)
    page.set_draw_color(red, green, blue)
    page.set_line_width(0.6)
    page.line(EDGE, page.get_y() + 2, EDGE + WIDE, page.get_y() + 2)
    page.ln(9)
    _written(page, paper.title, 22)
    page.ln(2)
    _written(page, paper.number, 12)
    for name, value in paper.facts:
        _written(page, f"{name}: {value}", 10, FAINT)
    page.ln(6)


def _addresses(page: FPDF, paper: Summary) -> None:
    """The addresses, beside each other."""
    top = lowest = page.get_y()
    wide = WIDE / 2 - 5
    for place, (name, lines) in enumerate(paper.places):
        page.set_xy(EDGE + place * (wide + 10), top)
        page.set_font("sans", size=9)
        page.set_text_color(*FAINT)
        page.multi_cell(wide, 5, name, align="L", new_x="LEFT", new_y="NEXT")
        page.set_font("sans", size=10.5)
        page.set_text_color(*INK)
        page.multi_cell(wide, 5.4, "\n".join(lines), align="L", new_x="LEFT", new_y="NEXT")
        lowest = max(lowest, page.get_y())
    page.set_xy(EDGE, lowest + (8 if paper.places else 0))


def _table(page: FPDF, paper: Summary) -> None:
    """The lines, their heads again on every sheet, and the sums beneath."""
    from fpdf.fonts import FontFace

    page.set_draw_color(*RULE)
    page.set_line_width(0.2)
    page.set_font("sans", size=10.5)
    page.set_text_color(*INK)
    heads = FontFace(emphasis="", color=FAINT, size_pt=9)
    strong = FontFace(emphasis="", color=INK, size_pt=12)
    with page.table(
        width=WIDE, col_widths=COLUMNS, text_align=("LEFT", "RIGHT", "RIGHT"), borders_layout="HORIZONTAL_LINES", line_height=5.6,
        headings_style=heads, padding=(1.6, 0, 1.6, 0), align="LEFT",
    ) as table:  # fmt: skip
        for cells in (paper.heads, *paper.lines, *((paper.more, "", "") for _ in range(bool(paper.more)))):
            row = table.row()
            for text in cells:
                row.cell(text)
        for name, amount, counts in paper.sums:
            row = table.row()
            row.cell(name, colspan=2, align="LEFT", style=strong if counts else None)
            row.cell(amount, align="RIGHT", style=strong if counts else None)


def _foot(page: FPDF, paper: Summary) -> None:
    """What this is not; and who sells."""
    page.ln(8)
    if page.get_y() > page.h - BOTTOM - 8 - 5 * len(paper.seller):
        page.add_page()
    _written(page, paper.note, 9.5, FAINT, height=5)
    page.ln(3)
    for line in paper.seller:
        _written(page, line, 9.5, FAINT, height=5)


def _seals(page: FPDF, paper: Summary) -> None:
    """Which sheet of how many, at the end of each, where there are several."""
    many = page.pages_count
    if many == 1:
        return
    page.set_auto_page_break(False)
    page.set_font("sans", size=9)
    page.set_text_color(*FAINT)
    for n in range(1, many + 1):
        page.page = n
        page.set_xy(EDGE, -16)
        page.cell(WIDE, 5, f"{paper.number}    {n} / {many}", align="R")


def file_name(kind: Kind, own: bool, number: str) -> str:
    """What the file is called: `invoice-24971.pdf`. Only signs that every machine can write."""
    name = ("credit-note" if kind == "credit" else "invoice") if own else ("refund" if kind == "credit" else "order")
    plain = "".join(sign for sign in number if sign.isascii() and (sign.isalnum() or sign in "-_"))[:40]
    return f"{name}-{plain}.pdf" if plain else f"{name}.pdf"
