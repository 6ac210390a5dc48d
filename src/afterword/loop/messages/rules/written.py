"""A message that a shop wrote, for one person: its structure compiled, its lines and its two parts rendered.

A body may be three things: whole MJML (`<mjml>…`), the sections of it alone (`<mj-section>…`: head, header and footer are put
around it), or HTML, such as a notification template of Shopify's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from liquid import BoundTemplate
from liquid.exceptions import LiquidError
from markupsafe import escape

from afterword.loop.accounts.types import Type

from .apart import set_apart
from .brand import Dress
from .links import Links
from .liquid import BadTemplate, checked, environment_of
from .mjml import Compiled, compile_page, compile_structure
from .render import Rendered, finished, read_by, seen_in, settled_in
from .shopify import with_variables
from .wording import PARTS, Wording, said, spoken_words

Form = Literal["mjml", "sections", "html"]
FRAME = """<mjml lang="{{ locale }}" dir="{{ direction }}">
<mj-include path="head"/>
<mj-body width="600px" css-class="page" background-color="#fbfaf8">
%s
</mj-body>
</mjml>"""
# A literal address of a link: it is counted and marked like those that templates make.
_LITERAL = re.compile(r"""(<(?:a|mj-button)\b[^<>]*?\bhref=")(https?://[^"{}<>]+)(")""", re.IGNORECASE)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_END = re.compile(r"</body\s*>", re.IGNORECASE)
HIDDEN = '<div style="display:none;max-height:0;overflow:hidden;mso-hide:all;">{}</div>'
POINT = '<img src="{}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0;">'


def form_of(body: str) -> Form:
    """What a body is."""
    if re.search(r"<mjml\b", body, re.IGNORECASE):
        return "mjml"
    return "sections" if re.search(r"<mj-(?:section|wrapper|hero|include|raw)\b", body, re.IGNORECASE) else "html"


def shipped_source(key: str) -> str:
    """The structure of a message that ships, as it is written."""
    return files("afterword.loop.messages").joinpath("templates", f"{key}.mjml").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def shipped_blocks() -> dict[str, str]:
    """The blocks that ship, by name."""
    root = files("afterword.loop.messages").joinpath("templates", "blocks")
    return {one.name.removesuffix(".mjml"): one.read_text(encoding="utf-8") for one in sorted(root.iterdir(), key=lambda one: one.name)}


def block_of(blocks: Mapping[str, str], name: str) -> str:
    """The source of a block: the shop's own of this name, else the one that ships. Raises BadTemplate."""
    found = blocks.get(name) or shipped_blocks().get(name)
    if found is None:
        raise BadTemplate(fault=f"there is no block called “{name}”")
    return found


_INCLUDED = re.compile(r'<mj-include\s+path="([\w/.-]+)"\s*/>')


def included(wording: Wording, own: Mapping[str, str]) -> frozenset[str]:
    """The blocks that a message includes, in any language, directly or through another block."""
    found: set[str] = set()
    open_ends = [variant.body for variant in wording.variants.values()]
    if wording.ships:
        open_ends.append(shipped_source(wording.key))
    while open_ends:
        for name in _INCLUDED.findall(whole(open_ends.pop())):
            if name not in found:
                found.add(name)
                open_ends.append(own.get(name) or shipped_blocks().get(name) or "")
    return frozenset(found)


OFFERS = ("products", "referral", "meeting")


@lru_cache(maxsize=256)
def offers_of(wording: Wording) -> frozenset[str]:
    """Which of OFFERS a message shows, in any language, itself or by a block: those that must be looked up for it."""
    sources = [getattr(variant, part) for variant in wording.variants.values() for part in PARTS]
    sources += [wording.blocks.get(name) or shipped_blocks().get(name) or "" for name in included(wording, wording.blocks)]
    return frozenset(name for name in OFFERS if any(re.search(rf"\b{name}\b", source) for source in sources))


def whole(body: str) -> str:
    """Sections with the frame of a message around them; what is whole already stays as it is."""
    if form_of(body) != "sections":
        return body
    named = [name if f'path="{name}"' not in body else "" for name in ("header", "footer")]
    header, footer = (f'<mj-include path="{name}"/>' if name else "" for name in named)
    return FRAME % f"{header}\n{body}\n{footer}"


@lru_cache(maxsize=256)
def compiled(wording: Wording, locale: str) -> Compiled:
    """The two templates of a message in a language. Raises BadTemplate."""
    spoken = said(wording, locale)
    body = spoken.body or (shipped_source(wording.key) if wording.ships else "")
    if not body.strip():
        raise BadTemplate(fault="nothing is written yet")
    if form_of(body) == "html":
        made = compile_page(_followed(body), wording.key)
    else:
        made = compile_structure(_followed(whole(body)), lambda name: _followed(block_of(wording.blocks, name)), wording.key)
    return Compiled(made.html, spoken.text.replace("'@.", f"'{wording.key}.")) if spoken.text.strip() else made


