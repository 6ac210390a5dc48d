"""Paces, warm-up and rests as numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from afterword.loop.channels.actions.domains import named
from afterword.loop.channels.rules import pace as rules
from afterword.loop.channels.types import NotADomain

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)


def test_a_warm_domain_has_no_limit_and_a_new_one_doubles_each_day() -> None:
    began = date(2026, 5, 1)
    days = [rules.day_allowance(began, began + timedelta(days=n)) for n in (0, 1, 2, 13, 14)]
    assert days == [50, 100, 200, 409600, None]
    assert rules.day_allowance(None, began) is None


def test_who_goes_is_in_order_within_each_domain_and_within_the_whole() -> None:
    wanted = [(n, "ab"[n % 2]) for n in range(6)]
    assert rules.granted(wanted, {"a": 1, "b": None}, None) == ([0, 1, 3, 5], [2, 4])
    assert rules.granted(wanted, {"a": None, "b": None}, 2) == ([0, 1], [2, 3, 4, 5])


def test_rests_grow_and_end() -> None:
    assert [rules.rest_after(n, NOW) for n in (1, 2)] == [None, None]
    rests = [(rules.rest_after(n, NOW) or NOW) - NOW for n in (3, 4, 5, 9, 40)]
    assert rests == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120), timedelta(minutes=15), timedelta(minutes=15)]


@pytest.mark.parametrize("name", ["", "shop", "shop..example", "-a.example", "a b.example", "x" * 300 + ".example", "1.2.3.4"])
def test_what_is_no_domain_is_refused(name: str) -> None:
    with pytest.raises(NotADomain):
        named(name)


def test_a_domain_in_its_own_letters_is_written_as_the_dns_writes_it() -> None:
    assert named(" Bücher.Example. ") == "xn--bcher-kva.example"
