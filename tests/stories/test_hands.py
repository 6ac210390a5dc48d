"""Laying hands on what is under way, in a real shop."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from afterword.kernel.errors import Refused
from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.errands import door as errands
from afterword.loop.events import door as events
from afterword.loop.events.types import Who
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.jobs import keep_clocks

from .story import ANA, Story, day, shop

pytestmark = pytest.mark.django_db(transaction=True)
ASKS = """
journey: asks
trigger: {event: order.delivered}
exit_on: [order.cancelled]
steps:
  - id: rest
    wait: 2d
  - id: first
    send: {message: csat, useful_for: 20d}
  - id: heard
    wait_for: {event: survey.answered, within: 10d}
    then: {happened: end, timed_out: second}
  - id: second
    send: nps
"""
SHORTER = ASKS.replace("wait: 2d", "wait: 1h")


def begun(story: Story, text: str = ASKS) -> int:
    journeys.keep_draft(text, at=story.now)
    return journeys.publish("asks", at=story.now, until=story.now).pk


def bought(story: Story, order: str, who: Who = ANA) -> None:
    story.placed(order, who=who)
    story.told("shipment.delivered", who=who, order=order, shipment=f"P-{order}", last=True)


def visits() -> list[tuple[Any, ...]]:
    return sql.rows("select step, outcome, leg from visit where journey = 'asks' and step <> 'trigger' order by left_at, step")


def test_a_paused_journey_stands_still_and_goes_on_where_it_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation") as story:
        version = begun(story)
        bought(story, "A1")
        story.pass_until(day("5 May 08:00"))
        journeys.pause(version, by="ana@shop.example")
        with pytest.raises(Refused, match="paused already"):
            journeys.pause(version, by="ana@shop.example")
        bought(story, "A2", Who(external_id="ion", email="ion@example.com", verified=True))
        story.pass_until(day("10 May 08:00"))
        assert visits() == []
        journeys.resume(version, by="ana@shop.example")
        story.turn()
        assert visits() == [("first", "done", 0), ("rest", "done", 0)]
        left, entered = sql.rows("select left_at, entered_at from visit where step = 'rest'")[0]
        assert left > day("10 May 07:00")
        assert left - entered > timedelta(days=5)
        assert sql.value("select count(*) from standing where journey = 'asks'") == 1, "nobody entered while it was paused"
        story.pass_until(day("12 May 12:00"))
        assert story.said().count("csat") == 1


def test_what_was_not_sent_sleeps_while_its_journey_is_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 20:30"), monkeypatch, "order_confirmation") as story:
        accounts.save_store("main", by=None, quiet_from=time(21), quiet_until=time(9))
        keep_clocks(story.now)
        version = begun(story, SHORTER)
        bought(story, "A1")
        story.pass_until(day("4 May 22:30"))  # half past one at night in Bucharest: the survey waits for the morning
        assert story.states("csat") == [("held", "quiet hours")]
        journeys.pause(version, by="x")
        story.pass_until(day("5 May 12:00"))
        assert "csat" not in story.said()
        journeys.resume(version, by="x")
        story.turn()
        assert story.said().count("csat") == 1


def test_a_stopped_journey_ends_every_run_and_sends_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation") as story:
        version = begun(story)
        bought(story, "A1")
        story.pass_until(day("5 May 08:00"))
        assert journeys.foresee(version).total == 1
        assert journeys.stop(version, by="x") == 1
        bought(story, "A2", Who(external_id="ion", email="ion@example.com", verified=True))
        story.pass_until(day("20 May 08:00"))
        assert visits() == [("rest", "stopped", 0)]
        assert set(story.said()) == {"order_confirmation"}
        assert [h["kind"] for h in journeys.hands("asks")] == ["stop"]


def test_runs_move_to_another_version_with_their_time_and_it_is_said_first(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation") as story:
        old = begun(story)
        bought(story, "A1")
        story.pass_until(day("5 May 08:00"))
        new = begun(story, SHORTER)
        story.turn()
        seen = journeys.foresee_move(old, new, {"rest": "rest"})
        assert (seen.total, seen.leaving, seen.sending) == (1, 2, 1)
        assert visits() == [], "what was foreseen has not happened"
        with pytest.raises(Refused, match="has no step"):
            journeys.move(old, new, {"rest": "nowhere"}, by="x")
        assert journeys.move(old, new, {"rest": "rest"}, by="x") == 1
        story.turn()
        assert sorted(visits()) == [("first", "done", 1), ("rest", "done", 1), ("rest", "moved", 0)]
        for number, version in enumerate((old, new), start=1):
            shown = journeys.known("asks").version(number)
            counts = journeys.counts_of([version])[version]
            assert shown
            standing = dict(
                sql.rows("select step, count(*) from standing where version_id = %s and step is not null group by 1", [version])
            )
            assert {k: n for k, n in journeys.here(shown.drawing, counts).items() if n} == standing
        story.pass_until(day("6 May 08:00"))
        assert story.said().count("csat") == 1


DOES = """
journey: does
trigger: {event: order.placed}
steps:
  - {id: known, tag: bought}
  - id: rest
    wait: 1d
  - id: ring
    task: {title: Ring and ask how it is, due_in: 2d}
  - id: often
    branch: {yes: 'ever(customer.tagged, where=tag == "bought")'}
    then: {yes: told}
  - {id: told, webhook: erp}
"""


def test_a_journey_has_things_done_and_asks_about_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation") as story:
        journeys.keep_draft(DOES, at=story.now)
        journeys.publish("does", at=story.now, until=story.now)
        story.placed("A1")
        story.pass_until(day("6 May 08:00"))
        assert dict(sql.rows("select kind, state from errand")) == {"tag": "done", "task": "done", "webhook": "rehearsed"}
        assert [t["title"] for t in errands.tasks()] == ["Ring and ask how it is"]


def test_one_person_can_be_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation") as story:
        begun(story)
        bought(story, "A1")
        bought(story, "A2", Who(external_id="ion", email="ion@example.com", verified=True))
        story.pass_until(day("5 May 08:00"))
        run = sql.value("select run from standing s join orders_order o on o.id = s.order_id where journey = 'asks' and o.number = 'A1'")
        journeys.take_out("asks", run, by="x")
        with pytest.raises(Refused, match="no such run"):
            journeys.take_out("asks", run, by="x")
        story.pass_until(day("8 May 12:00"))
        assert story.said().count("csat") == 1
        assert ("rest", "taken_out", 0) in visits()


def test_whoever_comes_while_a_version_gives_way_to_the_next_enters_one_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation") as story:
        begun(story)
        story.turn()
        bought(story, "A1")
        story.now += timedelta(seconds=1)
        for _ in range(2):  # sealed, the derived delivery too, and not yet passed by anybody
            events.seal(story.now)
            story.now += timedelta(milliseconds=1)
        journeys.keep_draft(SHORTER, at=story.now)
        journeys.publish("asks", at=story.now)
        story.turn()
        assert sql.value("select count(*) from standing where journey = 'asks'") == 1
