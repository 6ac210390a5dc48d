"""Conditions: what is read, and how errors are told."""

from __future__ import annotations

import pytest

from afterword.loop.conditions.door import Scope, parse
from afterword.loop.conditions.types import BadCondition
from afterword.loop.events.door import vocabulary

GOOD = (
    'count(order.placed, last="365d") >= 2 and customer.country in ("RO", "MD")',
    'last(survey.answered, where=score <= 6).age < "30d"',
    'not ever(review.submitted, same="order") and order.total > 50',
    'sum(order.placed, "total_base_minor", last="90d") > 500',
    'order.total > money(50, "EUR")',
    "1 < count(order.placed) <= 3",
    'has(order.delivered_at) or order.placed_at.age > "2h"',
    'avg(order.placed, "total_minor") / 2 > 15',
)
BAD = {
    "order.total > ": "this cannot be read",
    "order.total": "this is money; expected something that is true or false",
    "count(order.plased) > 1": "Did you mean order.placed",
    "order.placed": "order.placed is an event",
    'order.total > "much"': "money is compared with a text",
    'last(survey.answered).age < 30': "a duration is compared with a number",
    "last(survey.answered) > 3": "is an event, not a value",
    'sum(order.placed, "currency") > 1': "currency is a text",
    "__import__('os').system('true') == 0": "there is no function",
    "(lambda: 1)() == 1": "there is no function",
    "[x for x in (1, 2)] == 1": "this form is not part of the language",
    "event.total_minor > 1": "there is no event at hand here",
    'ever(review.submitted, same="planet")': "“same” does not fit here",
    "1 == 1 and " * 400 + "1 == 1": "the condition is too long",
}  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_a_condition_is_read(text: str) -> None:
    assert parse(text, Scope(vocabulary)).type == "bool"


@pytest.mark.parametrize("text", BAD)
def test_a_bad_condition_is_told_with_its_column(text: str) -> None:
    with pytest.raises(BadCondition) as refusal:
        parse(text, Scope(vocabulary))
    assert BAD[text] in str(refusal.value)
    assert str(refusal.value).startswith("At column ")
