"""One order, all the way round."""

from __future__ import annotations

from datetime import time

import pytest

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.events.types import Who
from afterword.loop.journeys.jobs import keep_clocks

from .story import day, shop

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_order_is_confirmed_shipped_delivered_and_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch) as story:
        story.placed("A1")
        story.turn()
        assert story.said() == ["order_confirmation"]
        story.pass_until(day("5 May 08:00"))
        story.told("order.fulfilled", order="A1")
        story.parcel("A1", "accepted")
        story.pass_until(day("6 May 14:00"))
        assert story.said() == ["order_confirmation", "shipping_notice"]
        story.parcel("A1", "delivered")
        story.pass_until(day("31 May 12:00"))
        assert story.said() == [
            "order_confirmation",
            "shipping_notice",
            "delivered_thanks",
            "first_care_1",
            "csat",
            "first_care_2",
            "review_request",
        ]
        subjects = [m["Subject"] for m in story.mails()]
        assert len(subjects) == 7
        assert all(m["To"] == "Ana Pop <ana@example.com>" for m in story.mails())


def test_a_cancelled_order_hears_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch) as story:
        story.placed("A1")
        story.turn()
        story.told("order.cancelled", order="A1")
        story.pass_until(day("20 May 08:00"))
        assert story.said() == ["order_confirmation"]


def test_a_late_parcel_is_told_of_in_the_morning_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation", "delayed") as story:
        story.placed("A1")
        story.pass_until(day("12 May 08:00"))
        assert story.said() == ["order_confirmation", "delayed"]


def test_what_is_held_does_not_go_once_the_journey_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "delivered_thanks", "satisfaction") as story:
        accounts.save_store("main", by=None, quiet_from=time(9, 30), quiet_until=time(9, 15))
        keep_clocks(story.now)
        story.placed("A1")
        story.parcel("A1", "delivered")
        story.pass_until(day("5 May 06:00"))
        assert story.states("delivered_thanks") == [("held", "quiet hours")]
        story.told("order.refunded", order="A1", amount_minor=2450, currency="EUR", whole=True)
        story.pass_until(day("5 May 08:00"))
        assert story.states("delivered_thanks") == [("dropped", "the order was refunded")]


def test_whoever_is_left_alone_by_a_holdout_is_told_of_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "win_back") as story:
        for n in range(40):
            who = Who(external_id=f"p{n}", email=f"p{n}@example.com", verified=True)
            story.placed(f"H{n}", who=who)
            story.told("shipment.delivered", who=who, order=f"H{n}", shipment=f"H{n}", last=True)
        story.pass_until(day("4 May 12:00"))
        held_out = sql.value("select count(*) from visit where outcome = 'held_out'")
        assert 0 < held_out < 15
        said = "select count(*) from event_experiment_held_out where journey = 'win_back' and everywhere = %s"
        by_all = sql.value("select count(*) from visit where outcome = 'held_out' and step = 'global_holdout'")
        assert (sql.value(said, [True]), sql.value(said, [False])) == (by_all, held_out - by_all)
