"""What can be read off a source: names nobody gives, what may be missing and says nothing else, pictures without words, its links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from liquid.exceptions import LiquidError

from .gaps import GIVEN
from .liquid import environment
from .shopify import NAMES, OF_ORDERS

# What a message may have to do without. Their whole path, or the beginning of it with a dot.
UNSURE = (
    "customer.first_name", "customer.last_name", "customer.full_name", "customer.name", "order.number", "order.placed_at",
    "order.promised_", "order.delivered_at", "order.address", "order.discount_minor", "shipment.", "product.title", "product.url",
    "score", "scale", "days", "fulfillment.", "shipping_address.", "billing_address.", "gift_card.", "cancel_reason", "note",
)  # fmt: skip
_TOKEN = re.compile(r"\{%-?\s*(?P<tag>\w+)(?P<rest>.*?)-?%\}|\{\{-?\s*(?P<out>.*?)-?\}\}", re.DOTALL)
_PATH = re.compile(r"[A-Za-z_][\w.]*")
_OPENING, _CLOSING = ("if", "unless", "case", "for"), ("endif", "endunless", "endcase", "endfor")
_ADDRESS = re.compile(r"""\b(?:href|src)\s*=\s*["'](https?://[^"'{}<>\s]+)["']""", re.IGNORECASE)
_PICTURE = re.compile(r"<(?:mj-image|img)\b[^<>]*>", re.IGNORECASE)
_SHOUTING = re.compile(r"<\s*(script|iframe|object|embed|form|input|video|audio)\b|\son\w+\s*=|javascript:", re.IGNORECASE)
MOST_BUTTONS = 2


def broken_line(source: str, locale: str) -> int | None:
    """The line at which the Liquid of a source is not understood; None where it is."""
    try:
        environment(locale, html=True).from_string(source)
    except LiquidError as error:
        token = error.token
        return source.count("\n", 0, token.start_index) + 1 if token is not None and token.start_index >= 0 else 1
    return None


def unknown(source: str, locale: str) -> Iterator[tuple[int, str]]:
    """Names that no message has, each where it is first read: (line, name)."""
    try:
        read = environment(locale, html=True).from_string(source).analyze().globals
    except LiquidError:
        return
    for name, places in read.items():
        if name not in GIVEN and name not in NAMES:
            yield source.count("\n", 0, max(0, min(place.span.index for place in places))) + 1, name


def unguarded(source: str) -> Iterator[tuple[int, str]]:
    """What is said as if it were always known: (line, name)."""
    asked: list[set[str]] = []
    for token in _TOKEN.finditer(source):
        tag, out = token.group("tag"), token.group("out")
        if tag in _OPENING:
            asked.append(set(_PATH.findall(token.group("rest"))))
        elif tag in ("elsif", "when") and asked:
            asked[-1] |= set(_PATH.findall(token.group("rest")))
        elif tag in _CLOSING and asked:
            asked.pop()
        elif out is not None:
            path = _PATH.match(out)
            if path and _unsure(path.group()) and "default" not in out and not _asked(path.group(), asked):
                yield source.count("\n", 0, token.start()) + 1, path.group()


ORDER_ROOTS = frozenset({"order", "shipment", "days"}) | OF_ORDERS
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")


def of_an_order(source: str, locale: str) -> Iterator[tuple[int, str]]:
    """What is said of an order or a parcel as if there were one, each where it is first said: (line, name).

    Whatever stands behind a question about any of it is let be: without an order it is not said.
    """
    try:
        free = environment(locale, html=True).from_string(source).analyze().globals
    except LiquidError:
        return
    roots, asked, seen = ORDER_ROOTS & set(free), list[bool](), set[str]()
    for token in _TOKEN.finditer(source) if roots else ():
        tag, words = token.group("tag"), _QUOTED.sub("", token.group("rest") or token.group("out") or "")
        if tag in _CLOSING and asked:
            asked.pop()
        paths = [path for path in _PATH.findall(words) if path.split(".")[0] in roots]
        if tag in _OPENING:
            asked.append((bool(paths) and tag != "for") or any(asked))
        if tag in (*_OPENING, "elsif", "when") and tag != "for":
            continue
        for path in paths if not any(asked) and not re.search(r"\|\s*default\s*:", words) else ():
            if path not in seen:
                seen.add(path)
                yield source.count("\n", 0, token.start()) + 1, path


def _unsure(path: str) -> bool:
    return any(path == one or (one[-1] in "._" and path.startswith(one)) for one in UNSURE)


def _asked(path: str, asked: list[set[str]]) -> bool:
    """Whether this, or the thing it belongs to, was asked for around it."""
    return any(path == one or path.startswith(f"{one}.") for group in asked for one in group)


def unescaped(source: str) -> Iterator[tuple[int, str]]:
    """What would let a customer's words become markup, or what no inbox runs: (line, what)."""
    for token in _TOKEN.finditer(source):
        if token.group("out") and re.search(r"\|\s*safe\b", token.group("out")):
            yield source.count("\n", 0, token.start()) + 1, "“safe” takes away the protection of what is printed"
    for found in _SHOUTING.finditer(source):
        what = (found.group(1) or found.group()).strip(" =").lower()
        yield source.count("\n", 0, found.start()) + 1, f"“{what}” has no place in a mail: inboxes take it out, or the whole mail"


