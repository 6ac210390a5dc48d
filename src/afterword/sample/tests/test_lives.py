"""The simulator's people: the same for ever, from many countries, and as faithful as its truth says."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from afterword.sample.rules import truth
from afterword.sample.rules.lives import Terms, arrivals, arrives, fate
from afterword.sample.rules.people import person
from afterword.sample.simulator.pull import Shop

END = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop(seed=7, ends_at=END, customers=400, days=120)


def test_a_person_follows_from_the_seed_and_their_number() -> None:
    assert person(7, 12) == person(7, 12)
    assert person(7, 12) != person(8, 12)


def test_people_come_from_everywhere_with_names_in_their_own_script() -> None:
    people = [person(7, n) for n in range(600)]
    shares = Counter(p.country.code for p in people)
    assert set(shares) == {"RO", "GB", "US", "UA", "KR", "TH", "BR"}
    assert {p.country.language for p in people} == {"en", "ro", "uk", "ko", "th", "pt-BR"}
    assert all(p.email.isascii() for p in people)
    assert all(not p.full_name.isascii() for p in people if p.country.code in ("UA", "KR", "TH"))
    assert 0.36 < sum(p.allows_marketing for p in people) / 600 < 0.48


def test_nobody_orders_before_they_have_come() -> None:
    terms = Terms(7, 400, 120, END - timedelta(days=120))
    days = [arrives(terms, n) for n in range(600)]
    assert days == sorted(days)
    assert days[399] <= 120 < days[401]
    half = END - timedelta(days=60)
    assert days[arrivals(terms, half)] > 60


def test_fates_are_as_frequent_as_the_truth_says() -> None:
    fates = [fate(3, str(n)) for n in range(20_000)]
    assert abs(sum(f.late_days > 0 for f in fates) / 20_000 - truth.LATE_SHARE) < 0.006
    assert abs(sum(bool(f.cancelled_by) for f in fates) / 20_000 - truth.CANCELLED_SHARE) < 0.004


def test_stars_fall_with_lateness_as_they_were_measured() -> None:
    measured = {0: 4.27, 2: 3.30, 5: 1.95, 12: 1.58}
    assert {days: round(truth.mean_stars(days), 2) for days in measured} == measured
    assert all(abs(sum(chances) - 1) < 1e-9 for _, chances in truth.STARS)


def test_whoever_was_let_down_comes_back_less_often(shop: Shop) -> None:
    many = Shop(seed=5, ends_at=END, customers=6000, days=180)
    until = END + timedelta(days=400)
    first = [orders for n in range(4000) if (orders := list(many.life(n, until)))]
    late = [len(orders) > 1 for orders in first if orders[0].fate.late_days > 3]
    others = [len(orders) > 1 for orders in first if orders[0].fate.late_days == 0]
    assert sum(late) / len(late) < sum(others) / len(others) - 0.03


def test_an_order_is_the_same_however_far_one_looks(shop: Shop) -> None:
    n = Random(1).randrange(100)
    near, far = list(shop.life(n, END)), list(shop.life(n, END + timedelta(days=300)))
    assert far[: len(near)] == near
