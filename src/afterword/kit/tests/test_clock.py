"""The clock that is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from afterword.kit import clock

MAY = datetime(2026, 5, 1, 9, tzinfo=UTC)


@pytest.mark.django_db
def test_without_a_row_the_real_time_is_shown() -> None:
    assert abs(clock.now() - clock.real_now()) < timedelta(seconds=1)


@pytest.mark.django_db
def test_a_row_sets_the_time_that_is_shown_and_how_fast_it_runs() -> None:
    clock.set_shown(MAY, rate=0)
    assert clock.now() == MAY
    clock.set_shown(MAY, rate=1000)
    assert clock.now() > MAY
    clock.show_real()
    assert abs(clock.now() - clock.real_now()) < timedelta(seconds=1)


def test_travel_needs_no_database_and_nests(clock_at: Callable[[datetime], datetime]) -> None:
    clock_at(MAY)
    with clock.travel(MAY + timedelta(days=1)):
        assert clock.now() == MAY + timedelta(days=1)
    assert clock.now() == MAY
