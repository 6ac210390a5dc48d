"""Events as a file, and shops by their names."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from afterword.kit import sql
from afterword.loop.intake import door as intake
from afterword.sample import door
from afterword.sample.types import NoData, NoSuchShop

END = datetime(2026, 5, 1, 12, 40, tzinfo=UTC)


@pytest.mark.django_db
def test_what_is_written_can_be_imported(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    count = door.write_events(door.simulated(customers=30, days=20, seed=7, until=END), file)
    done = intake.import_file(file, store="main", now=END)
    assert (done.accepted, done.refused) == (count, 0), done.complaints
    there = "select (select count(*) from event_inbox) + (select count(*) from event)"
    assert sql.value(there) >= count


@pytest.mark.django_db
def test_a_shop_that_is_not_there_is_refused_with_a_word(tmp_path: Path) -> None:
    with pytest.raises(NoSuchShop, match="online-retail"):
        door.source("amazon", None, seed=1)
    with pytest.raises(NoData):
        door.source("olist", None, seed=1)
    with pytest.raises(NoData):
        door.source("online-retail", tmp_path, seed=1)


@pytest.mark.django_db
def test_a_replay_goes_on_with_the_shop_it_began_with() -> None:
    first = door.source("sample", None, seed=11, customers=50, days=30, until=END)
    door.begin(first, seed=11)
    again = door.source("sample", None, seed=7)
    assert (again.starts_at, again.ends_at, again.customers) == (first.starts_at, first.ends_at, 50)
    window = (first.starts_at, first.ends_at)
    assert list(again.told(*window)) == list(first.told(*window))
