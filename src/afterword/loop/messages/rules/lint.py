"""What is wrong with a message, or odd about it, before anybody gets it: each with its language, part and line, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Literal

from afterword.kernel.errors import Refused

from . import reading, saying
from .catalogues import OWN_NAMES, english_name, plural_tags
from .render import Rendered
from .wording import EVERY, PARTS, Wording, nearest, said, spoken_words
from .written import included, proved, shipped_blocks

Level = Literal["error", "warning", "hint"]
LEVELS: tuple[Level, ...] = ("error", "warning", "hint")
MOST_SEGMENTS = 2
CLIPPED = 102 * 1024  # bytes of HTML after which Gmail cuts


@dataclass(frozen=True)
class Finding:
    """Something wrong (`error`: it cannot be published), odd (`warning`), or worth a look (`hint`).

    `locale` and `part` say where (`*` and an empty part: everywhere), `line` which line of the part, from 1.
    """

    level: Level
    locale: str
    part: str
    said: str
    mend: str
    line: int | None = None


@dataclass(frozen=True)
class Facts:
    """What lint knows of the shop: its languages, its words, its blocks, links that do not answer, and what a message looks like."""

    languages: tuple[str, ...] = ("en",)
    avoided: tuple[str, ...] = ()
    preferred: Mapping[str, str] = field(default_factory=dict)
    blocks: Mapping[str, str] = field(default_factory=dict)
    products: tuple[str, ...] = ()  # sources of products for its block
    dead: Mapping[str, str] = field(default_factory=dict)  # address → what it answered
    rendered: Callable[[Wording, str], Rendered] | None = None
    campaigns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # message → the campaigns that send it
    with_order: frozenset[str] = frozenset()  # messages of journeys whose runs have an order
    short: Callable[[Wording, str], tuple[str, int]] | None = None  # what it says in few words, and in how many segments of SMS


def lint(wording: Wording, facts: Facts) -> tuple[Finding, ...]:
    """Everything that is found, errors first, each in the order of languages, parts and lines."""
    found = [*_of_languages(wording, facts)]
    for locale in written_in(wording):
        found += _of_one(wording, locale, facts)
    found += _of_words(wording)
    found += _of_blocks(wording, facts)
    order = [EVERY, *wording.variants, *wording.languages]
    parts = ("", *PARTS)
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda f: (LEVELS.index(f.level), order.index(f.locale), parts.index(f.part), f.line or 0)))


def written_in(wording: Wording) -> tuple[str, ...]:
    """The languages to look at: those the shop wrote in; where it wrote for all of them alike, the first is enough."""
    own = tuple(one for one, variant in wording.variants.items() if one != EVERY and not variant.empty)
    return own or wording.languages[:1]


def _of_one(wording: Wording, locale: str, facts: Facts) -> Iterator[Finding]:
    try:
        proved(wording, locale)
    except Refused as refusal:
        place = _faulty(wording, locale)
        yield Finding("error", place[0], place[1], str(refusal), "Mend it; until then the message cannot be shown or sent.", place[2])
        return
    yield from _of_source(wording, locale, facts)
    if facts.rendered is not None:
        try:
            made = facts.rendered(wording, locale)
        except Refused as refusal:
            yield Finding("error", locale, "body", str(refusal), "Mend it; until then the message cannot be shown or sent.")
            return
        yield from _of_rendered(wording, locale, made, facts)
        yield from _of_short(wording, locale, facts)


def _sources(wording: Wording, locale: str) -> Iterator[tuple[str, str, str]]:
    """Where each part that this language shows was written: (variant, part, source)."""
    whole = said(wording, locale)
    for part in PARTS:
        text = getattr(whole, part)
        for one in (locale, EVERY, *wording.variants):
            if text and one in wording.variants and getattr(wording.variants[one], part) == text:
                yield one, part, text
                break


def _faulty(wording: Wording, locale: str) -> tuple[str, str, int | None]:
    for variant, part, source in _sources(wording, locale):
        line = reading.broken_line(source, locale)
        if line is not None:
            return variant, part, line
    return locale, "body", None


def _of_source(wording: Wording, locale: str, facts: Facts) -> Iterator[Finding]:
    for variant, part, source in _sources(wording, locale):
        for line, name in reading.unknown(source, locale):
            mend = "Take a name from the list of variables."
            yield Finding("error", variant, part, f"nothing is called “{name}”, so nothing would be said there", mend, line)
        for line, name in reading.unguarded(source):
            mend = f"Say what stands there else, {{{{ {name} | default: '…' }}}}, or put it between {{% if {name} %}} and {{% endif %}}."
            yield Finding("warning", variant, part, f"“{name}” is not always known", mend, line)
        for line, name in reading.of_an_order(source, locale) if (whose := orderless(wording, facts)) else ():
            what = f"{whose} has no order, so “{name}” says nothing there"
            mend = "Take it out, or put what speaks of it between {% if order.id %} and {% endif %}."
            yield Finding("warning", variant, part, what, mend, line)
        for line, what in reading.unescaped(source):
            yield Finding("error", variant, part, what, "Leave it out: whoever writes their own name could write into this mail.", line)
        for line, what, mend in saying.words(source, facts.avoided, facts.preferred):
            yield Finding("warning", variant, part, what, mend, line)
        for line, what, mend in (*reading.pictures(source), *reading.stray(source)) if part == "body" else ():
            yield Finding("warning", variant, part, what, mend, line)
        for line, address in reading.addresses(source):
            if answer := facts.dead.get(address):
                yield Finding("warning", variant, part, f"{address} answers {answer}", "Mend the address, or take the link out.", line)


def orderless(wording: Wording, facts: Facts) -> str:
    """What sends it, or is likely to, and has no order to speak of; empty where all that send it have one."""
    if named := facts.campaigns.get(wording.key):
        return f"the campaign “{named[0]}”"
    return "a campaign" if wording.category == "marketing" and wording.key not in facts.with_order else ""


def _of_rendered(wording: Wording, locale: str, made: Rendered, facts: Facts) -> Iterator[Finding]:
    for level, part, what, mend in saying.lines(made.subject, made.preheader):
        yield Finding(level, locale, part, what, mend)
    size = len(made.html.encode())
    if size > CLIPPED:
        mend = "Take pictures out of the text (data: addresses), shorten it, or link to the rest."
        yield Finding("warning", locale, "body", f"it weighs {size // 1024} kB, and Gmail cuts a mail at 102 kB", mend)
    if not made.text.strip():
        yield Finding("error", locale, "text", "there is no text for whoever reads without HTML", "Write some words, not only pictures.")
    for what, mend in reading.of_page(made.html):
        yield Finding("warning", locale, "body", what, mend)
    if wording.category != "transactional" and "/c/u/" not in made.html:
        mend = "Let the body end with the block “footer”, or link to {{ links.unsubscribe }}."
        yield Finding("error", locale, "body", f"a {wording.category} message must say how to get no more of them", mend)
    seen = {word for _, _, source in _sources(wording, locale) for word in facts.avoided if word.lower() in source.lower()}
    for what, mend in saying.voiced(made, tuple(word for word in facts.avoided if word not in seen)):
        yield Finding("warning", locale, "body", what, mend)


def _of_short(wording: Wording, locale: str, facts: Facts) -> Iterator[Finding]:
    """What there is to say of its few words, where somebody wrote them."""
    own = said(wording, locale).short or any(key.startswith("@.short") for key in said(wording, locale).words)
    if not own or facts.short is None:
        return
    text, segments = facts.short(wording, locale)
    if segments > MOST_SEGMENTS:
        what = f"its few words have {len(text)} characters: {segments} segments of SMS, and each is paid for"
        yield Finding("warning", locale, "short", what, "Shorten them; the link says the rest.")
    if "http://" in text or "https://" in text:
        yield Finding("hint", locale, "short", "its few words hold an address", "Leave it out: a short link is added by itself.")


def _of_languages(wording: Wording, facts: Facts) -> Iterator[Finding]:
    own = [one for one, variant in wording.variants.items() if one != EVERY and not variant.empty]
    for wished in dict.fromkeys(facts.languages):
        near = nearest([wished], wording.languages)
        if near.split("-")[0].lower() != wished.split("-")[0].lower():
            what = f"who speaks {english_name(wished)} reads it in {english_name(near)}"
            yield Finding("warning", EVERY, "", what, f"Write it in {english_name(wished)} too.")
        elif own and wording.ships and wished in MESSAGES_LANGUAGES and wished not in own and _changed_elsewhere(wording, own):
            what = f"in {english_name(wished)} it still says what ships"
            yield Finding("hint", EVERY, "", what, "Change the words there too, if the change is meant for everybody.")
    for locale in own:
        for part in said(wording, locale).lacks:
            yield Finding("warning", locale, part, f"the {part} is lent by another language", f"Write the {part} in this language.")


_ASKED = re.compile(r"""["'](@\.[a-z0-9_.]+)["']\s*\|\s*(?:t|translate)\b""")


def _of_words(wording: Wording) -> Iterator[Finding]:
    """Texts by key that nobody wrote, and plural forms that one language has and nobody wrote in it."""
    for locale in written_in(wording):
        there = spoken_words(wording, locale).texts
        for variant, part, source in _sources(wording, locale):
            for found in _ASKED.finditer(source):
                if found.group(1).replace("@.", f"{wording.key}.", 1) not in there:
                    line = source.count("\n", 0, found.start()) + 1
                    mend = "Write it under Texts by key, or take it out."
                    yield Finding("error", variant, part, f"nothing is written under “{found.group(1)}”", mend, line)
    for locale, variant_ in wording.variants.items():
        for key, text in variant_.words.items():
            missing = [tag for tag, one in zip_longest(plural_tags(locale), text) if tag and not one] if isinstance(text, tuple) else []
            if missing:
                what = f"“{key}” lacks the form {', '.join(f'“{tag}”' for tag in missing)}, so another stands in for it"
                yield Finding("warning", locale, "", what, "Write it under Texts by key: languages count in forms of their own.")


def _changed_elsewhere(wording: Wording, own: Iterable[str]) -> bool:
    return any(wording.variants[one].words or wording.variants[one].subject for one in own)


MESSAGES_LANGUAGES = frozenset(OWN_NAMES)


def _of_blocks(wording: Wording, facts: Facts) -> Iterator[Finding]:
    if wording.products and wording.products not in facts.products:
        what = f"nobody offers the products “{wording.products}” any more, so its block shows none"
        yield Finding("warning", EVERY, "", what, "Choose another source under Settings of this message.")
    there = {**shipped_blocks(), **facts.blocks, **wording.blocks}
    for name in sorted(included(wording, {**facts.blocks, **wording.blocks})):
        if name not in there:
            yield Finding("error", EVERY, "body", f"there is no block called “{name}”", "Take one from the list of blocks.")
    for name in sorted(facts.blocks):
        if wording.blocks.get(name) not in (None, facts.blocks[name]):
            yield Finding("hint", EVERY, "body", f"the block “{name}” has changed since", "Publish again to send the newer one.")
