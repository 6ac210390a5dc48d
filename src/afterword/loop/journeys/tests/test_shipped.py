"""The journeys that ship."""

from __future__ import annotations

import pytest
from django.db import connection

from afterword.kit import clock
from afterword.loop.journeys import door
from afterword.loop.journeys.actions.tick import _bind
from afterword.loop.journeys.jobs import offer_shipped
from afterword.loop.journeys.types import KeyTaken

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_every_ready_made_journey_can_be_published_and_its_statements_run_on_the_real_tables() -> None:
    at = clock.real_now()
    assert set(door.keep_shipped(at=at)) == set(door.shipped())
    taken = [door.take(entry.key, at=at).key for entry in door.gallery() if not entry.here]
    assert len(taken) >= 20
    for key in (*door.shipped(), *taken):
        version = door.publish(key, at=at)
        _bind(at, at)
        with connection.cursor() as cursor:
            for _, text in version.statements:
                cursor.execute(text)
                assert cursor.fetchall() == []


def test_a_fresh_shop_is_offered_every_shipped_journey_once_and_none_of_them_runs() -> None:
    assert offer_shipped(clock.real_now()) == len(door.shipped())
    assert offer_shipped(clock.real_now()) == 0
    assert {line.state for line in door.overview()} == {"draft"}


def test_a_journey_of_the_gallery_is_taken_once_and_keeps_where_it_came_from() -> None:
    at = clock.real_now()
    row = door.take("gift", at=at)
    assert (row.draft, row.origin.split(":")[:2], row.live) == (door.text_of("gift"), ["shipped", "gift"], None)
    assert {entry.key: entry.here for entry in door.gallery()}["gift"]
    with pytest.raises(KeyTaken):
        door.take("gift", at=at)
    with pytest.raises(door.NoSuchJourney):
        door.take("no_such_thing", at=at)
