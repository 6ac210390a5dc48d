"""How a message reads: whether its subject says what it is, fits where inboxes show it, and keeps to the shop's voice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from .render import Rendered

ON_PHONES, AT_MOST = 40, 60  # characters of a subject that phones, and that most inboxes, show
PREHEADER = (35, 110)
VAGUE = re.compile(
    r"^(hello|hi|hey|news|newsletter|important|update|information|attention|message|greetings|your order)[.!… ]*$", re.IGNORECASE
)
_REPLY = re.compile(r"^(re|fw|fwd|aw|wg)\s*:", re.IGNORECASE)
_LIQUID = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
Line = tuple[Literal["error", "warning", "hint"], str, str, str]


def lines(subject: str, preheader: str) -> Iterator[Line]:
    """What there is to say of a subject line and what stands after it: (level, part, what, how to mend)."""
    yield from _subject(subject)
    if not preheader:
        what = "there is no preheader, so inboxes show the first words of the body"
        yield "warning", "preheader", what, "Say in one sentence what is inside."
    elif preheader == subject:
        yield "warning", "preheader", "it says what the subject says", "Say what the subject left out."
    elif len(preheader) > PREHEADER[1]:
        what = f"it has {len(preheader)} characters, and inboxes show {PREHEADER[1]} at most"
        yield "hint", "preheader", what, "Put what matters first."
    elif len(preheader) < PREHEADER[0]:
        yield (
            "hint",
            "preheader",
            f"it has {len(preheader)} characters; inboxes fill up to {PREHEADER[1]} with the body",
            "Say a little more.",
        )


def _subject(subject: str) -> Iterator[Line]:
    letters = [sign for sign in subject if sign.isalpha()]
    if not subject.strip():
        yield "error", "subject", "there is no subject", "Say in a few words what this is about."
        return
    if len(subject) > AT_MOST:
        what = f"it has {len(subject)} characters, and inboxes cut after about {AT_MOST}"
        yield "warning", "subject", what, "Put what matters first, and shorten it."
    elif len(subject) > ON_PHONES:
        yield "hint", "subject", f"it has {len(subject)} characters; phones show about {ON_PHONES}", "Put what matters first."
    if (
        len(letters) > 4
        and all(sign.isupper() for sign in letters if sign.lower() != sign.upper())
        and any(sign.lower() != sign.upper() for sign in letters)
    ):
        yield "warning", "subject", "it is all capital letters, which reads as shouting and as spam", "Write it as a sentence."
    if _REPLY.match(subject):
        yield "warning", "subject", "it looks like an answer to something the customer wrote", "Leave the “Re:” out; it misleads."
    if subject.count("!") > 1:
        yield "warning", "subject", "more than one exclamation mark", "One is enough; none is better."
    if VAGUE.match(subject) or not letters:
        yield "warning", "subject", "it does not say what this is about", "Name the order, the thing, or what there is to do."


def words(source: str, avoided: tuple[str, ...], preferred: Mapping[str, str]) -> Iterator[tuple[int, str, str]]:
    """Words of a part that the shop does not use: (line, what, how to mend)."""
    text = _blanked(source)
    for word in avoided:
        for found in _of(word, text):
            yield _line(text, found), f"“{word}” is not this shop's word", "Say it another way. Settings → Words lists what to avoid."
    for word, better in preferred.items():
        for found in _of(word, text):
            yield _line(text, found), f"“{word}”, where this shop says “{better}”", f"Say “{better}”."


def _of(word: str, text: str) -> Iterator[int]:
    pattern = rf"(?<!\w){re.escape(word)}(?!\w)" if word.isascii() else re.escape(word)
    return (found.start() for found in re.finditer(pattern, text, re.IGNORECASE)) if word.strip() else iter(())


def _blanked(source: str) -> str:
    """The source with what is no text made blank; every sign stays where it was."""

    def blank(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found.group())

    return _TAG.sub(blank, _LIQUID.sub(blank, source))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def voiced(made: Rendered, avoided: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Words to avoid that only stand in what is shown: in a block, or in words that ship."""
    for word in avoided:
        if next(_of(word, made.text), None) is not None or next(_of(word, made.subject), None) is not None:
            yield f"“{word}”, which this shop avoids, is said", "It may stand in a block, or in words that ship: change them there."
