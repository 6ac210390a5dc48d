"""The journeys that ship."""

from __future__ import annotations

import pytest
from django.db import connection

from afterword.kit import clock
from afterword.loop.journeys import door
from afterword.loop.journeys.actions.tick import _bind
from afterword.loop.journeys.jobs import offer_shipped


@pytest.mark.django_db
def test_every_shipped_journey_can_be_published_and_its_statements_run_on_the_real_tables() -> None:
    at = clock.real_now()
    assert set(door.keep_shipped(at=at)) == set(door.shipped())
    for key in door.shipped():
        version = door.publish(key, at=at)
        _bind(at, at)
        with connection.cursor() as cursor:
            for _, text in version.statements:
                cursor.execute(text)
                assert cursor.fetchall() == []


@pytest.mark.django_db
def test_a_fresh_shop_is_offered_every_shipped_journey_once_and_none_of_them_runs() -> None:
    assert offer_shipped(clock.real_now()) == len(door.shipped())
    assert offer_shipped(clock.real_now()) == 0
    assert {line.state for line in door.overview()} == {"draft"}
