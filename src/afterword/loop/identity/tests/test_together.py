"""Many writers at once, on a real database with real commits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from afterword.kit import sql
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)


def batch(start: int) -> list[Told]:
    """Twenty events of ten people; batches that start near each other overlap, in people and in events."""
    return [
        Told("page.viewed", T0, "test", f"p{n}", who=Who(external_id=f"c{n % 10}", email=f"{n % 10}@example.com", verified=True))
        for n in range(start, start + 20)
    ]


@pytest.mark.django_db(transaction=True)
def test_the_same_people_told_by_many_at_once_become_known_once_and_nothing_is_lost_or_doubled() -> None:
    def tell(start: int) -> tuple[int, int]:
        try:
            done = door.record(batch(start), received_at=T0)
            if start % 3 == 0:
                events.seal(T0 + timedelta(seconds=start + 1))
            return done.accepted, done.repeated
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(tell, [n * 5 for n in range(16)] * 2))
    events.seal(T0 + timedelta(days=1))
    assert sum(new for new, _ in told) == 95
    assert sum(new + old for new, old in told) == 32 * 20
    assert sql.value("select count(*) from event where name = 'page.viewed'") == 95
    assert sql.value("select count(*) from identity_customer") == sql.value("select count(distinct customer_id) from event") == 10
    assert sql.value("select count(*) = count(distinct known_at) from event")
    assert events.waiting() == 0
