"""What lint finds in a message: each fault once, with its place and how to mend it; and nothing in what ships."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from afterword.loop.messages.rules.catalogues import LOCALES
from afterword.loop.messages.rules.examples import ORDINARY
from afterword.loop.messages.rules.lint import Facts, Finding, lint
from afterword.loop.messages.rules.render import Rendered
from afterword.loop.messages.rules.shipped import MESSAGES
from afterword.loop.messages.rules.tests.test_render import BRAND, links
from afterword.loop.messages.rules.wording import EVERY, Variant, Wording, of_document
from afterword.loop.messages.rules.written import render_wording

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
SECTION = "<mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section>"
PREHEADER = "What is inside, said in a sentence that fills the line."


def rendered(wording: Wording, locale: str) -> Rendered:
    return render_wording(wording, locale, ORDINARY.context(NOW), BRAND, links(topic=wording.category))


def found(
    body: str = "Good news.", *, subject: str = "Your coffee is on its way", preheader: str = PREHEADER, **more: Any
) -> list[Finding]:
    """What is found in a service message in English."""
    facts = Facts(
        languages=more.pop("languages", ("en",)),
        rendered=rendered,
        **{k: more.pop(k) for k in ("avoided", "preferred", "dead", "campaigns", "with_order") if k in more},
    )
    variant = {"subject": subject, "preheader": preheader, "body": body if "<" in body else SECTION.format(body)}
    variants = {"en": variant, **more.pop("variants", {})}
    return list(lint(of_document({"key": "hello", "category": "service", "variants": variants} | more), facts))


def said(findings: list[Finding]) -> str:
    return "\n".join(f"{one.level} {one.locale} {one.part} {one.line}: {one.said}" for one in findings)


def test_a_good_message_is_let_be() -> None:
    assert said(found("Hello {{ customer.first_name | default: 'there' }}, {% if order.number %}{{ order.number }}{% endif %}")) == ""


@pytest.mark.slow
@pytest.mark.parametrize("key", MESSAGES)
def test_there_is_nothing_wrong_with_what_ships(key: str) -> None:
    wording = of_document({"key": key, "category": MESSAGES[key].category, "variants": {}})
    for locale in LOCALES:
        one = replace(wording, variants={locale: Variant(words={"@.own": "x"})})
        assert [f for f in lint(one, Facts(("en",), rendered=rendered)) if f.level != "hint" and "62 characters" not in f.said] == []


def test_what_may_be_missing_and_what_nobody_gives_is_named_with_its_line() -> None:
    body = SECTION.format("\nHello {{ customer.first_name }},\n{{ ordr.number }}\n{% if shipment %}{{ shipment.carrier }}{% endif %}")
    assert said(found(body)).splitlines() == [
        "error en body 3: nothing is called “ordr”, so nothing would be said there",
        "warning en body 2: “customer.first_name” is not always known",
    ]


def test_what_is_not_liquid_is_an_error_and_nothing_else_is_said() -> None:
    (one,) = found(SECTION.format("\n{{ order.number | no_such_filter }}"))
    assert (one.level, one.part, "no_such_filter" in one.said) == ("error", "body", True)
    (one,) = found(SECTION.format("\n{% fi order %}"))
    assert (one.level, one.line) == ("error", 2)


@pytest.mark.parametrize(
    ("subject", "said_of_it"),
    [
        ("", "no subject"), ("x" * 61, "61 characters"), ("BUY NOW BUY NOW", "capital letters"), ("Re: your order", "an answer"),
        ("Hello!", "does not say"), ("Great!! News about your tea", "exclamation"), ("12345", "does not say"),
    ],
)  # fmt: skip
def test_a_subject_is_short_clear_and_honest(subject: str, said_of_it: str) -> None:
    assert said_of_it in said(found(subject=subject))


def test_a_preheader_is_there_and_says_something_else() -> None:
    assert "no preheader" in said(found(preheader=""))
    assert "what the subject says" in said(found(preheader="Your coffee is on its way"))
    assert "inboxes show 110" in said(found(preheader="word " * 30))


def test_words_against_the_voice_are_found_in_text_and_not_in_names_or_markup() -> None:
    body = SECTION.format('A cheap deal <a href="https://shop.example/cheap">x</a> {{ cheap | default: 1 }}')
    one = found(body, avoided=("cheap",), preferred={"deal": "offer"})
    assert [f.said for f in one if "called" not in f.said] == ["“cheap” is not this shop's word", "“deal”, where this shop says “offer”"]


def test_pictures_say_what_they_show_and_do_not_stand_alone() -> None:
    picture = '<mj-section><mj-column><mj-image src="https://shop.example/a.png" /></mj-column></mj-section>'
    assert "a picture without words" in said(found(picture))
    page = '<html><body><img src="https://shop.example/a.png" alt="a"><a href="{{ links.unsubscribe }}">x</a></body></html>'
    assert "nearly all pictures" in said(found(page))


def test_links_that_do_not_answer_are_named() -> None:
    link = SECTION.format('<a href="https://shop.example/a?b=1&amp;c=2">x</a>')
    assert "https://shop.example/a?b=1&c=2 answers 404" in said(found(link, dead={"https://shop.example/a?b=1&c=2": "404"}))


def test_a_mail_that_gmail_would_cut_is_too_heavy() -> None:
    assert "Gmail cuts" in said(found("word " * 25_000))


def test_marketing_and_service_say_how_to_get_no_more() -> None:
    page = "<html><body><p>Twenty percent off, this week and for you alone.</p></body></html>"
    assert "how to get no more" in said(found(page))
    assert "how to get no more" in said(found(page, category="marketing"))
    assert "how to get no more" not in said(found(page, category="transactional"))
    assert "how to get no more" not in said(found(page.replace("</p>", '</p><a href="{{ unsubscribe_link }}">stop</a>')))


def test_what_a_customer_wrote_never_becomes_markup() -> None:
    assert "takes away the protection" in said(found("{{ customer.first_name | default: 'x' | safe }}"))
    assert "“script” has no place" in said(found("<html><body><script>x</script><a href='{{ unsubscribe_link }}'>x</a></body></html>"))


def test_many_buttons_ask_for_too_much() -> None:
    button = '<mj-button href="https://shop.example/{}">{}</mj-button>'
    body = "<mj-section><mj-column>" + "".join(button.format(n, n) for n in range(4)) + "</mj-column></mj-section>"
    assert "4 things at once" in said(found(body))


def test_missing_languages_are_listed_and_lent_parts_too() -> None:
    there = said(found(languages=("en", "ro", "de"), variants={"ro": {"subject": "Cafeaua e pe drum"}}))
    assert "who speaks German reads it in English" in there
    mends = [one.mend for one in found(languages=("ro", "pt-BR"))]
    assert mends == ["Write it in Romanian too.", "Write it in Portuguese (Brazil) too."]
    assert "warning ro body None: the body is lent by another language" in there


def test_a_block_that_is_not_there_is_an_error() -> None:
    assert "no block called “nowhere”" in said(found('<mj-section></mj-section><mj-include path="nowhere"/>'))


def test_one_variant_for_all_languages_is_looked_at_once() -> None:
    wording = of_document({"key": "csat", "category": "service", "variants": {EVERY: {"body": SECTION.format("{{ nobody }}")}}})
    assert [one.locale for one in lint(wording, Facts(("en",)))] == [EVERY]


def test_words_that_stand_in_no_text_are_seen_by_nobody_and_named() -> None:
    inside = SECTION.format("x") + "{% if order.number %}" + SECTION.format("{{ order.number }}") + "{% endif %}"
    assert "in no text" not in said(found(inside))
    assert "body 2: it stands in no text" in said(found(f"{inside}\n{{{{ brand.name }}}}"))


ORDERED = "Dear you,<br/>\n{{ order.total_minor | money }} for {% for line in order.lines %}{{ line.title }}{% endfor %}"


def of_orders(findings: list[Finding]) -> list[tuple[str, int | None, str]]:
    return [(one.part, one.line, one.said) for one in findings if "has no order" in one.said]


def test_a_marketing_text_that_speaks_of_an_order_is_named_with_its_line() -> None:
    assert of_orders(found(ORDERED, category="marketing")) == [
        ("body", 2, "a campaign has no order, so “order.total_minor” says nothing there"),
        ("body", 2, "a campaign has no order, so “order.lines” says nothing there"),
    ]
    assert "{% if order.id %}" in next(one.mend for one in found(ORDERED, category="marketing") if "has no order" in one.said)
    parcel = found("Look", subject="{{ shipment.carrier | default: 'Carrier' }}: {{ order_number }} and {{ days }}", category="marketing")
    assert [said.split("“")[1].split("”")[0] for _, _, said in of_orders(parcel)] == ["order_number", "days"]


def test_a_text_that_a_campaign_sends_is_held_to_it_whatever_its_category_is() -> None:
    assert of_orders(found(ORDERED)) == []
    sent = found(ORDERED, campaigns={"hello": ("Spring",)}, with_order=frozenset({"hello"}))
    assert of_orders(sent)[0][2] == "the campaign “Spring” has no order, so “order.total_minor” says nothing there"


def test_what_journeys_about_an_order_send_may_speak_of_it_and_so_may_what_asks_first() -> None:
    assert of_orders(found(ORDERED, category="marketing", with_order=frozenset({"hello"}))) == []
    asked = "{% if order.id %}{{ order.total_minor | money }}{% for one in order.lines %}{{ one.title }}{% endfor %}{% endif %}"
    assert of_orders(found(asked, category="marketing")) == []
    own = "{% assign order = customer %}{{ order.first_name }} {{ 'order.number' | upcase }}"
    assert of_orders(found(own, category="marketing")) == []
    assert of_orders(found(f"{asked} {{{{ order.currency }}}}", category="marketing"))[0][2].count("order.currency") == 1
