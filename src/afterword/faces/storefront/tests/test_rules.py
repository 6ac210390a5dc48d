"""What the order page answers first."""

from datetime import UTC, date, datetime, timedelta

import pytest

from afterword.faces.storefront.rules import Bar, State, answer, mood_of, still_open, strip
from afterword.faces.storefront.templatetags.words import stress

TODAY = date(2026, 11, 19)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "key", "following"),
    [
        (State(TODAY), "placed", "placed"),
        (State(TODAY, promised_to=TODAY + DAY), "promised", "placed"),
        (State(TODAY, shipped=True), "moving", "moving"),
        (State(TODAY, "in_transit", shipped=True, promised_to=TODAY), "promised", "moving"),
        (State(TODAY, "in_transit", shipped=True, promised_to=TODAY - DAY), "late", "moving"),
        (State(TODAY, "out_for_delivery", shipped=True, promised_to=TODAY - DAY), "out", "moving"),
        (State(TODAY, "exception", shipped=True, promised_to=TODAY - DAY), "late", "moving"),
        (State(TODAY, "ready_for_pickup", shipped=True), "pickup", ""),
        (State(TODAY, "delivered", shipped=True, delivered_on=TODAY, promised_to=TODAY - DAY), "delivered", "delivered"),
        (State(TODAY, "delivered", delivered_on=TODAY, refunded=True), "refunded", ""),
        (State(TODAY, "in_transit", cancelled=True, promised_to=TODAY - DAY), "cancelled", ""),
    ],
)
def test_the_page_answers_what_is_so(state: State, key: str, following: str) -> None:
    said = answer(state)
    assert (said.key, said.following) == (key, following)


def test_six_days_hold_today_the_promise_and_the_earlier_one() -> None:
    drawn = strip(State(TODAY, promised_from=date(2026, 11, 20), promised_to=date(2026, 11, 21), first_promised_to=date(2026, 11, 18)))
    assert drawn is not None
    assert drawn.days[0] == date(2026, 11, 17)
    assert (drawn.now, drawn.before, drawn.column) == (Bar(4, 5), Bar(2, 2), 3)
    assert drawn.before is not None
    assert drawn.before.label == (3, 6, False)


@pytest.mark.parametrize("ahead", range(12))
@pytest.mark.parametrize("length", range(8))
@pytest.mark.parametrize("before", [None, -9, -1, 2])
def test_whatever_the_promise_is_it_is_drawn_whole_or_not_at_all(ahead: int, length: int, before: int | None) -> None:
    first, last = TODAY + ahead * DAY, TODAY + (ahead + length) * DAY
    moved = None if before is None else TODAY + before * DAY
    drawn = strip(State(TODAY, promised_from=first, promised_to=last, first_promised_to=moved))
    if drawn is not None:
        assert len(drawn.days) == 6
        assert (drawn.days[drawn.now.first - 1], drawn.days[drawn.now.last - 1]) == (first, last)
        for bar in (drawn.now, drawn.before):
            assert bar is None or bar.label is None or 1 <= bar.label[0] <= bar.label[1] <= 6
    else:
        assert length > 4


def test_the_page_closes_ninety_days_after_delivery() -> None:
    delivered = datetime(2026, 1, 1, tzinfo=UTC)
    assert still_open(None, delivered + 900 * DAY)
    assert still_open(delivered, delivered + 89 * DAY)
    assert not still_open(delivered, delivered + 91 * DAY)


def test_thanks_fit_the_answer() -> None:
    assert [mood_of(n, 1, 5) for n in (1, 2, 3, 4, 5)] == ["low", "low", "middle", "middle", "high"]
    assert [mood_of(n, 0, 10) for n in (0, 6, 8, 9, 10)] == ["low", "middle", "middle", "high", "high"]


def test_a_sentence_that_ends_with_a_shortened_month_has_one_full_stop() -> None:
    said = stress({"locale": "pt-BR"}, "page.order.promised", "days", "seg., 30 de nov. a qui., 10 de dez.")
    assert said.endswith("10 de dez.</strong>")
    assert stress({"locale": "pt-BR"}, "page.order.promised", "days", "hoje").endswith("hoje</strong>.")
