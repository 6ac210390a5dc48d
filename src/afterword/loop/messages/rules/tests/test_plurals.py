"""Texts that count: each language in its own forms, written, said, linted, translated there and back."""

from __future__ import annotations

from typing import Any

import pytest
from babel import Locale

from afterword.loop.messages.rules.catalogues import Forms, plural_tags
from afterword.loop.messages.rules.exchange import Form, read, written
from afterword.loop.messages.rules.lint import Facts, lint
from afterword.loop.messages.rules.segments import translated, units
from afterword.loop.messages.rules.tests.test_render import BRAND, RICH, links
from afterword.loop.messages.rules.wording import NotAWording, Wording, document, of_document
from afterword.loop.messages.rules.written import render_wording

BODY = "<mj-section><mj-column><mj-text>{{ '@.things' | t: count: n }}</mj-text></mj-column></mj-section>"
EN = {"one": "one thing", "other": "{count} things"}
UK = {"one": "{count} річ", "few": "{count} речі", "many": "{count} речей", "other": "{count} речі"}
FORMS: tuple[Form, ...] = ("po", "xliff", "xliff12")


def wording(**uk: Any) -> Wording:
    variants = {"en": {"subject": "Your things", "body": BODY, "words": {"@.things": EN, "@.care": "Take care"}}}
    return of_document(
        {"key": "hello", "name": "", "category": "service", "variants": {**variants, **({"uk": {"words": uk}} if uk else {})}}
    )


def test_languages_have_the_forms_of_cldr() -> None:
    assert [plural_tags(one) for one in ("en", "ro", "ko", "th")] == [("one", "other"), ("one", "few", "other"), ("other",), ("other",)]
    assert plural_tags("uk") == ("one", "few", "many", "other")
    assert plural_tags("*") == ("one", "other")


@pytest.mark.parametrize(("n", "said"), [(1, "1 річ"), (3, "3 речі"), (5, "5 речей"), (21, "21 річ"), (1.5, "1.5 речі"), ("x", "x речей")])
def test_the_form_of_a_number_is_said(n: object, said: str) -> None:
    made = render_wording(wording(**{"@.things": UK}), "uk", {**RICH, "n": n}, BRAND, links())
    assert said in made.text


def test_what_counts_something_unknown_says_none_and_leaves_no_gap() -> None:
    assert "0 речей" in render_wording(wording(**{"@.things": UK}), "uk", dict(RICH), BRAND, links()).text


def test_what_nobody_wrote_is_said_by_the_last_form_that_somebody_did() -> None:
    assert Forms(("a", "", "c", "")).of(2, Locale("uk")) == "c"
    assert Forms(("a",)).of(7, Locale("uk")) == "a"


def test_a_document_keeps_forms_in_order_and_drops_what_is_empty() -> None:
    kept = document(wording(**{"@.things": UK, "@.none": {"one": ""}}))["variants"]["uk"]["words"]
    assert kept == {"@.things": list(UK.values())}
    assert of_document(document(wording(**{"@.things": UK}))) == wording(**{"@.things": UK})
    with pytest.raises(NotAWording):
        wording(**{"@.Bad key": "x"})


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("target", ["uk", "ko", "pt-BR"])
def test_forms_go_to_translators_and_come_back(form: Form, target: str) -> None:
    given = wording()
    sent = [type(one)(one.name, one.source, f"<{one.name}> {{count}}" if "[" in one.name else "") for one in units(given, "en", target)]
    assert [one.name for one in sent if "[" in one.name] == [f"@.things[{tag}]" for tag in plural_tags(target)]
    language, found = read(written({"hello": sent}, "en", target, form))
    after, faults = translated(given, "en", target, found["hello"])
    assert (language, faults) == (target, ())
    assert after.variants[target].words["@.things"] == tuple(f"<@.things[{tag}]> {{count}}" for tag in plural_tags(target))
    again = translated(after, "en", target, read(written({"hello": units(after, "en", target)}, "en", target, form))[1]["hello"])
    assert again == (after, ())


def test_a_tool_that_knows_fewer_forms_means_its_last_for_the_others() -> None:
    raw = written({"hello": units(wording(), "en", "uk")}, "en", "uk", "po").decode()
    head, _, rest = raw.partition("nplurals=4; plural=")
    theirs = head + "nplurals=3; plural=(n%10==1 ? 0 : n<5 ? 1 : 2)" + rest[rest.index("\\n") :]
    theirs = (
        theirs.replace('msgstr[0] ""', 'msgstr[0] "а"')
        .replace('msgstr[1] ""', 'msgstr[1] "б"')
        .replace('msgstr[2] ""\nmsgstr[3] ""', 'msgstr[2] "в"')
    )
    after, faults = translated(wording(), "en", "uk", read(theirs.encode())[1]["hello"])
    assert (after.variants["uk"].words["@.things"], faults) == (("а", "б", "в", "в"), ())


def test_lint_names_a_form_that_is_missing_and_a_key_nobody_wrote() -> None:
    found = lint(wording(**{"@.things": {**UK, "few": ""}}), Facts(languages=("en", "uk")))
    assert [one.said for one in found if one.locale == "uk" and "lacks" in one.said] == [
        "“@.things” lacks the form “few”, so another stands in for it"
    ]
    lost = of_document({**document(wording()), "variants": {"en": {"subject": "{{ '@.nowhere' | t }}", "body": BODY}}})
    assert {"nothing is written under “@.nowhere”", "nothing is written under “@.things”"} <= {one.said for one in lint(lost, Facts())}
