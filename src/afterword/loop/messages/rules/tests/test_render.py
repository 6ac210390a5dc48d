"""Every message that ships, in every language, with much known and with little."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import escape
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import pytest
from babel.messages.plurals import get_plural

from afterword.loop.accounts.types import TYPES, VOICES, Brand
from afterword.loop.messages.rules import catalogues
from afterword.loop.messages.rules.brand import STACKS, Dress
from afterword.loop.messages.rules.catalogues import LOCALES, catalogue, holes, known
from afterword.loop.messages.rules.links import Links, Ring, links_for
from afterword.loop.messages.rules.liquid import BadTemplate, checked, environment, spoken_days, spoken_money, unknown_variables
from afterword.loop.messages.rules.mjml import compile_structure
from afterword.loop.messages.rules.render import prepared, render, structure
from afterword.loop.messages.rules.shipped import MAY_LACK, MESSAGES, UnknownMessage

NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
RING = Ring({1: b"x" * 32}, 1)
KEPT = Brand(sender_email="salut@lut.example", postal_address="Strada Matei Corvin 6, Cluj", site_url="https://lut.example/")
BRAND = Dress("Lut & Boabe", KEPT)
ORDER: dict[str, Any] = {
    "number": "#24971", "placed_at": datetime(2026, 11, 13, 20, 32, tzinfo=UTC), "currency": "EUR", "total_minor": 6740,
    "shipping_minor": 990, "discount_minor": 500, "promised_from": date(2026, 11, 18), "promised_to": date(2026, 11, 19),
    "lines": [{"title": "Mug “Snail Hill”", "variant": "350 ml", "quantity": 2, "total_minor": 3800}],
    "address": {"name": "김서연", "line1": "Weserstraße 41", "city": "Berlin", "postcode": "12045", "country": "DE"},
}  # fmt: skip
RICH: dict[str, Any] = {
    "now": NOW, "zone": "Europe/Berlin", "customer": {"first_name": "Seoyeon"}, "order": ORDER, "score": 2, "scale": 5,
    "shipment": {"carrier": "GLS", "tracking_number": "9057", "tracking_url": "https://gls.example/9057"},
    "product": {"title": "Mug", "url": "https://lut.example/mug"},
}  # fmt: skip


def links(survey: str = "", topic: str = "service") -> Links:
    return links_for(
        RING, "https://care.example/c", message_id=UUID(int=1), customer_id=UUID(int=2), order_id=UUID(int=3), store="main",
        topic=topic, now=NOW, locale="en", survey=survey, review=True,
    )  # fmt: skip


class Balance(HTMLParser):
    """Counts that every table part that opens also closes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"table", "tr", "td", "div", "a", "h1"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"table", "tr", "td", "div", "a", "h1"}:
            assert self.open.pop() == tag


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", MESSAGES)
@pytest.mark.parametrize("context", [RICH, {"now": NOW}], ids=["much known", "little known"])
def test_every_message_reads_well_in_every_language(key: str, locale: str, context: dict[str, Any]) -> None:
    message = MESSAGES[key]
    said = render(key, locale, context, BRAND, links(message.survey, message.topic))
    for text in (said.subject, said.preheader, said.html, said.text):
        assert text.strip()
        assert not re.search(r"\{[a-z_%{]|LQ\d|%\}|\b" + key + r"\.", text)
    assert len(said.html) < 60_000
    assert "googleapis" not in said.html
    Balance().feed(re.sub(r"<!--.*?-->", "", said.html, flags=re.DOTALL))
    assert (f'lang="{locale}"') in said.html
    assert "Strada Matei Corvin" in said.text
    if message.category == "transactional":
        assert "List-Unsubscribe" not in said.headers
    else:
        assert said.headers["List-Unsubscribe"].startswith("<https://care.example/c/u/")
        assert "/c/u/" in said.text
    if message.survey:
        assert f"/{5 if message.survey == 'csat' else 10}?l={locale}" in said.html


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_has_every_word_with_the_same_holes_and_its_own_plurals(locale: str) -> None:
    english, words = catalogues._read("en").texts, catalogues._read(locale).texts
    assert set(words) == set(english)
    for key, text in words.items():
        forms, ours = ((text,) if isinstance(text, str) else text), english[key]
        known_holes = holes(ours if isinstance(ours, str) else ours[-1])
        assert all(holes(form) <= known_holes | {"count"} for form in forms), key
    assert catalogue(locale).forms(2) == (0 if get_plural(str(catalogue(locale).babel)).num_plurals == 1 else 1)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_that_needs_something_has_a_plain_twin(locale: str) -> None:
    texts = catalogue(locale).texts
    for key, text in texts.items():
        message = key.split(".")[0]
        if isinstance(text, str) and message in MESSAGES and not key.endswith(".plain"):
            asked = holes(text)
            assert asked <= {*MESSAGES[message].uses, "shop"}, key
            assert not asked & set(MAY_LACK) or f"{key}.plain" in texts, key


