"""A message in few words: its own, what ships, else its lines; in every language, never long."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from afterword.loop.channels.door import sms_segments
from afterword.loop.messages.rules.catalogues import LOCALES, catalogue, holes
from afterword.loop.messages.rules.examples import ORDINARY, Example
from afterword.loop.messages.rules.exchange import read, written
from afterword.loop.messages.rules.lint import Facts, lint
from afterword.loop.messages.rules.render import render
from afterword.loop.messages.rules.segments import translated, units
from afterword.loop.messages.rules.shipped import MESSAGES
from afterword.loop.messages.rules.short import short, short_written
from afterword.loop.messages.rules.tests.test_render import BRAND, links
from afterword.loop.messages.rules.wording import Wording, document, of_document

NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)
LINK = " https://shop.example/c/g/abcdefghijkl"
SERVING = [message for message in MESSAGES.values() if message.category != "marketing"]


def wording(**more: Any) -> Wording:
    variants = {"ro": {"subject": "Subiect", "preheader": "Preambul", "body": "<mj-section/>", "short": "Pe scurt {{ order.number }}"},
                "ko": {"subject": "제목", "preheader": "미리보기"}}  # fmt: skip
    return of_document({"key": "hello", "name": "Hello", "category": "service", "variants": variants, **more})


@pytest.mark.parametrize("locale", LOCALES)
def test_what_concerns_orders_and_service_has_few_words_in_every_language_and_they_are_few(locale: str) -> None:
    known, unknown = ORDINARY.context(NOW), Example("no_name", "nothing_known").context(NOW)
    for message in SERVING:
        texts = catalogue(locale).texts
        for context in (known, unknown):
            said = short(message, locale, context, BRAND, links(), "sms")
            assert "{" not in said.text, message.key
            assert "mail" not in said.text.lower(), f"{message.key}: it may not be a mail"
            assert sms_segments(said.text + LINK) <= 3, (message.key, said.text)
        own = texts[f"{message.key}.short"]
        assert isinstance(own, str)
        assert not holes(own) - {"shop"} or f"{message.key}.short.plain" in texts


def test_a_message_of_the_shops_own_says_its_few_words_only_in_their_language() -> None:
    given = wording()
    context = ORDINARY.context(NOW)
    assert short_written(given, "ro", context, BRAND, links(), "viber").text == "Pe scurt #24971"
    assert short_written(given, "ro", context, BRAND, links(), "sms").text == f"{BRAND.name}: Pe scurt #24971"
    assert short_written(given, "ko", context, BRAND, links(), "viber").text == "제목. 미리보기"


def test_a_version_of_what_ships_keeps_the_few_words_that_ship_until_it_has_its_own() -> None:
    ships = of_document({"key": "gift_arrived", "category": "service", "variants": {"*": {}, "en": {"subject": "Here it is"}}})
    context = ORDINARY.context(NOW)
    assert (
        short_written(ships, "en", context, BRAND, links(), "viber").text == "Your present has arrived. Thank you for choosing it with us."
    )
    own = of_document({**document(ships), "variants": {"*": {}, "en": {"words": {"@.short": "It is there, {shop}."}}}})
    assert short_written(own, "en", context, BRAND, links(), "viber").text == f"It is there, {BRAND.name}."


def test_few_words_go_to_translators_and_come_back() -> None:
    given = wording()
    assert {unit.name for unit in units(given, "ro", "ko")} == {"subject", "preheader", "short"}
    raw = written({"hello": [unit if unit.name != "short" else type(unit)("short", unit.source, "짧게 {{ order.number }}")
                             for unit in units(given, "ro", "ko")]}, "ro", "ko", "po")  # fmt: skip
    after, faults = translated(given, "ro", "ko", read(raw)[1]["hello"])
    assert (after.variants["ko"].short, faults) == ("짧게 {{ order.number }}", ())


def test_lint_warns_of_many_words_and_of_names_nobody_gives() -> None:
    section = "<mj-section><mj-column><mj-text>Salut</mj-text></mj-column></mj-section>"
    own = {"ro": {"subject": "Subiect", "body": section, "short": "Pe scurt {{ nobody }}"}}
    facts = Facts(short=lambda one, locale: ("x" * 400, 5), rendered=lambda one, locale: render("nps", "ro", {}, BRAND, links()))
    found = [one for one in lint(of_document({**document(wording()), "variants": own}), facts) if one.part == "short"]
    assert [one.level for one in found] == ["error", "warning"]
    assert "5 segments" in found[1].said