def _followed(source: str) -> str:
    return _LITERAL.sub(lambda found: f"{found.group(1)}{{{{ '{_plain(found.group(2))}' | tracked }}}}{found.group(3)}", source)


def _plain(address: str) -> str:
    return address.replace("&amp;", "&").replace("'", "%27")


@lru_cache(maxsize=512)
def _templates(wording: Wording, locale: str, colour: str, type: Type) -> tuple[BoundTemplate, BoundTemplate, BoundTemplate, BoundTemplate]:
    words, spoken = spoken_words(wording, locale), said(wording, locale)
    source = settled_in(compiled(wording, locale), words, colour, type)
    rich, plain = environment_of(words, html=True), environment_of(words, html=False)
    lines = (text.replace("'@.", f"'{wording.key}.") for text in (spoken.subject, spoken.preheader))
    try:
        subject, preheader = (plain.from_string(line) for line in lines)
        return subject, preheader, rich.from_string(source.html), plain.from_string(source.text)
    except LiquidError as error:
        raise BadTemplate(fault=str(error)) from error


def render_wording(wording: Wording, locale: str, context: Mapping[str, Any], dress: Dress, links: Links) -> Rendered:
    """A message that a shop wrote, for one person, in one of its languages. The context is described at the top of `render`."""
    _, _, html, text = _templates(wording, locale, dress.brand.colour, dress.brand.type)
    seen = lines_of(wording, locale, context, dress, links)
    try:
        rich, plain = (_rendered(template, seen) for template in (html, text))
    except LiquidError as error:
        raise BadTemplate(fault=str(error)) from error
    if form_of(said(wording, locale).body) == "html":
        rich = _completed(rich, seen)
    return finished(wording.kind, seen, rich, plain, context, dress, links, dated=wording.dated)


def proved(wording: Wording, locale: str) -> None:
    """Refuse a message that cannot be rendered in this language: its structure, its Liquid, its filters. Raises BadTemplate."""
    made, spoken = compiled(wording, locale), said(wording, locale)
    for source, rich in ((spoken.subject, False), (spoken.preheader, False), (spoken.short, False), (made.html, True), (made.text, False)):
        checked(source.replace("'@.", f"'{wording.key}."), locale, html=rich)


def lines_of(wording: Wording, locale: str, context: Mapping[str, Any], dress: Dress, links: Links) -> dict[str, Any]:
    """All that its templates read, with subject and preheader as they read for this person."""
    subject, preheader, _, _ = _templates(wording, locale, dress.brand.colour, dress.brand.type)
    words = spoken_words(wording, locale)
    seen = seen_in(wording.kind, words, context, dress, links) | set_apart(context, words)
    try:
        return seen | {"subject": _line(subject, seen), "preheader": _line(preheader, seen)}
    except LiquidError as error:
        raise BadTemplate(fault=str(error)) from error


@lru_cache(maxsize=256)
def _short_template(wording: Wording, locale: str) -> BoundTemplate | None:
    source = said(wording, locale).short.replace("'@.", f"'{wording.key}.")
    try:
        return environment_of(spoken_words(wording, locale), html=False).from_string(source) if source.strip() else None
    except LiquidError as error:
        raise BadTemplate(fault=str(error)) from error


def short_line(wording: Wording, locale: str, seen: Mapping[str, Any]) -> str:
    """What it says in few words, of its own or as it ships; empty where only its lines can say it. `seen` is of `lines_of`."""
    template, words = _short_template(wording, locale), spoken_words(wording, locale)
    if template is None:
        key = f"{wording.key}.short"
        return words.say(key, seen["words"]) if key in words.texts else ""
    try:
        return _line(template, seen)
    except LiquidError as error:
        raise BadTemplate(fault=str(error)) from error


def _rendered(template: BoundTemplate, seen: Mapping[str, Any]) -> str:
    return template.render(with_variables(seen, read_by(template)))


def _line(template: BoundTemplate, seen: Mapping[str, Any]) -> str:
    """A line of text: whatever breaks it is one blank."""
    return " ".join(_rendered(template, seen).split())


def _completed(html: str, seen: Mapping[str, Any]) -> str:
    """A page of HTML with what a structure has by itself: the line that inboxes show, and the point that counts openings."""
    opening, point = seen["preheader"], seen["links"]["open"]
    if opening:
        hidden = HIDDEN.format(escape(opening))
        html = _BODY.sub(lambda found: found.group() + hidden, html, count=1) if _BODY.search(html) else hidden + html
    if point and point not in html:
        image = POINT.format(escape(point))
        html = _END.sub(lambda found: image + found.group(), html, count=1) if _END.search(html) else html + image
    return html