def test_what_a_customer_is_called_cannot_become_markup() -> None:
    said = render("csat", "en", {**RICH, "customer": {"first_name": "<script>alert(1)</script>{{ 7 }}"}}, BRAND, links("csat"))
    assert "<script>" not in said.html
    assert "&lt;script&gt;" in said.html
    assert "{{ 7 }}" in said.text


def test_a_promise_that_has_passed_is_not_made_again() -> None:
    late = {**RICH, "now": datetime(2026, 11, 20, 9, tzinfo=UTC)}
    said = render("delayed", "en", late, BRAND, links())
    assert "Expected" not in said.text
    assert "We promised it by Thursday 19 November" in said.text


def test_days_are_said_as_people_say_them() -> None:
    one, two, far = date(2026, 11, 18), date(2026, 11, 19), date(2026, 12, 2)
    english = catalogue("en")
    assert spoken_days(one, two, english) == "Wed 18 or Thu 19 November"
    assert spoken_days(one, one, english) == "Wednesday 18 November"
    assert spoken_days(one, far, english) == "Wed 18 Nov to Wed 2 Dec"
    assert spoken_days(one, two, catalogue("uk")) == "середа 18 або четвер 19 листопада"
    assert spoken_days(one, two, catalogue("ko")) == "11월 18일(수) 또는 19일(목)"
    assert spoken_days(None, None, english) == ""


def test_money_has_the_minor_units_of_its_currency() -> None:
    assert spoken_money(6740, "EUR", "pt_BR") == "€\xa067,40"
    assert spoken_money(6740, "JPY", "en_GB") == "JP¥6,740"
    assert spoken_money(6740, "KWD", "en_GB").endswith("6.740")


@pytest.mark.parametrize(
    ("wished", "taken"), [("pt", "pt-BR"), ("pt-PT", "pt-BR"), ("ro-MD", "ro"), ("de", "en"), ("KO_kr", "ko"), ("", "en")]
)
def test_the_nearest_language_is_taken(wished: str, taken: str) -> None:
    assert known(wished) == taken


def test_a_template_that_would_hang_is_stopped() -> None:
    endless = "{% for a in (1..9999) %}{% for b in (1..9999) %}x{% endfor %}{% endfor %}"
    text = f"<mj-text>{endless}</mj-text>"
    compiled = compile_structure(f"<mjml><mj-body><mj-section><mj-column>{text}</mj-column></mj-section></mj-body></mjml>", str, "x")
    html, _ = prepared(compiled, "en", "#1f4e9c")
    with pytest.raises(Exception, match="limit"):
        html.render()


@pytest.mark.parametrize("source", ["{% for %}", "{{ a | nonsense }}", "{% include 'x' %}", "{% render 'x' %}", "{% if %}"])
def test_a_broken_template_is_refused_with_its_fault(source: str) -> None:
    with pytest.raises(BadTemplate):
        checked(source, "en")


@pytest.mark.parametrize("style", ["white-space:pre", "white-space: pre-wrap", "white-space : break-spaces"])
def test_what_a_shop_has_laid_out_keeps_its_blanks(style: str) -> None:
    text = f'<mj-text><div style="{style}">Monday\n    closed</div></mj-text>'
    made = compile_structure(f"<mjml><mj-body><mj-section><mj-column>{text}</mj-column></mj-section></mj-body></mjml>", str, "x")
    assert "Monday\n    closed" in made.html