def pictures(source: str) -> Iterator[tuple[int, str, str]]:
    """Pictures that say nothing where they are not shown: (line, what, how to mend)."""
    for found in _PICTURE.finditer(source):
        if not re.search(r"\balt\s*=", found.group()):
            line = source.count("\n", 0, found.start()) + 1
            yield line, "a picture without words", 'Add alt="…": what it shows, or alt="" if it only decorates.'


_SHOWN = re.compile(
    r"<(mj-text|mj-button|mj-table|mj-raw|mj-navbar-link|mj-accordion-title|mj-accordion-text|mj-social-element|mj-style|mj-title|mj-preview)\b"
    r"[^<>]*>.*?</\1\s*>|<!--.*?-->|\{%.*?%\}",
    re.DOTALL | re.IGNORECASE,
)


def stray(source: str) -> Iterator[tuple[int, str, str]]:
    """Words of MJML that stand in no text, so that nobody would see them: (line, what, how to mend); the first is enough."""
    if "<mj-" not in source:
        return
    left = re.sub(r"<[^<>]*>", _blank, _SHOWN.sub(_blank, source))
    if found := re.search(r"\S+", left):
        line = left.count("\n", 0, found.start()) + 1
        yield line, "it stands in no text, so nobody would see it", "Put it between <mj-text> and </mj-text>."


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found.group())


def addresses(source: str) -> Iterator[tuple[int, str]]:
    """The literal addresses of links and pictures: (line, address)."""
    for found in _ADDRESS.finditer(source):
        yield source.count("\n", 0, found.start()) + 1, found.group(1).replace("&amp;", "&")


class _Page(HTMLParser):
    """Counts what a page shows: words, pictures, buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.signs = self.pictures = self.buttons = self.deaf = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("head", "style", "title"):
            self.deaf += 1
        elif tag == "img" and given.get("width") != "1":
            self.pictures += 1
        elif tag == "td" and re.search(r"(^|\s)(button|button__cell)(\s|$)", given.get("class", "")):
            self.buttons += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("head", "style", "title"):
            self.deaf -= 1

    def handle_data(self, data: str) -> None:
        if not self.deaf:
            self.signs += len(data.strip())


def of_page(html: str) -> Iterator[tuple[str, str]]:
    """What is odd about a rendered page as a whole: (what, how to mend)."""
    page = _Page()
    page.feed(html)
    if page.pictures and page.signs < 200:
        yield "it is nearly all pictures", "Say it in words too: many inboxes show no pictures, and filters distrust such mails."
    if page.buttons > MOST_BUTTONS:
        what = f"it asks for {page.buttons} things at once, by as many buttons"
        yield what, "Keep one button for what matters; make links of the others."
