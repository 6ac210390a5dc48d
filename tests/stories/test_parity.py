"""What ran is what the log says, whatever was done to it meanwhile; and where somebody has changed the history, it is found."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from afterword.insight.backtests import door as backtests
from afterword.kit import clock, sql
from afterword.loop.events.types import Who
from afterword.loop.identity import door as identity
from afterword.loop.journeys import door as journeys

from .story import Story, day, shop
from .test_hands import SHORTER, begun

pytestmark = pytest.mark.django_db(transaction=True)
START = day("4 May 08:00")


def week(story: Story, random: Random, first: int) -> None:
    """A week in which twelve people order, get their parcels at once or late, cancel and answer; some of it is learned late."""
    begin = story.now
    for n in range(first, first + 14):
        who = Who(external_id=f"c{n % 12}", email=f"c{n % 12}@example.com", verified=True)
        story.pass_until(begin + timedelta(hours=12 * (n - first)), step=timedelta(hours=6))
        story.placed(f"N{n}", who=who)
        if random.random() < 0.9:
            late = timedelta(hours=random.choice((0, 0, 5, 30)))
            story.told("shipment.delivered", who=who, order=f"N{n}", shipment=f"P-N{n}", last=True, at=story.now - late)
        if n > first + 3 and random.random() < 0.6:
            story.told("survey.answered", who=who, order=f"N{n - 3}", survey="csat", kind="csat", score=random.choice((1, 5)))
        if random.random() < 0.15:
            story.told("order.cancelled", who=who, order=f"N{n}")


def checked(story: Story, folder: Path, days: int) -> dict[tuple[str, int], backtests.Checked]:
    with clock.travel(story.now):
        return {(one.journey, one.number): one for one in backtests.check_parity(days=days, folder=folder)}


@pytest.mark.slow
def test_an_untouched_shop_is_equal_and_a_touched_one_is_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    random = Random(3)
    with shop(START, monkeypatch, "order_confirmation", "satisfaction", "review_request") as story:
        first = begun(story)
        week(story, random, 0)
        journeys.pause(first, by="x")
        story.pass_until(story.now + timedelta(days=1), step=timedelta(hours=8))
        week(story, random, 20)
        journeys.resume(first, by="x")
        people = [row[0] for row in sql.rows("select distinct customer_id from standing where step is not null order by 1 limit 2")]
        with clock.travel(story.now):
            identity.merge_customers(people[0], people[1], story.now, by="x")
        story.turn()
        second = begun(story, SHORTER)
        story.pass_until(story.now + timedelta(hours=9), step=timedelta(hours=3))
        moved = journeys.move(first, second, {"rest": "rest", "heard": "heard"}, by="x")
        week(story, random, 40)
        run = sql.value("select run from standing where version_id = %s and step is not null order by run limit 1", [second])
        journeys.take_out("asks", run, by="x")
        story.pass_until(story.now + timedelta(days=2), step=timedelta(hours=8))
        assert moved > 0
        for days in (2, 7, 12, 17, 40):
            for key, one in checked(story, tmp_path / str(days), days).items():
                assert one.differing == 0, (days, key, one.first)
        journeys.stop(second, by="x")
        story.pass_until(story.now + timedelta(days=1), step=timedelta(hours=8))
        found = checked(story, tmp_path / "stopped", 9)
        assert all(one.differing == 0 for one in found.values()), found
        assert sum(one.visits for one in found.values()) > 60
        assert found["asks", 2].visits > 10
        touched = sql.value(
            "update visit set left_at = left_at + interval '1 hour' where ctid = (select ctid from visit where journey = 'satisfaction' "
            "and step = 'three_days' order by left_at desc limit 1) returning run"
        )
        differing = {key: one for key, one in checked(story, tmp_path / "touched", 9).items() if one.differing}
        assert list(differing) == [("satisfaction", 1)]
        assert differing["satisfaction", 1].first[0].run == touched
        assert sql.value("select count(*) from parity_check where differing > 0") == 1
