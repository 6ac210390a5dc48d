"""The guard is asked again, every night, of what it said: the same unless somebody laid a hand on it."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from afterword.insight.backtests import door as backtests
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.events.types import Who
from afterword.loop.identity import door as identity
from afterword.loop.journeys.jobs import keep_clocks
from afterword.loop.messages import door as messages

from .story import Story, day, shop
from .test_hands import SHORTER, begun
from .test_parity import checked, week

pytestmark = pytest.mark.django_db(transaction=True)


def otherwise(story: Story, folder: Path) -> dict[str, backtests.Checked]:
    return {key: one for (key, _), one in checked(story, folder, 12).items() if one.otherwise}


def an_evening(story: Story) -> None:
    """One person whose three parcels arrive in the evening: what may wait until the morning waits, and then the caps hold the rest."""
    who = Who(external_id="night", email="night@example.com", verified=True)
    story.pass_until(story.now.replace(hour=19, minute=30) + timedelta(days=1), step=timedelta(hours=6))
    for order in ("E1", "E2", "E3"):
        story.placed(order, who=who)
        story.told("shipment.delivered", who=who, order=order, shipment=f"P-{order}", last=True)
    story.pass_until(story.now + timedelta(hours=17), step=timedelta(hours=1))


@pytest.mark.slow
def test_what_the_guard_said_is_what_it_says_when_it_is_asked_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(clock, "real_now", clock.now)  # so that the audit tells of the settings in the time of the story
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation", "satisfaction", "review_request") as story:
        accounts.save_store("main", by=None, quiet_from=time(18), quiet_until=time(9), brand={"day_cap": 1, "week_cap": 2})
        keep_clocks(story.now)
        begun(story, SHORTER)
        week(story, Random(5), 0)
        with clock.travel(story.now):
            accounts.save_store("main", by=None, quiet_from=time(20), quiet_until=time(10), brand={"day_cap": 2, "week_cap": 3})
            keep_clocks(story.now)
        people = [row[0] for row in sql.rows("select distinct customer_id from message_intent order by 1 limit 2")]
        with clock.travel(story.now):
            identity.merge_customers(people[0], people[1], story.now, by="x")
        week(story, Random(6), 40)
        an_evening(story)
        found = checked(story, tmp_path / "lived", 12)
        assert all(one.otherwise == 0 for one in found.values()), [one.first_otherwise for one in found.values()]
        assert sum(one.verdicts for one in found.values()) > 40
        assert sum(one.left_out for one in found.values()) < 10
        held = {reason for (reason,) in sql.rows("select distinct reason from event_message_held")}
        assert held >= {"quiet hours", "enough today already"}, held
        assert sql.value("select count(*) from message_intent where state = 'held' and reason like 'enough%'") > 0
        anyway = _sent_anyway(story)
        assert otherwise(story, tmp_path / "anyway") == {}, "what the team sent anyway is no fault"
        planted = sql.value(
            "update message_intent set state = 'dropped', reason = 'the order was cancelled', released_at = null, sent_at = null "
            "where id = (select id from message_intent where origin = 'order_confirmation' and state = 'sent' and id <> %s "
            "order by planned_at desc limit 1) returning id",
            [anyway],
        )
        differing = otherwise(story, tmp_path / "planted")
        assert list(differing) == ["order_confirmation"]
        (one,) = differing["order_confirmation"].first_otherwise
        assert (one.intent, one.stored, one.stored_reason, one.follows) == (planted, "drop", "the order was cancelled", "go")
        assert [alarm["otherwise"] for alarm in backtests.alarms("order_confirmation")] == [1]


def _sent_anyway(story: Story) -> UUID:
    """A message that waits because there was enough already, and goes because somebody wants it."""
    held: UUID | None = sql.value(
        "select id from message_intent where state = 'held' and reason like 'enough%' order by planned_at limit 1"
    )
    assert held is not None
    with clock.travel(story.now):
        messages.send_anyway(held, by=None, reason="they asked on the phone", now=story.now)
    story.turn()
    assert sql.value("select released_at is not null from message_intent where id = %s", [held])
    return held
