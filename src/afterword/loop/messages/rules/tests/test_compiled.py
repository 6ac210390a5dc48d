"""Every message that ships says the same compiled as interpreted, and all of each is compiled."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from liquid import BoundTemplate

from afterword.kernel.liquid.template import Compiled
from afterword.loop.accounts.types import Brand
from afterword.loop.messages.rules.brand import Dress
from afterword.loop.messages.rules.catalogues import LOCALES
from afterword.loop.messages.rules.links import Ring, links_for
from afterword.loop.messages.rules.liquid import Fenced, environment
from afterword.loop.messages.rules.render import seen_by, settled, structure
from afterword.loop.messages.rules.shipped import MESSAGES

NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
DRESS = Dress(
    "Lut & Boabe", Brand(sender_email="salut@lut.example", postal_address="Strada Matei Corvin 6", site_url="https://lut.example/")
)
LINE = {"title": "Mug <“Snail”>", "variant": "350 ml", "quantity": 2, "total_minor": 3800, "url": "https://lut.example/m", "image_url": ""}
MUCH: dict[str, Any] = {
    "now": NOW, "zone": "Europe/Kyiv", "customer": {"first_name": "Seo'yeon", "full_name": "김서연"}, "score": 2, "scale": 5,
    "order": {"number": "#24971", "placed_at": NOW, "currency": "UAH", "total_minor": 6740, "shipping_minor": 990, "discount_minor": 500,
              "promised_from": date(2026, 11, 18), "promised_to": date(2026, 11, 19), "lines": [LINE] * 43,
              "address": {"name": "김서연", "line1": "Weserstraße 41", "city": "Berlin", "postcode": "12045", "country": "DE"}},
    "shipment": {"carrier": "GLS", "tracking_number": "9057", "tracking_url": "https://gls.example/9057"},
    "product": {"title": "Mug", "url": "https://lut.example/mug"},
}  # fmt: skip


class Interpreted(Fenced):
    """The same fence around python-liquid itself."""

    template_class = BoundTemplate  # type: ignore[assignment]


@pytest.mark.parametrize("locale", [one if one == "ko" else pytest.param(one, marks=pytest.mark.slow) for one in LOCALES])
@pytest.mark.parametrize("key", MESSAGES)
def test_a_shipped_message_says_the_same_compiled(key: str, locale: str) -> None:
    message = MESSAGES[key]
    links = links_for(
        Ring({1: b"x" * 32}, 1), "https://care.example/c", message_id=UUID(int=1), customer_id=UUID(int=2), order_id=UUID(int=3),
        store="main", topic=message.topic, now=NOW, locale=locale, survey=message.survey, review=True,
    )  # fmt: skip
    source = settled(structure(key), locale, DRESS.brand.colour)
    for html, text in ((True, source.html), (False, source.text)):
        fast = environment(locale, html=html)
        slow = Interpreted(autoescape=html)
        slow.filters, slow.tags = fast.filters, fast.tags
        template = fast.from_string(text)
        assert isinstance(template, Compiled)
        assert template.compiles()
        for context in (MUCH, {"now": NOW}):
            seen = seen_by(key, locale, context, DRESS, links)
            assert template.render(seen) == slow.from_string(text).render(seen)
