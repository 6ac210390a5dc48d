"""A hundred awkward customers: every message that ships, in every language, reads without a flaw for each of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser

import pytest

from afterword.loop.messages.rules.catalogues import LOCALES, catalogue
from afterword.loop.messages.rules.examples import EXAMPLES
from afterword.loop.messages.rules.render import Rendered, render
from afterword.loop.messages.rules.shipped import MESSAGES
from afterword.loop.messages.rules.tests.test_render import BRAND, Balance, links

NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
FLAWS = {
    "a raw key": re.compile(r"\b(?:" + "|".join(MESSAGES) + r")\.(?:subject|headline|lead|button|preheader)\b"),
    "a word of Python's": re.compile(r"\b(?:None|True|False|nan|Undefined|NaT)\b|datetime\.|\[object"),
    "a mark that was put aside": re.compile(r"LQ\d+Z|<!--LQ"),
    "an empty greeting": re.compile(r"^(?:Hi|Dear|Dragă|Stimate|Шановн\w+) *,$", re.MULTILINE),
    "two commas": re.compile(r",\s*,|\( *\)|“”|„”|«»"),
}


class Live(HTMLParser):
    """Finds what would run: scripts, attributes that listen, addresses that are code."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and ("type", "application/ld+json") not in attrs:
            self.found.append(tag)
        self.found += [f"{name}={value}" for name, value in attrs if name.startswith("on") or (value or "").startswith("javascript:")]


def shown(made: Rendered) -> str:
    """What a person reads: no tags, no styles."""
    body = re.sub(r"(?s)<head>.*?</head>|<style.*?</style>|<!--.*?-->", " ", made.html)
    return unescape(re.sub(r"<[^>]*>", " ", body))


def flaws(made: Rendered, spoken: str) -> list[str]:
    """What is wrong with one mail. `spoken`: what the example itself says, which may look like a flaw."""
    found = []
    for name, flaw in FLAWS.items():
        for part in (made.subject, made.preheader, made.text, shown(made)):
            found += [f"{name}: {hit.group()!r}" for hit in flaw.finditer(part) if hit.group().strip(" ,") not in spoken]
    live = Live()
    live.feed(made.html)
    found += live.found
    if re.search(r"[\r\n]", made.subject) or len(made.html.encode()) > 102 * 1024:
        found.append("a subject of two lines, or too heavy")
    if not (made.subject.strip() and made.preheader.strip() and made.text.strip()):
        found.append("nothing said")
    return found


@pytest.mark.parametrize("locale", [one if one == "th" else pytest.param(one, marks=pytest.mark.slow) for one in LOCALES])
@pytest.mark.parametrize("key", MESSAGES)
def test_a_message_reads_without_a_flaw_for_a_hundred_awkward_customers(key: str, locale: str) -> None:
    message = MESSAGES[key]
    found = dict[str, list[str]]()
    for name, example in EXAMPLES.items():
        made = render(key, locale, example.context(NOW), BRAND, links(message.survey, message.topic))
        if wrong := flaws(made, str(example.context(NOW))):
            found[name] = wrong
        Balance().feed(re.sub(r"<!--.*?-->|<script.*?</script>", "", made.html, flags=re.DOTALL))
    assert found == {}


def test_there_are_a_hundred() -> None:
    assert len(EXAMPLES) == 100


def test_a_name_from_right_to_left_does_not_turn_the_line() -> None:
    words = catalogue("en").say("voice.plain.greeting", {"name": "محمد"})
    assert words == "Dear \u2068محمد\u2069,"
    assert catalogue("en").say("voice.plain.greeting", {"name": "Ana"}) == "Dear Ana,"
