"""One order, all the way round."""

from __future__ import annotations

import pytest

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
