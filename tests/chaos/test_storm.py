"""A small storm, on every run: see `storm.py` for what it is."""

from __future__ import annotations

import pytest

from .storm import storm

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def test_in_a_storm_nothing_is_lost_and_nothing_goes_twice_outside_the_one_window() -> None:
    table = storm(900, kills=4, seed=3)
    said = "\n".join(table.lines())
    assert (table.lost, table.unsettled, table.twice, table.marketing_twice) == (0, 0, 0, 0), said
    assert table.accepted + table.refused + table.given_up + table.in_doubt == 900, said
    assert table.refused == 18, said
    assert len(table.weather.kills) == 4, said
