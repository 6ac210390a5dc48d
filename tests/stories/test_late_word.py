"""Word that comes late: what happened long ago and is known only now lies in an old quarter of the log, and is heard all the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from afterword.kit import sql
from afterword.loop.events import door as events

from .story import Story, day, shop

pytestmark = pytest.mark.django_db(transaction=True)
START = day("4 May 08:00")
LONG_AGO = START - timedelta(days=200)


def waiting(story: Story) -> None:
    """Two customers whose satisfaction is asked for in some days."""
    for n in "AB":
        story.placed(n)
        story.told("order.fulfilled", order=n)
        story.parcel(n, "delivered")
    story.turn()
    assert sql.value("select count(*) from standing where journey = 'satisfaction' and step is not null") == 2


def test_a_cancellation_dated_two_quarters_ago_ends_the_run_that_waits_today(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(START, monkeypatch, "satisfaction") as story:
        waiting(story)
        story.told("order.cancelled", order="A", at=LONG_AGO)
        story.pass_until(START + timedelta(days=1), step=timedelta(hours=6))
        assert sql.rows("select tableoid::regclass::text from event where name = 'order.cancelled'") != [("event_2026_q2",)]
        assert sql.rows("select outcome, count(*) from visit where outcome = 'exited' group by 1") == [("exited", 1)]


def test_a_quarter_that_nothing_reached_since_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(START, monkeypatch, "satisfaction") as story:
        story.told("page.viewed", at=LONG_AGO, url="https://honey.example/tei")
        story.pass_until(START + timedelta(hours=1))
        waiting(story)
        story.told("order.cancelled", order="A", at=LONG_AGO)
        story.now += timedelta(seconds=1)
        events.seal(story.now)
        reached = dict(sql.rows("select low, known_until from event_reach"))
        assert len(reached) == 2
        assert max(reached.values()) == reached[min(reached)]
        # Were the reach not kept, the event would not be heard: so the first test holds that it is.
        sql.run("delete from event_reach where low = (select low from event_reach order by low limit 1)")
        story.pass_until(START + timedelta(days=1), step=timedelta(hours=6))
        assert sql.value("select count(*) from visit where outcome = 'exited'") == 0
