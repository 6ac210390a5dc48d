"""Reading the quarantine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from afterword.kernel.errors import Complaint
from afterword.loop.intake import door
from afterword.loop.intake.types import Kept, NoSuchBody

AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
WRONG = (Complaint("name", "is not known", "a name"),)

pytestmark = pytest.mark.django_db


def test_bodies_are_listed_and_counted_for_the_stores_one_sees() -> None:
    door.keep([Kept("api", store, f'{{"of": "{store}"}}'.encode(), WRONG) for store in ("main", "other", "main")], received_at=AT)
    assert [row["store"] for row in door.quarantined()] == ["main", "other", "main"]
    assert [row["store"] for row in door.quarantined(stores=["other"])] == ["other"]
    assert door.quarantined(stores=[]) == []
    assert (door.waiting(), door.waiting(["main"]), door.waiting([])) == (3, 2, 0)
    ids = [row["id"] for row in door.quarantined()]
    assert sorted(door.stores_of_bodies(ids)) == ["main", "other"]
    assert door.stores_of_bodies(ids[:1]) == ["main"]


def test_a_body_is_read_whole_also_after_it_was_let_go(django_assert_num_queries: Any) -> None:
    door.keep([Kept("api", "main", b"\xff{not json", WRONG)], received_at=AT)
    (row,) = door.quarantined()
    door.discard([row["id"]], now=AT)
    with django_assert_num_queries(1):
        body = door.quarantined_body(row["id"])
    assert (body["body"], body["discarded_at"], body["replayed_at"]) == (b"\xff{not json", AT, None)
    with pytest.raises(NoSuchBody):
        door.quarantined_body(10**9)


def test_a_page_of_the_quarantine_is_one_statement(django_assert_num_queries: Any) -> None:
    door.keep([Kept("api", "main", b"{}", WRONG)] * 5, received_at=AT)
    with django_assert_num_queries(1):
        first = door.quarantined(most=3)
    with django_assert_num_queries(1):
        assert len(door.quarantined(before=first[-1]["id"], most=3)) == 2
