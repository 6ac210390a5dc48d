"""Journeys of the gallery, taken and lived through for real: what their letters promise is done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from afterword.kit import sql
from afterword.loop.journeys import door as journeys

from .story import Story, day, shop

pytestmark = pytest.mark.django_db(transaction=True)
START = day("4 May 08:00")


def taken(*keys: str) -> None:
    """Take these from the gallery and make them live. Nobody is left alone, so that it is known who gets what."""
    sql.run("update accounts_installation set global_holdout = 0")
    for key in keys:
        text = journeys.text_of(key).replace("    holdout: 10%\n    then:\n      in: four_months\n", "    wait: 1s\n")
        journeys.keep_draft(text.replace("subject:", "holdout: off\nsubject:", 1), at=START)
        journeys.publish(key, at=START, until=START)


def news(story: Story, count: int) -> None:
    """So many letters of news went, and nobody looked."""
    for n in reversed(range(count)):
        story.told("message.sent", at=story.now - timedelta(days=20 * n), message="win_back", category="marketing", channel="email")
    story.turn()


def test_a_present_is_promised_and_nobody_asks_the_giver_to_unpack_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(START, monkeypatch, "delivered_thanks") as story:
        taken("gift")
        story.placed("N1", gift=True)
        story.turn()
        story.parcel("N1", "delivered")
        story.pass_until(START + timedelta(days=3), step=timedelta(hours=3))
        assert story.said() == ["gift_placed", "gift_arrived"]
        assert story.states("delivered_thanks") == [("dropped", "it was a present for somebody else")]
        assert "24,50" not in str(story.mails()[0].get_body(("plain",)))


def test_a_silent_parcel_gives_the_team_a_task_before_the_letter_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(START, monkeypatch, "order_confirmation") as story:
        taken("silent_parcel")
        story.placed("N1")
        story.parcel("N1", "in_transit")
        story.turn()
        story.told("shipment.stalled", order="N1", shipment="P-N1", derived_from="silence_clock")
        story.pass_until(START + timedelta(days=2), step=timedelta(hours=3))
        assert "silent_parcel" in story.said()
        assert sql.value("select title from errand_task") == "A parcel is silent. Ask the carrier where it is."


def test_whoever_does_not_answer_gets_no_more_news_and_whoever_orders_again_does(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(START, monkeypatch, "order_confirmation") as story:
        taken("sunset", "win_back")
        story.told(
            "consent.granted", channel="email", purpose="marketing", personal={"proof": {"words": "Yes, write to me.", "page": "/checkout"}}
        )
        story.told("order.placed", at=START - timedelta(days=400), order="N0", currency="EUR", total_minor=900)
        story.told("order.delivered", order="N0")
        news(story, 8)
        story.pass_until(START + timedelta(days=40), step=timedelta(hours=12))
        assert story.said() == ["sunset"]
        assert sql.rows("select properties ->> 'tag' from event where name = 'customer.tagged'") == [("asleep",)]
        story.pass_until(START + timedelta(days=126), step=timedelta(days=1))
        assert story.states("win_back") == [("dropped", "they no longer react to news")]
