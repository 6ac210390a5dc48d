"""Templates in the manner of Shopify's notifications, as a merchant would paste them: they say what the order says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from liquid.exceptions import LiquidError

from afterword.loop.messages.rules.liquid import checked, environment, unknown_variables
from afterword.loop.messages.rules.shopify import NAMES, variables, with_variables

ORDER: dict[str, Any] = {
    "id": "0190", "number": "#1042", "placed_at": datetime(2026, 11, 13, 20, 32, tzinfo=UTC), "currency": "EUR", "total_minor": 6740,
    "shipping_minor": 990, "discount_minor": 500, "tax_minor": 1076, "promised_to": date(2026, 11, 19), "email": "ana@lut.example",
    "shipping_method": "Courier", "discounts": [{"code": "HELLO", "amount_minor": 500}],
    "lines": [
        {"title": "Mug <Snail>", "variant": "350 ml", "quantity": 2, "total_minor": 3800, "url": "https://lut.example/mug",
         "image_url": "https://lut.example/mug.jpg", "sku": "M-1", "grams": 420, "refunded": 1},
        {"title": "Bowl", "variant": "", "quantity": 1, "total_minor": 2450},
    ],
    "address": {"name": "Ana Pop", "line1": "Weserstraße 41", "city": "Berlin", "postcode": "12045", "country": "DE"},
    "transactions": [{"gateway": "shop_pay", "amount_minor": 6740, "card": "Visa", "last_four": "4242"}],
}  # fmt: skip
CONTEXT: dict[str, Any] = {
    "now": datetime(2026, 11, 16, 15, tzinfo=UTC), "zone": "Europe/Berlin", "order": ORDER, "locale": "en", "subject": "Thank you",
    "customer": {"first_name": "Ana", "last_name": "Pop", "full_name": "Ana Pop", "email": "ana@lut.example"},
    "shipment": {"carrier": "GLS", "tracking_number": "9057", "tracking_url": "https://gls.example/9057"},
    "shop": {"name": "Lut", "url": "https://lut.example/"}, "brand": {"name": "Lut", "reply_to": "salut@lut.example"},
    "links": {"order": "https://care.example/c/o/1", "unsubscribe": ""},
}  # fmt: skip
CONFIRMATION = """
{% capture heading %}{% if has_pickup_in_store %}Pick it up{% else %}Order {{ name }} is in{% endif %}{% endcapture %}
<h1>{{ heading }}</h1><p>Dear {{ customer.first_name | default: 'customer' }}, on {{ created_at | date: "%B %-d, %Y" }} you bought
{{ item_count }} {{ item_count | pluralize: 'thing', 'things' }}.</p>
{% if order_status_url %}<a href="{{ order_status_url }}">See it</a> or {{ 'visit our shop' | link_to: shop.url }}{% endif %}
{% for line in subtotal_line_items %}
  {% if line.image %}<img src="{{ line | img_url: 'compact_cropped' }}" alt="">{% endif %}
  {{ line.title }}{% unless line.variant.title contains 'Default' %} / {{ line.variant.title }}{% endunless %} x {{ line.quantity }}
  {% if line.final_line_price > 0 %}{{ line.final_line_price | money }}{% else %}Free{% endif %}
  {% if line.grams > 0 %}{{ line.grams | weight_with_unit }}{% endif %}
{% endfor %}
{%- for discount_application in discount_applications -%}
  {{ discount_application.title | upcase }}: -{{ discount_application.total_allocated_amount | money }}
{%- endfor -%}
<p>Subtotal {{ subtotal_price | money }} Shipping {{ shipping_price | money }}
{% for tax_line in tax_lines %}Tax {{ tax_line.price | money }}{% endfor %}</p>
<p>Total {{ total_price | money_with_currency }}, {{ total_price | money_without_currency }}, {{ 6700 | money_without_trailing_zeros }}</p>
{% if requires_shipping and shipping_address %}{{ shipping_address | format_address }}{{ shipping_address.zip }}{% endif %}
{% for transaction in transactions %}{{ transaction.gateway_display_name }}
{{ transaction.payment_details.credit_card_last_four_digits }}{% endfor %}
{% for method in shipping_methods %}{{ method.title }}{% endfor %} {{ shop.email }} {{ confirmation_number }} {{ billing_address.city }}
"""
SHIPPED = """
{% case fulfillment.item_count %}{% when 1 %}One item{% else %}{{ fulfillment.item_count }} items{% endcase %} from {{ name }} on the way.
{% if fulfillment.estimated_delivery_at %}Expected {{ fulfillment.estimated_delivery_at | date: format: 'date' }}{% endif %}
{% if fulfillment.tracking_numbers.size > 0 %}{{ fulfillment.tracking_company }}:
{% for tracking_number in fulfillment.tracking_numbers %}<a href="{{ fulfillment.tracking_urls[forloop.index0] }}">{{ tracking_number }}</a>
{%- unless forloop.last %}, {% endunless %}{% endfor %}{% endif %}
{% for line in fulfillment.fulfillment_line_items %}{{ line.line_item.title }} x {{ line.quantity }};{% endfor %}
"""
REFUNDED = """
{% if refund_amount == total_price %}All of it{% else %}{{ refund_amount | money }}{% endif %} goes back for {{ name }}.
{% for refund_line in refund_line_items %}{{ refund_line.quantity }} x {{ refund_line.line_item.title }}{% endfor %}
"""
CANCELLED = """
{% case cancel_reason %}{% when 'customer' %}As you asked{% when 'inventory' %}We had too few{% else %}Something came up{% endcase %}:
{{ name }} was cancelled {{ cancelled_at | date: '%d %b' }}{% if financial_status == 'refunded' %} and paid back{% endif %}.
"""


def said(source: str, order: Mapping[str, Any] = ORDER, *, locale: str = "en", html: bool = True, **more: Any) -> str:
    template = environment(locale, html=html).from_string(source)
    given = with_variables({**CONTEXT, "order": order, **more}, frozenset(template.global_variables()))
    return " ".join(template.render(given).split())


def test_an_order_confirmation_says_its_lines_its_money_and_where_it_goes() -> None:
    text = said(CONFIRMATION)
    assert "<h1>Order #1042 is in</h1>" in text
    assert "Dear Ana, on November 13, 2026 you bought 3 things." in text
    assert '<a href="https://care.example/c/o/1">See it</a> or <a href="https://lut.example/">visit our shop</a>' in text
    assert '<img src="https://lut.example/mug.jpg" alt=""> Mug &lt;Snail&gt; / 350 ml x 2 €38.00 0.42 kg' in text
    assert "Bowl x 1 €24.50 HELLO: -€5.00<p>Subtotal €57.50 Shipping €9.90 Tax €10.76</p>" in text
    assert "<p>Total €67.40 EUR, 67.40, €67</p>" in text
    assert "<p>Ana Pop<br>Weserstraße 41<br>12045 Berlin</p>12045" in text
    assert text.endswith("Shop pay 4242 Courier salut@lut.example 1042 Berlin")


def test_the_other_notices_say_what_became_of_the_order() -> None:
    sent = said(SHIPPED)
    assert "2 items from #1042 on the way. Expected November 19, 2026 GLS:" in sent
    assert '<a href="https://gls.example/9057">9057</a> Mug &lt;Snail&gt; x 2;Bowl x 1;' in sent
    assert said(REFUNDED, {**ORDER, "refund_minor": 1900}) == "€19.00 goes back for #1042. 1 x Mug &lt;Snail&gt;"
    gone = {**ORDER, "cancel_reason": "inventory", "cancelled_at": datetime(2026, 11, 14, tzinfo=UTC), "refund_minor": 6740}
    assert said(CANCELLED, gone) == "We had too few: #1042 was cancelled 14 Nov and paid back."


@pytest.mark.parametrize("source", [CONFIRMATION, SHIPPED, REFUNDED, CANCELLED], ids=["order", "shipping", "refund", "cancelled"])
@pytest.mark.parametrize("html", [True, False], ids=["html", "text"])
def test_they_are_read_by_lint_and_render_where_nothing_is_known(source: str, html: bool) -> None:
    checked(source, "en", html=html)
    assert unknown_variables(source, "en", dict.fromkeys([*CONTEXT, *NAMES])) == []
    assert said(source, {}, html=html, shipment={}, customer={}, shop={}, brand={}, links={})


def test_days_and_money_are_said_in_the_customer_s_language() -> None:
    assert said("{{ created_at | date: '%A, %-d %B' }} {{ total_price | money }}", locale="pt-BR") == "sexta-feira, 13 novembro € 67,40"
    assert said("{{ order.total_minor | money: 'JPY' }} {{ order.placed_at | date: 'long' }}") == "JP¥6,740 Friday 13 November"
    assert said("{{ total_price | money_without_currency }}", locale="ro") == "67,40"
    assert said("{{ created_at | date: '100%% %^a' }}") == "100% FRI"


def test_our_own_values_stand_in_front() -> None:
    assert with_variables(CONTEXT, frozenset({"order", "brand"})) is CONTEXT
    assert with_variables(CONTEXT, frozenset({"line_items"}))["order"]["lines"] is ORDER["lines"]
    assert said("{{ shop.name }} {{ shop.domain }} {{ customer.name }}") == "Lut lut.example Ana Pop"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ '100% M & Ms!!!' | handleize }}", "100-m-ms"), ("{{ 'coming-soon' | camelcase }}", "ComingSoon"),
        ("{{ 'hey' | md5 }}", "6057f13c496ecf7fd777ceb9e79ae285"), ("{{ 'hey' | sha1 }}", "7f550a9f4c44173a37664d938f1355f0f92a47a7"),
        ("{{ 'hey' | hmac_sha256: 'secret_key' }}", "8df897f8da3d7992fe57c8dbc6f27578cfbf2dcc4d0fbb4000b8c924841d508e"),
        ("{{ 'hey<>hi' | url_escape }}", "hey%3C%3Ehi"), ("{{ 'a&b' | url_param_escape }}", "a%26b"),
        ("{{ 'the red fox' | highlight: 'red' }}", 'the <strong class="highlight">red</strong> fox'),
        ("{{ 'x' | link_to: 'javascript:alert(1)' }}", "x"), ("{{ '</script>' | json }}", '"\\u003c/script\\u003e"'),
        ("{{ 'ABCD1234EF' | format_code }}", "ABCD 1234 EF"),
        ("{{ '2026-11-13' | time_tag: '%d' }}", '<time datetime="2026-11-13">13</time>'),
        ("{{ line_items[0].variant | json | size }}", str(len('{"title": "350 ml", "sku": "M-1", "price": 1900, "image": {"src": '
                                                              '"https://lut.example/mug.jpg", "alt": "Mug \\u003cSnail\\u003e"}}'))),
        ("{{ gift_card.code }}{{ tags | join: ',' }}", ""), ("{{ 1500 | weight_with_unit: 'lb' }}", "3.31 lb"),
    ],
)  # fmt: skip
def test_a_filter_of_shopify_s(source: str, text: str) -> None:
    assert said(source) == text


def test_what_python_refuses_is_a_fault_of_the_template() -> None:
    with pytest.raises(LiquidError):
        said("{% for line in line_items limit: -1 %}{% endfor %}")


def test_what_nobody_knows_is_nothing() -> None:
    made = variables({})
    assert made["fulfillment"] is None
    assert made["line_items"] == []
    assert made["shipping_address"] is None
