"""Conditions: what is read, and how errors are told."""

from __future__ import annotations

import pytest

from afterword.loop.conditions.door import Scope, parse, text_of, turns
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


SEGMENTS = {
    "vip": 'sum(order.placed, "total_base_minor", last="365d") > 500',
    "seen": "ever(page.viewed)",
    "one": 'in_segment("two")',
    "two": 'not in_segment("one")',
    "longer": " or ".join(['in_segment("wide")'] * 50),
    "wide": " or ".join(["ever(page.viewed)"] * 50),
}


@pytest.mark.parametrize("text", [*GOOD, 'not (ever(order.placed) or ever(page.viewed)) and customer.country == "R\\"O"', "1 + 2 * 3 > 4"])
def test_a_condition_written_out_again_means_the_same(text: str) -> None:
    node = parse(text, Scope(vocabulary))
    assert parse(text_of(node), Scope(vocabulary)) == node


def test_a_segment_stands_in_a_condition_as_its_own_text() -> None:
    scope = Scope(vocabulary, segments=SEGMENTS)
    assert parse('in_segment("vip") and order.total > 5', scope) == parse(f"{SEGMENTS['vip']} and order.total > 5", Scope(vocabulary))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('in_segment("vap")', 'there is no segment “vap”; expected in_segment("vip")'),
        ('in_segment("one")', "(one → two → one)"),
        ('in_segment("longer")', "the condition is too long"),
        ("in_segment(vip)", "takes the key of one segment"),
        ('count(order.placed, where=in_segment("vip")) > 1', "a `where` looks at its own event only"),
    ],
)
def test_a_segment_that_cannot_stand_there_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(BadCondition) as refusal:
        parse(text, Scope(vocabulary, segments=SEGMENTS))
    assert said in str(refusal.value)


@pytest.mark.parametrize("text", ["order.total > 5", 'ever(review.submitted, same="order")'])
def test_whoever_is_asked_alone_has_no_order_at_hand(text: str) -> None:
    with pytest.raises(BadCondition) as refusal:
        parse(text, Scope(vocabulary, alone=True))
    assert "there is no order at hand here" in str(refusal.value)


def test_a_place_is_counted_in_letters() -> None:
    with pytest.raises(BadCondition, match=r"^At column 32 of"):
        parse('customer.country == "Țară" and order.totl > 5', Scope(vocabulary))


def test_windows_and_ages_turn_by_time_alone_and_nothing_else_does() -> None:
    def count(text: str) -> int:
        return len(turns(parse(text, Scope(vocabulary))))

    assert count('count(order.placed, last="30d") >= 2 and last(survey.answered).age < "30d"') == 2
    assert count('last(order.placed, last="9d").age > "3d"') == 2
    assert count("has(last(order.placed).age) and count(order.placed) > 3 and customer.created_at < last(order.placed).at") == 0


@pytest.mark.parametrize("text", ['ever(order.placed, last="999999999d")', 'customer.created_at.age > "999999999d"'])
def test_a_length_that_no_calendar_holds_is_refused(text: str) -> None:
    with pytest.raises(BadCondition, match="longer than anybody remembers"):
        parse(text, Scope(vocabulary))


def test_an_age_is_compared_and_not_looked_for_in_a_list() -> None:
    with pytest.raises(BadCondition, match="an age is looked for in a list"):
        parse('customer.created_at.age in ("3d", "4d")', Scope(vocabulary))
