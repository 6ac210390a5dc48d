"""A customer pauses what is not about an order: live and in a backtest the same messages wait, go, or are let go."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from afterword.insight.backtests import door as backtests
from afterword.insight.lake import door as lake
from afterword.kit import sql
from afterword.loop.consent import door as consent
from afterword.loop.events import door as events
from afterword.loop.events.types import Who
from afterword.loop.identity import door as identity
from afterword.loop.journeys import door as journeys

from .story import Story, day, shop

pytestmark = pytest.mark.django_db(transaction=True)
START = day("4 May 08:00")
REASON = "they asked for a pause"


def person(n: int) -> Who:
    return Who(external_id=f"c{n}", email=f"c{n}@example.com", verified=True)


def paused(story: Story, n: int, days: float) -> None:
    """A customer pauses for some days from now; nothing ends it."""
    customer = identity.customer_by("external", "main", f"c{n}")
    assert customer is not None
    consent.pause(customer, until=story.now + timedelta(days=days), at=story.now)


@pytest.mark.slow
def test_what_a_pause_held_and_dropped_is_what_a_backtest_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with shop(START, monkeypatch, "order_confirmation", "satisfaction") as story:
        for n in range(4):
            story.placed(f"N{n}", who=person(n))
        story.pass_until(START + timedelta(days=1), step=timedelta(hours=4))
        for n in range(4):
            story.told("order.fulfilled", who=person(n), order=f"N{n}")
            story.told("shipment.delivered", who=person(n), order=f"N{n}", shipment=f"P-N{n}", last=True)
        story.turn()
        paused(story, 1, 5)  # over while the question is still of use
        paused(story, 2, 40)  # not over in time
        paused(story, 3, 40)  # ended early by the customer
        story.pass_until(START + timedelta(days=2), step=timedelta(hours=4))
        customer = identity.customer_by("external", "main", "c3")
        assert customer is not None
        consent.resume(customer, at=story.now)
        story.placed("N9", who=person(2))
        story.pass_until(START + timedelta(days=30), step=timedelta(hours=2))
        assert Counter(story.states("csat")) == {("sent", ""): 3, ("dropped", REASON): 1}
        assert Counter(story.states("order_confirmation")) == {("sent", ""): 5}  # what concerns an order goes on
        told = sql.rows("select properties ->> 'reason' from event where name = 'message.held'")
        assert (REASON,) in told
        lake.export(tmp_path)
        frontier = events.frontier()
        assert frontier is not None
        found = backtests.backtest(journeys.shipped()["satisfaction"], since=START, until=frontier, folder=tmp_path)
        live = sql.rows(
            "select step, case state when 'sent' then 'go' else 'drop' end, reason, count(*) from message_intent "
            "where origin = 'satisfaction' group by 1, 2, 3"
        )
        assert Counter(map(tuple, found.verdicts)) == Counter(live)
        went = sql.rows("select sent_at::date, count(*) from message_intent where origin = 'satisfaction' and state = 'sent' group by 1")
        assert sorted(found.per_day) == sorted(went)
