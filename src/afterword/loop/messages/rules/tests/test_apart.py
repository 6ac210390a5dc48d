"""Names that run the other way do not turn a shop's own text around: in HTML, in plain text, in the subject."""

from __future__ import annotations

from typing import Any

from afterword.loop.messages.rules.apart import Apart, bare, set_apart
from afterword.loop.messages.rules.catalogues import catalogue
from afterword.loop.messages.rules.tests.test_render import BRAND, ORDER, RICH, links
from afterword.loop.messages.rules.wording import of_document
from afterword.loop.messages.rules.written import render_wording

NAME, MUG = "محمد", "כוס קפה (350)"
CONTEXT: dict[str, Any] = {
    **RICH, "customer": {**RICH["customer"], "first_name": NAME, "full_name": f"{NAME} Ionescu"},
    "order": {**ORDER, "lines": [{"title": MUG, "quantity": 2, "total_minor": 100, "url": "https://shop.example/כוס", "image_url": ""}]},
}  # fmt: skip
BODY = (
    "<mj-section><mj-column><mj-text>Hi {{ customer.first_name }}! {% for line in order.lines %}{{ line.quantity }} × {{ line.title }}"
    "{% endfor %} {% if customer.first_name == 'محمد' %}known{% endif %} {{ customer.first_name | default: 'you' }}"
    "</mj-text></mj-column></mj-section>"
)


def made(locale: str = "en", body: str = BODY) -> Any:
    variants = {locale: {"subject": "For {{ customer.first_name }}, 3 things", "preheader": "{{ line_items[0].title }}.", "body": body}}
    wording = of_document({"key": "hello", "name": "", "category": "service", "variants": variants})
    return render_wording(wording, locale, CONTEXT, BRAND, links())


def test_names_and_titles_are_set_apart_in_every_part() -> None:
    mail = made()
    assert mail.subject == f"For \u2068{NAME}\u2069, 3 things"
    assert mail.preheader == f"\u2068{MUG}\u2069.", "by the names of Shopify's too"
    for part in (mail.html, mail.text):
        assert f"Hi \u2068{NAME}\u2069!" in part
        assert f"2 × \u2068{MUG}\u2069" in part
        assert "known" in part, "what is asked for by its name is found"
        assert "\u2068\u2068" not in part


def test_a_text_that_runs_the_same_way_is_left_alone_and_so_is_what_machines_read() -> None:
    assert f"Hi {NAME}!" in made("ar").html
    seen = set_apart(CONTEXT, catalogue("en"))
    assert seen["order"]["lines"][0]["url"] == "https://shop.example/כוס"
    assert "\u2068" not in seen["customer"].get("email", "")
    code = made(body="<mj-section><mj-column><mj-text>{{ customer.first_name | qr }}</mj-text></mj-column></mj-section>")
    assert f'alt="{NAME}"' in code.html


def test_a_text_set_apart_equals_what_it_was() -> None:
    name = Apart.of(NAME, "a")
    assert (name == NAME, name != NAME, name == "x", bare(name)) == (True, False, False, NAME)
    assert Apart.of("Ana", "a") == "Ana"
    assert type(Apart.of("Ștefan", "a")) is str