def test_broken_mjml_is_refused() -> None:
    with pytest.raises(BadTemplate):
        compile_structure("<mjml><mj-body><mj-section></mj-body></mjml>", str, "x")


def test_a_variable_that_no_message_has_is_found_before_it_is_sent() -> None:
    source = "{{ customer.first_name }} {{ custmer.name }}{% for l in order.lines %}{{ l.title }}{% endfor %}"
    assert unknown_variables(source, "en", RICH) == ["custmer"]


def test_loops_between_table_rows_stay_where_they_are() -> None:
    assert "<tbody>{% for line in order.lines limit: 40 %}<tr>" in structure("order_confirmation").html


def test_the_text_part_reads_like_a_letter() -> None:
    said = render("csat", "en", RICH, BRAND, links("csat")).text
    assert said.startswith("Lut & Boabe\n\nDear Seoyeon,\n\nHow did we do?\n\nYour order has been with you")
    assert "\n\n\n" not in said


def test_an_unknown_message_is_refused() -> None:
    with pytest.raises(UnknownMessage):
        render("nonsense", "en", RICH, BRAND, links())


def test_filters_of_merchants_are_tolerated() -> None:
    template = environment("en", html=True).from_string("{{ p | img_url: '300x' }} {{ d | date: '%Y' }} {{ n | time }}")
    said = template.render(p={"src": "https://x/y.png"}, d="2026-11-18", n="2026-11-18T10:05:00+00:00", zone="Europe/Kyiv")
    assert said == "https://x/y.png 2026 12:05"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_stores_voice_changes_how_a_letter_greets_asks_and_ends_in_every_language(locale: str) -> None:
    context = {**RICH, "customer": {"first_name": "Ana", "last_name": "Pop"}}
    said = {
        voice: render("order_confirmation", locale, context, Dress("Lut", replace(KEPT, voice=voice)), links()).text for voice in VOICES
    }  # fmt: skip
    words = catalogue(locale)
    for voice in VOICES:
        for part in ("greeting", "ask", "sign"):
            text = words.say(f"voice.{voice}.{part}", {"name": "Ana", "whole": "Ana Pop", "shop": "Lut"})
            assert text in said[voice]
            assert not text.startswith("voice.")
    assert len(set(said.values())) == len(VOICES)
    assert "Ana Pop" in said["formal"]
    assert "Ana Pop" not in said["warm"]


@pytest.mark.parametrize("key", MESSAGES)
def test_every_shipped_message_greets_in_the_stores_voice_and_in_its_type(key: str) -> None:
    letters = [render(key, "en", RICH, Dress("Lut", replace(KEPT, voice=voice)), links(MESSAGES[key].survey)) for voice in VOICES]
    assert len({letter.text for letter in letters}) == len(VOICES)
    for type in TYPES:
        html = render(key, "en", RICH, Dress("Lut", replace(KEPT, type=type)), links(MESSAGES[key].survey)).html
        assert escape(STACKS[type]) in html
        assert not any(escape(STACKS[other]) in html for other in TYPES if other != type)


def test_what_is_not_known_leaves_no_comma_no_empty_box_and_no_link_behind() -> None:
    order = {**ORDER, "lines": [{"title": "Mug", "variant": None, "quantity": 1, "total_minor": 900, "url": None, "image_url": None}]}
    shipment = {"carrier": None, "tracking_number": None, "tracking_url": None}
    confirmed = render("order_confirmation", "en", {**RICH, "order": order}, BRAND, links())
    assert "Mug," not in confirmed.text
    assert '<img src=""' not in confirmed.html
    for given in (shipment, {}):
        shipped = render("shipping_notice", "en", {**RICH, "order": order, "shipment": given}, BRAND, links())
        assert catalogue("en").say("tracking.title", {}) + "\n" not in shipped.text
        assert catalogue("en").say("tracking.link", {}) not in shipped.html


def test_a_formal_letter_says_the_whole_name_as_it_is_written_where_people_live() -> None:
    formal = Dress("Lut", replace(KEPT, voice="formal"))
    known = {**RICH, "customer": {"first_name": "유나", "last_name": "", "full_name": "조유나"}}
    assert "조유나 고객님께" in render("csat", "ko", known, formal, links("csat")).text
