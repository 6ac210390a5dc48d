"""From a structure (MJML with Liquid in it) to two Liquid templates: HTML with its styles in place, and readable text.

Done once, at publication. Liquid is put aside while MJML and CSS are compiled, because an HTML parser moves text that
stands between table rows; it comes back word for word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

import css_inline
import mrml

from .liquid import BadTemplate

_LIQUID = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_INCLUDE = re.compile(r'<mj-include\s+path="([\w/.-]+)"\s*/>')
_INLINE = re.compile(r'<mj-style\s+inline="inline">(.*?)</mj-style>', re.DOTALL)
_MARK = re.compile(r"<!--LQ(\d+)-->|LQ(\d+)Z")
_OPEN_TAG = re.compile(r"<[^<>]*$")
_INDENT, _LAID_OUT = re.compile(r"[ \t]*\n\s*"), re.compile(r"<(pre|textarea)\b|white-space\s*:\s*(pre|break-spaces)")
DEAF = ("mj-head", "head", "title", "style", "script")
BLOCKS = ("div", "table", "h3", "h4", "h5", "h6", "ul", "ol", "section", "article", "header", "footer", "blockquote")


@dataclass(frozen=True)
class Compiled:
    """Two Liquid templates made from one structure."""

    html: str
    text: str


def compile_structure(source: str, block: Callable[[str], str], key: str) -> Compiled:
    """Compile a structure. `block(name)` gives the source of an included block; `'@.` stands for the message's own key."""
    whole = expand(source, block).replace("'@.", f"'{key}.")
    inline = "\n".join(_INLINE.findall(whole))
    whole = _INLINE.sub("", whole)
    pieces: list[str] = []
    kept = _put_aside(whole, pieces)
    try:
        # An empty table of fonts: a mail loads nothing from elsewhere.
        html = mrml.to_html(kept, render_options=mrml.RenderOptions(fonts={})).content
    except OSError as error:
        raise BadTemplate(fault=str(error)) from error
    if inline.strip():
        inliner = css_inline.CSSInliner(inline_style_tags=False, keep_style_tags=True, load_remote_stylesheets=False, extra_css=inline)
        html = inliner.inline(html)
    return Compiled(_bring_back(_close(html), pieces), _bring_back(text_of(kept), pieces))


def _close(html: str) -> str:
    """The same without its indentation: what is laid out by nobody is not sent, signed and kept a million times."""
    return html if _LAID_OUT.search(html) else _INDENT.sub("\n", html)


def compile_page(source: str, key: str) -> Compiled:
    """Compile a message that is HTML already, as those of other shops are: its styles in place, and readable text made of it."""
    pieces: list[str] = []
    kept = _put_aside(source.replace("'@.", f"'{key}."), pieces)
    inliner = css_inline.CSSInliner(inline_style_tags=True, keep_style_tags=True, load_remote_stylesheets=False)
    try:
        html = inliner.inline(kept)
    except css_inline.InlineError as error:
        raise BadTemplate(fault=str(error)) from error
    return Compiled(_bring_back(html, pieces), _bring_back(text_of(kept, page=True), pieces))


def expand(source: str, block: Callable[[str], str], depth: int = 0) -> str:
    """The source with every `<mj-include path="…"/>` replaced by its block."""
    if depth > 8:
        raise BadTemplate(fault="blocks include each other in a circle")
    return _INCLUDE.sub(lambda found: expand(block(found.group(1)), block, depth + 1), source)


def _put_aside(source: str, pieces: list[str]) -> str:
    def aside(found: re.Match[str]) -> str:
        if found.group(0) not in known:  # the same words have the same mark, so that a link that shows its address is known as one
            known[found.group(0)] = len(pieces)
            pieces.append(found.group(0))
        mark = known[found.group(0)]
        in_tag = _OPEN_TAG.search(source, max(0, found.start() - 2000), found.start()) is not None
        return f"LQ{mark}Z" if in_tag or found.group(0).startswith("{{") else f"<!--LQ{mark}-->"

    known: dict[str, int] = {}

    return _LIQUID.sub(aside, source)


def _bring_back(text: str, pieces: list[str]) -> str:
    return _MARK.sub(lambda found: pieces[int(found.group(1) or found.group(2))], text)


@dataclass
class _Teller(HTMLParser):
    """Reads MJML and keeps what a person without pictures would want to read."""

    said: list[str] = field(default_factory=list)
    link: str = ""
    deaf: int = 0
    hidden: bool = False
    page: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in DEAF:
            self.deaf += 1
        elif self.page and tag in BLOCKS:
            self.said.append("\n")
        elif self.page and tag == "img" and given.get("alt"):
            self.said.append(f" {given['alt']} ")
        elif tag == "td" and given.get("aria-hidden") == "true":
            self.hidden = True
            self.deaf += 1
        elif tag in ("br", "tr", "p", "h1", "h2", "li"):
            self.said.append("\n")
        elif tag == "td":
            self.said.append("  ")
        elif tag in ("a", "mj-button"):
            self.link = given.get("href", "")
        elif tag == "mj-divider":
            self.said.append("\n----\n")
        elif tag == "mj-image" and given.get("alt") and given.get("css-class") != "beside":  # its words stand beside it
            self.said.append(f"\n{given['alt']}\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in DEAF:
            self.deaf -= 1
        elif tag == "td" and self.hidden:
            self.hidden = False
            self.deaf -= 1
        elif tag in ("a", "mj-button") and self.link:
            if tag == "mj-button" or "".join(self.said[-1:]).strip() != self.link:
                self.said.append(f"\n{self.link}\n" if tag == "mj-button" else f": {self.link} ")
            self.link = ""
        if self.page and tag in BLOCKS:
            self.said.append("\n")
        if tag in ("mj-text", "mj-button", "mj-table", "mj-section"):
            self.said.append("\n\n" if tag != "mj-section" else "\n")

    def handle_data(self, data: str) -> None:
        if not self.deaf:
            self.said.append(re.sub(r"\s+", " ", data))

    def handle_comment(self, data: str) -> None:
        if not self.deaf and data.startswith("LQ"):
            self.said.append(f"<!--{data}-->")


def text_of(kept: str, *, page: bool = False) -> str:
    """The text part of a structure, or of a whole page, whose Liquid was put aside."""
    teller = _Teller(page=page)
    teller.feed(kept)
    teller.close()
    return unescape("".join(teller.said))


_WIDE = re.compile(r"[ \t]{3,}")


def tidy(text: str) -> str:
    """A rendered text part without ragged blanks: no trailing spaces, never more than one empty line."""
    text = "\n".join([line.strip(" \t\xa0") for line in text.split("\n")])
    if "   " in text or "\t" in text:
        text = _WIDE.sub("  ", text)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip() + "\n"
