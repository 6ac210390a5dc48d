"""What people allow and wish: a grant without proof, a soft opt-in where the law knows it, wishes about hours and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.consent import door as consent
from afterword.loop.events.types import Who
from afterword.loop.identity import door as identity
from afterword.loop.journeys import door as journeys

from .story import Story, day, shop

pytestmark = pytest.mark.django_db(transaction=True)
START = day("4 May 08:00")
PROOF = {"proof": {"words": "Write to me about new things.", "page": "/checkout"}}
NEWS = """
journey: news
holdout: off
subject: order
trigger: {event: order.placed}
steps:
  - {id: wait, wait: 2d}
  - {id: tell, send: {message: exclusive_content, useful_for: 5d}}
"""


def person(n: str) -> Who:
    return Who(external_id=n, email=f"{n}@example.com", verified=True)


def customer(n: str) -> object:
    return identity.customer_by("external", "main", n)


def news(story: Story) -> None:
    """A journey whose one message is marketing, and for which having just bought is no reason against it."""
    with clock.travel(story.now):
        accounts.set_global_holdout(0, by=None)
        journeys.keep_draft(NEWS, at=story.now)
        journeys.publish("news", at=story.now)


def verdicts() -> dict[str, tuple[str, str]]:
    """By person: what became of their message, and why."""
    rows = sql.rows(
        "select split_part(c.email, '@', 1), m.state, m.reason from message_intent m join customers_customer c on c.id = m.customer_id "
        "where m.origin = 'news'"
    )
    return {name: (state, reason) for name, state, reason in rows}


def test_a_grant_counts_if_it_can_be_proven_and_a_soft_one_where_the_law_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(START, monkeypatch, "order_confirmation") as story:
        news(story)
        said: dict[str, Any] = {"channel": "email", "purpose": "marketing", "how": "checkout"}
        for name, country in (("proven", "RO"), ("bare", "RO"), ("soft", "RO"), ("korea", "KR"), ("silent", "RO")):
            story.placed(name.upper(), who=person(name), country=country)
        story.told("consent.granted", who=person("proven"), personal=PROOF, **said)
        story.told("consent.granted", who=person("bare"), **said)
        story.told("consent.granted", who=person("soft"), personal=PROOF, ground="soft_opt_in", **said)
        story.told("consent.granted", who=person("korea"), personal=PROOF, ground="soft_opt_in", **said)
        story.pass_until(START + timedelta(days=20), step=timedelta(hours=6))
        found = verdicts()
        assert found["proven"][0] == found["soft"][0] == "sent", found
        assert found["bare"] == ("dropped", "their consent cannot be proven")
        assert found["korea"] == ("dropped", "a soft opt-in does not hold here")
        assert found["silent"] == ("dropped", "no consent to marketing")


def test_wishes_about_hours_and_how_often_are_kept_by_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(START, monkeypatch, "satisfaction") as story:
        for name in ("early", "late"):
            story.placed(name.upper(), who=person(name))
        story.turn()
        early = customer("early")
        assert early is not None
        consent.wish(early, about="quiet", wish="17:00-12:00", at=story.now)  # type: ignore[arg-type]
        for name in ("early", "late"):
            story.told("order.fulfilled", who=person(name), order=name.upper())
            story.told("shipment.delivered", who=person(name), order=name.upper(), shipment=f"P-{name}", last=True)
        story.turn()
        with clock.travel(story.now):
            journeys.strike()
        story.pass_until(START + timedelta(days=6), step=timedelta(minutes=30))
        went = dict(sql.rows(
            "select split_part(c.email, '@', 1), to_char(m.sent_at at time zone 'Europe/Bucharest', 'HH24:MI') from message_intent m "
            "join customers_customer c on c.id = m.customer_id where m.message = 'csat'"
        ))  # fmt: skip
        assert went["late"].startswith("17:")
        assert went["early"].startswith("12:"), went
        told = sql.rows("select properties ->> 'reason' from event where name = 'message.held'")
        assert ("quiet hours",) in told


@pytest.mark.parametrize("wish", ["20:00", "25:00-10:00", "20:30-10:00", "always", "0", "10"])
def test_what_is_no_wish_is_refused(wish: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(START, monkeypatch, "order_confirmation") as story:
        story.placed("A", who=person("ana"))
        story.turn()
        ana = customer("ana")
        with pytest.raises(consent.NoWish):
            consent.wish(ana, about="quiet" if ":" in wish or wish == "always" else "often", wish=wish, at=story.now)  # type: ignore[arg-type]
