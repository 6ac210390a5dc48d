"""The texts of a message as translators want them: pieces of text without the structure around them, each under a name that lasts.

A piece of a body is the text of one element, with the marks within it (`<b>`, `<a …>`, Liquid); what is no text is left out. Pieces
are counted in the body of the language that is translated from, so that a translation is that body with its pieces replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from .catalogues import plural_tags
from .liquid import BadTemplate, checked
from .wording import EVERY, Variant, Wording, said

FORM = re.compile(r"(.+)\[(zero|one|two|few|many|other)\]")  # a text that is one form of a word
LINES = ("subject", "preheader", "text", "short")  # parts that are one text each
# What holds text: its whole content, marks and Liquid included, is one piece.
_HOLDERS = "mj-text|mj-button|p|h1|h2|h3|h4|h5|h6|li|td|th|title"
_PIECE = re.compile(rf"(<({_HOLDERS})\b[^<>]*>)(.*?)(?=</\2\s*>)", re.DOTALL | re.IGNORECASE)
_INNER = re.compile(rf"<(?:{_HOLDERS}|table|tr)\b", re.IGNORECASE)
_MARKS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<[^<>]*>", re.DOTALL)


@dataclass(frozen=True)
class Unit:
    """One text: its name (`subject`, `body.3`, `@.lead`), what is translated, and its translation, if there is one."""

    name: str
    source: str
    target: str = ""


@dataclass(frozen=True)
class Fault:
    """A translation that was not taken: where, and why."""

    place: str
    fault: str


def pieces(body: str) -> Iterator[tuple[int, int, str]]:
    """The texts of a body: (from, to, text), in order. What has other holders of text within it is looked into."""
    at = 0
    while found := _PIECE.search(body, at):
        inner = found.group(3)
        if _INNER.search(inner):
            at = found.end(1)
            continue
        text = inner.strip()
        if _speaks(text):
            begin = found.start(3) + inner.index(text)
            yield begin, begin + len(text), text
        at = found.end()


def _speaks(text: str) -> bool:
    """Whether there is a word in it, beside marks and Liquid."""
    return any(sign.isalpha() for sign in _MARKS.sub("", text))


def units(wording: Wording, source: str, target: str) -> tuple[Unit, ...]:
    """Every text of a message in the language it is translated from, with what stands for it in the other."""
    there, other = said(wording, source), wording.variants.get(target, Variant())
    found = [Unit(part, getattr(there, part), getattr(other, part)) for part in LINES if _speaks(getattr(there, part))]
    theirs = [text for _, _, text in pieces(other.body)]
    ours = [text for _, _, text in pieces(there.body)]
    same = len(theirs) == len(ours)
    found += [Unit(f"body.{n}", text, theirs[n - 1] if same else "") for n, text in enumerate(ours, 1)]
    for key, text in sorted(there.words.items()):
        found += _of_word(key, text, other.words.get(key), source, target)
    return tuple(found)


def _of_word(key: str, text: str | tuple[str, ...], other: str | tuple[str, ...] | None, source: str, target: str) -> Iterator[Unit]:
    """A word; one that has forms as a text for each form that the other language has, such as `@.things[few]`."""
    if isinstance(text, str):
        yield Unit(key, text, other if isinstance(other, str) else "")
        return
    ours, theirs = dict(zip(plural_tags(source), text, strict=False)), dict(zip(plural_tags(target), other or (), strict=False))
    many = next((one for one in reversed(text) if one), "")
    for tag in plural_tags(target):
        said = (ours.get("one") if tag == "one" else "") or many
        if said:
            yield Unit(f"{key}[{tag}]", said, theirs.get(tag, "") if isinstance(other, tuple) else "")


def translated(wording: Wording, source: str, target: str, given: Mapping[str, Unit]) -> tuple[Wording, tuple[Fault, ...]]:
    """The message with these translations in it; those that do not fit are left out, and named.

    A text that has changed since it was exported, one that nobody knows, and one whose Liquid is not that of its source are not taken.
    """
    faults: list[Fault] = []
    known = {unit.name: unit for unit in units(wording, source, target)}
    taken: dict[str, str] = {}
    for name, unit in given.items():
        if not unit.target.strip():
            continue
        fault = _fault(known.get(name), unit, target)
        if fault:
            faults.append(Fault(f"{wording.key}:{name}", fault))
        else:
            taken[name] = unit.target
    return _with(wording, source, target, taken), tuple(faults)


def _fault(known: Unit | None, given: Unit, target: str) -> str:
    if known is None:
        return "there is no such text any more"
    if given.source and known.source != given.source:
        return "its source has changed since this was exported"
    if sorted(_liquid(given.target)) != sorted(_liquid(known.source)):
        lost = [one for one in _liquid(known.source) if one not in _liquid(given.target)]
        return f"“{lost[0]}” of its source is missing" if lost else "it has Liquid that its source does not have"
    try:
        checked(given.target, target)
    except BadTemplate as fault:
        return str(fault)
    return ""


def _liquid(text: str) -> list[str]:
    return [re.sub(r"\s+", " ", one) for one in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", text, re.DOTALL)]


def _with(wording: Wording, source: str, target: str, taken: Mapping[str, str]) -> Wording:
    before, there = wording.variants.get(target, Variant()), said(wording, source)
    words = {**before.words, **{name: text for name, text in taken.items() if name in there.words}, **_formed(before, target, taken)}
    parts = {part: taken.get(part, getattr(before, part)) for part in LINES}
    body = before.body
    if any(name.startswith("body.") for name in taken):
        standing = {unit.name: unit.target for unit in units(wording, source, target)}
        body = _replaced(there.body, {name: taken.get(name) or standing.get(name, "") for name in {*standing, *taken}})
    made = Variant(**parts, body=body, words=words)
    if made == before:
        return wording
    return replace(wording, variants={**wording.variants, target: made})


def _formed(before: Variant, target: str, taken: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The words that have forms, with those that came."""
    found: dict[str, dict[str, str]] = {}
    for name, text in taken.items():
        if form := FORM.fullmatch(name):
            kept = before.words.get(form.group(1))
            there = dict(zip(plural_tags(target), kept, strict=False)) if isinstance(kept, tuple) else {}
            found.setdefault(form.group(1), there)[form.group(2)] = text
    return {key: tuple(forms.get(tag, "") for tag in plural_tags(target)) for key, forms in found.items()}


def _replaced(body: str, texts: Mapping[str, str]) -> str:
    made, at = "", 0
    for n, (begin, end, text) in enumerate(pieces(body), 1):
        made += body[at:begin] + (texts.get(f"body.{n}") or text)
        at = end
    return made + body[at:]


def source_of(wording: Wording) -> str:
    """The language a message is translated from: the first that was written, else the one for all."""
    return next((one for one, variant in wording.variants.items() if one != EVERY and variant.body), next(iter(wording.variants), EVERY))
