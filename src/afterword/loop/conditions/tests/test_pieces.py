"""Common conditions can be drawn as pieces and written back; what cannot be drawn is said to be text."""

from __future__ import annotations

import pytest

from afterword.loop.conditions.rules.pieces import Piece, Pieces, pieces, written

DRAWN = [
    'count(order.placed, last="365d") >= 2 and customer.country in ("RO", "MD")',
    'last(survey.answered, where=score <= 6).age < "30d"',
    'not ever(review.submitted, same="order") and order.total > 50',
    'in_segment("vip") or sum(order.placed, "total", last="90d") > 500',
    'order.total > money(50, "EUR")',
    "score <= 6",
    "not order.first_order",
    'order.placed_at.age > "3d"',
    'customer.country in ("RO",)',
]
TEXT_ONLY = [
    'count(order.placed) >= 2 and (customer.country == "RO" or order.total > 5)', "order.total / order.items > 5", "1 < order.total < 5",
    "order.total > order.items", "has(order.total)", "a b", "", 'not (order.total > 5)',
]  # fmt: skip


@pytest.mark.parametrize("text", DRAWN)
def test_what_is_drawn_is_written_back_word_for_word(text: str) -> None:
    found = pieces(text)
    assert found is not None
    assert written(found) == text


@pytest.mark.parametrize("text", TEXT_ONLY)
def test_what_cannot_be_drawn_stays_text(text: str) -> None:
    assert pieces(text) is None


def test_a_text_that_looks_like_a_number_keeps_its_quotes() -> None:
    assert written(Pieces("and", (Piece("value", "customer.country", op="==", than="40"),))) == 'customer.country == "40"'
    assert written(Pieces("and", (Piece("count", "order.placed", op=">", than="2"),))) == "count(order.placed) > 2"
