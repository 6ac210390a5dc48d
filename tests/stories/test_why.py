"""Why: what is said of each fork is what was stored, and of each event whether it began a run, though nothing of it was remembered."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from afterword.kit import clock, sql
from afterword.loop.identity import door as identity
from afterword.loop.journeys import door as journeys

from .story import day, shop
from .test_parity import week

pytestmark = pytest.mark.django_db(transaction=True)
START = day("4 May 08:00")
FORKS = """
journey: forks
trigger: {event: order.delivered, where: 'order.total > 10 and not ever(order.cancelled, same="order")', max_age: 1d}
steps:
  - {id: rest, wait: 30h}
  - id: often
    branch: {often: 'count(order.placed, last="6d") >= 2', answered: 'ever(survey.answered) and last(survey.answered).score >= 4'}
    then: {often: later, answered: later, otherwise: later}
  - {id: later, wait_for: {event: order.placed, within: 3d}, then: {happened: lots, timed_out: lots}}
  - {id: lots, split: {a: 30, b: 70}}
  - id: known
    branch: {answered: 'last(survey.answered).age < "3d"', spent: 'sum(order.placed, "total_minor") > 4000'}
    then: end
"""


@pytest.mark.slow
def test_what_is_said_of_every_fork_is_what_was_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(START, monkeypatch, "order_confirmation", "satisfaction") as story:
        journeys.keep_draft(FORKS, at=story.now)
        version = journeys.publish("forks", at=story.now, until=story.now).pk
        week(story, Random(5), 0)
        journeys.pause(version, by="x")
        story.pass_until(story.now + timedelta(hours=20), step=timedelta(hours=5))
        week(story, Random(6), 20)
        journeys.resume(version, by="x")
        people = [row[0] for row in sql.rows("select distinct customer_id from standing where step is not null order by 1 limit 2")]
        with clock.travel(story.now):
            identity.merge_customers(people[0], people[1], story.now, by="x")
        week(story, Random(7), 40)
        story.pass_until(story.now + timedelta(days=6), step=timedelta(hours=7))
        forks, verdicts = 0, set()
        for (customer,) in sql.rows("select distinct customer_id from standing"):
            told = journeys.reasons(customer, "forks")
            began = {run for run, _, _ in told.runs}
            assert {one.event_id for one in told.entering if one.verdict == "entered"} == began
            verdicts |= {one.verdict for one in told.entering}
            for _, _, stays in told.runs:
                for stay in stays:
                    if stay.computed:
                        forks += 1
                        assert stay.computed == stay.outcome, stay
        assert forks > 40
        one, other = (journeys.reasons(person, "forks") for person in people)
        assert one == other, "who was merged is asked about as who they are now"
        assert verdicts == {"entered", "paused", "too_old"}
        late = [one for (c,) in sql.rows("select distinct customer_id from standing") for one in journeys.reasons(c, "forks").entering]
        assert all(one.parts for one in late)


def test_why_not_is_said_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(START, monkeypatch, "order_confirmation") as story:
        story.placed("A1")
        story.turn()
        journeys.keep_draft(FORKS, at=story.now)
        customer = sql.value("select id from customers_customer")
        assert journeys.reasons(customer, "forks").entering == ()
        story.told("shipment.delivered", order="A1", shipment="P-A1", last=True)
        story.turn()
        assert [one.verdict for one in journeys.reasons(customer, "forks").entering] == ["not_on"]
        journeys.publish("forks", at=story.now)
        story.placed("A2")
        story.told("shipment.delivered", order="A2", shipment="P-A2", last=True, at=story.now - timedelta(days=3))
        story.placed("A3", total_minor=500)
        story.told("shipment.delivered", order="A3", shipment="P-A3", last=True)
        story.turn()
        told = {one.verdict: one for one in journeys.reasons(customer, "forks").entering}
        assert set(told) == {"not_on", "too_old", "condition"}
        assert [part.value for part in told["condition"].parts if part.type == "money"] == [500]


def test_what_is_said_tells_the_time_of_the_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(START, monkeypatch, "order_confirmation", "satisfaction") as story:
        story.placed("A1")
        story.told("shipment.delivered", order="A1", shipment="P-A1", last=True)
        story.turn()
        (one,) = journeys.reasons(sql.value("select id from customers_customer"), "satisfaction").runs
        due = sql.value("select due_at from standing where journey = 'satisfaction' and step is not null")
        there = due.astimezone(ZoneInfo("Europe/Bucharest"))
        assert there.utcoffset() == timedelta(hours=3)
        assert f"they are here until {there:%a} {there.day} {there:%b %Y, %H:%M}" in one[2][-1].words


def test_a_message_is_called_as_it_is_everywhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(START, monkeypatch, "order_confirmation", "satisfaction") as story:
        story.placed("A1")
        story.told("shipment.delivered", order="A1", shipment="P-A1", last=True)
        story.pass_until(story.now + timedelta(days=5), step=timedelta(hours=12))
        (run,) = journeys.reasons(sql.value("select id from customers_customer"), "satisfaction").runs
        words = [reason.words for reason in run[2]]
        assert any(one.startswith("“How was it?” went on ") for one in words), words
        assert not any("csat" in one.lower() for one in words), words
