"""A summary of an order on paper: lines and sums in the customer's language, tax where it belongs, the same bytes each time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from afterword.loop.accounts.types import Brand
from afterword.loop.messages.queries.papers import drawing
from afterword.loop.messages.rules.brand import Dress
from afterword.loop.messages.rules.catalogues import LOCALES, catalogue
from afterword.loop.messages.rules.paper import file_name, summary, tax_is_beside

AT = datetime(2026, 11, 16, 15, tzinfo=UTC)
DRESS = Dress("Lut & Boabe", Brand(legal="Lut & Boabe SRL\nCUI RO123456", postal_address="Strada Lungă 1, Cluj-Napoca", colour="#b4532a"))
ORDER: dict[str, Any] = {
    "id": "o", "number": "#24971", "placed_at": AT, "currency": "EUR", "total_minor": 6740, "shipping_minor": 990, "discount_minor": 0,
    "tax_minor": 1076, "full_name": "Ana Ionescu",
    "lines": [
        {"title": "Cană „Dealul Melcului”", "variant": "350 ml", "quantity": 2, "total_minor": 3850},
        {"title": "녹차 ชาเขียว Зелений чай", "quantity": 1, "total_minor": 1900},
    ],
    "shipping_address": {"name": "Ana Ionescu", "line1": "Strada Matei Corvin 6", "city": "Cluj-Napoca", "postal_code": "400112",
                         "country": "RO"},
}  # fmt: skip


def sums(order: dict[str, Any], locale: str = "en") -> dict[str, str]:
    found = summary("invoice", order, catalogue(locale), DRESS, "Europe/Bucharest").sums
    return {name: amount for name, amount, _ in found}


def test_a_tax_stands_within_the_total_or_beside_the_goods_as_the_sums_say() -> None:
    assert not tax_is_beside(ORDER)
    assert sums(ORDER) == {"Delivery": "€9.90", "Total": "€67.40", "Tax included in the total": "€10.76"}
    beside = {**ORDER, "total_minor": 6740 + 1076}
    assert list(sums(beside)) == ["Delivery", "Tax", "Total"]
    assert list(sums({**ORDER, "tax_minor": None})) == ["Delivery", "Total"]
    assert sums({**ORDER, "discount_minor": 500}, "ro")["Reducere"] == "−5,00\xa0EUR"


def test_refunds_are_told_with_their_day_and_addresses_once_where_they_are_the_same() -> None:
    refunded = {**ORDER, "refunds": [{"at": "2026-11-18T09:00:00+00:00", "amount_minor": 1900, "currency": "EUR"}]}
    made = summary("credit", refunded, catalogue("en"), DRESS, "Europe/Bucharest")
    assert made.title == "Refund summary"
    assert made.sums[-1] == ("Refunded on Wednesday 18 November 2026", "−€19.00", True)
    assert len(made.places) == 1
    same = summary("invoice", {**ORDER, "billing_address": ORDER["shipping_address"]}, catalogue("en"), DRESS, "UTC")
    other = summary("invoice", {**ORDER, "billing_address": {"line1": "Elsewhere 1", "city": "Iași"}}, catalogue("en"), DRESS, "UTC")
    assert (len(same.places), len(other.places)) == (1, 2)
    assert made.seller == ("Lut & Boabe SRL", "CUI RO123456", "Strada Lungă 1, Cluj-Napoca")


@pytest.mark.parametrize("locale", [pytest.param(one, marks=() if one in ("en", "th") else pytest.mark.slow) for one in LOCALES])
def test_every_language_is_drawn_and_the_same_order_gives_the_same_bytes(locale: str) -> None:
    made = drawing("invoice", ORDER, DRESS, locale, "Europe/Bucharest", AT)
    assert made[:5] == b"%PDF-"
    assert made == drawing("invoice", ORDER, DRESS, locale, "Europe/Bucharest", AT)


def test_what_no_font_has_is_left_out_and_many_lines_go_on_further_sheets() -> None:
    strange = {**ORDER, "lines": [{"title": "Fox 🦊 mug 𠮷", "quantity": 1, "total_minor": 100}] * 120}
    made = drawing("invoice", strange, Dress("Fox 🦊", Brand()), "en", "UTC", AT)
    assert made.count(b"/Type /Page\n") > 2
    assert summary("invoice", {**ORDER, "lines": ORDER["lines"] * 300}, catalogue("en"), DRESS, "UTC").more == "and 200 more things"


def test_files_have_names_that_every_machine_can_write() -> None:
    assert file_name("invoice", True, "#24971") == "invoice-24971.pdf"
    assert file_name("credit", True, "") == "credit-note.pdf"
    assert file_name("invoice", False, '№ 7/"\r\nX') == "order-7X.pdf"
    assert file_name("credit", False, "R1") == "refund-R1.pdf"
