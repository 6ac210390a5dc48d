"""Who would be let in, said before it is done, is who is let in when it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import cast

import pytest

from afterword.insight.backtests import door as backtests
from afterword.insight.lake import door as lake
from afterword.kit import clock, sql
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys

from .story import Story, day, shop
from .test_parity import week

pytestmark = pytest.mark.django_db(transaction=True)
ASKS = """
journey: asks
trigger: {event: order.delivered}
exit_on: [order.cancelled]
steps:
  - id: rest
    wait: {for: 1d, at: "10:00"}
  - id: first
    send: {message: csat, useful_for: 4d}
  - id: more
    wait: 1d
  - id: second
    send: {message: nps, useful_for: 2d}
"""


@pytest.mark.slow
def test_what_is_foreseen_of_earlier_ones_is_what_happens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation", "satisfaction") as story:
        journeys.keep_draft(ASKS, at=story.now)
        week(story, Random(9), 0)
        week(story, Random(10), 30)
        story.pass_until(story.now.replace(hour=11) + timedelta(days=1), step=timedelta(hours=8))
        since = story.now - timedelta(days=9)
        foreseen = _foreseen(story, since, tmp_path)
        assert foreseen.entered > 5
        assert 0 < foreseen.sent < foreseen.entered
        journeys.publish("asks", at=story.now, since=since)
        assert _done(story) == (foreseen.entered, foreseen.sent, foreseen.waiting)
        _again(story, tmp_path, since)


def _again(story: Story, folder: Path, since: datetime) -> None:
    """Turned off, and on again: nobody enters twice, and nobody before it was turned off."""
    journeys.withdraw("asks")
    begun = sql.value("select max(until) from journey_on")
    week(story, Random(11), 60)
    story.turn()
    found = _foreseen(story, since, folder / "again")
    assert found.since == begun
    journeys.publish("asks", at=story.now, since=since)
    before = sql.value("select count(*) from visit where journey = 'asks' and step = 'trigger'")
    entered, _, _ = _done(story)
    assert entered - before == found.entered > 0


def _foreseen(story: Story, since: datetime, folder: Path) -> backtests.LetIn:
    lake.export(folder)
    until = cast(datetime, events.frontier())
    with clock.travel(story.now):
        return backtests.foresee_entering(journeys.text_of("asks"), since=since, until=until, folder=folder)


def _done(story: Story) -> tuple[int, int, int]:
    """One round of the worker; who has entered, what went, what waits."""
    story.turn()
    counted = sql.one(
        "select (select count(*) from visit where journey = 'asks' and step = 'trigger' and outcome = 'entered'), "
        "count(*) filter (where state in ('released', 'sent')), count(*) filter (where state = 'held') "
        "from message_intent where origin = 'asks'"
    )
    return cast(tuple[int, int, int], counted)
