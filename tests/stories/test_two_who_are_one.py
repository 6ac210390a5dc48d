"""A guest turns out to be a customer with an account: what is under way goes on as theirs, and both pasts count."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from afterword.insight.backtests import door as backtests
from afterword.insight.lake import door as lake
from afterword.kit import sql
from afterword.loop.events import door as events
from afterword.loop.events.types import Who
from afterword.loop.identity import door as identity
from afterword.loop.journeys import door as journeys

from .story import ANA, Story, day, shop

pytestmark = pytest.mark.django_db(transaction=True)

GUEST = Who(phone="+40722000111", email="ana.guest@example.com", verified=True)
PAST = "select id, customer_id, past_of, seen_from, forgotten_at, name, known_at from event_past order by id"
COUNTED = """
journey: counted
trigger: {event: order.delivered}
steps:
  - id: rest
    wait: 2d
  - id: often
    branch: {often: count(order.placed) >= 2}
    then: {often: thanks, otherwise: asked}
  - id: thanks
    send: delivered_thanks
    then: end
  - id: asked
    send: csat
"""


def begin(story: Story) -> None:
    """Ana, with an account, buys; a guest buys, and gets the parcel."""
    journeys.keep_draft(COUNTED, at=story.now)
    journeys.publish("counted", at=story.now, until=story.now)
    story.told("customer.updated", who=ANA, language="en")
    story.placed("A1")
    story.turn()
    story.pass_until(story.now + timedelta(hours=3))
    story.placed("G1", who=GUEST)
    story.parcel("G1", "delivered")
    story.turn()


def merge(story: Story) -> None:
    """The team learns that the guest is Ana."""
    people = [identity.customer_by("email", "", e or "") for e in (ANA.email, GUEST.email)]
    assert people[0]
    assert people[1]
    identity.merge_customers(people[0], people[1], story.now)
    story.turn()


def visits() -> list[tuple[Any, ...]]:
    return [
        (step, outcome) for step, outcome in sql.rows("select step, outcome from visit where journey = 'counted' order by left_at, step")
    ]


def test_a_run_of_the_guest_goes_on_as_the_account_and_counts_both_pasts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation") as story:
        begin(story)
        story.pass_until(day("5 May 12:00"))
        merge(story)
        story.pass_until(day("9 May 12:00"))
        assert ("often", "often") in visits()
        ana = identity.customer_by("email", "", ANA.email or "")
        meant = sql.rows("select customer_id, message, state from message_intent where origin = 'counted'")
        assert meant == [(ana, "delivered_thanks", "sent")]
        lake.export(tmp_path)
        stays: list[backtests.Stay] = []
        frontier = events.frontier()
        assert frontier
        backtests.backtest(COUNTED, since=day("4 May 07:00"), until=frontier, folder=tmp_path, stays=stays)
        assert sorted((s.step, s.outcome or "") for s in stays) == sorted(visits())


def test_without_the_merge_each_has_one_order(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation") as story:
        begin(story)
        story.pass_until(day("9 May 12:00"))
        assert ("often", "otherwise") in visits()


def test_a_merge_that_is_taken_back_gives_the_run_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation") as story:
        begin(story)
        story.pass_until(day("5 May 08:00"))
        guest = identity.customer_by("email", "", GUEST.email or "")
        assert guest
        merge(story)
        loser = sql.value("select loser from identity_merge")
        identity.undo_merge(loser, story.now)
        story.turn()
        assert sql.value("select count(*) from standing where customer_id = %s and step is not null", [guest]) == 1
        story.pass_until(day("9 May 12:00"))
        assert ("often", "otherwise") in visits()


def test_the_first_order_is_the_first_of_both(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation") as story:
        story.told("customer.updated", who=ANA, language="en")
        story.turn()
        story.placed("G1", who=GUEST)
        story.turn()
        merge(story)
        story.pass_until(story.now + timedelta(hours=2))
        story.placed("A1")
        story.turn()
        assert sql.rows("select number, first_order from orders_order order by placed_at") == [("G1", True), ("A1", False)]
        before = sql.rows(PAST)
        assert before
        identity.rebuild()
        assert sql.rows(PAST) == before
