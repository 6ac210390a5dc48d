"""What people allow and wish: a grant without proof, a soft opt-in where the law knows it, wishes about hours and how often."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from afterword.insight.backtests import door as backtests
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.channels.sms_twilio.tests.samples_double import SETTINGS
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


def test_no_advertisement_by_sms_rings_in_france_on_a_sunday_or_a_holiday_and_the_backtest_says_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with shop(day("29 Apr 10:00"), monkeypatch, "order_confirmation") as story:
        monkeypatch.setattr(clock, "real_now", clock.now)
        with clock.travel(story.now):
            channels.set_provider("sms", "sms_twilio", SETTINGS, by=None, at=story.now)
            accounts.set_global_holdout(0, by=None)
            journeys.keep_draft(NEWS.replace("useful_for", "channel: sms, useful_for"), at=story.now)
            journeys.publish("news", at=story.now)
        for n, (name, country, zone) in enumerate((("paris", "FR", "Europe/Paris"), ("cluj", "RO", "Europe/Bucharest"))):
            who = Who(external_id=name, email=f"{name}@example.com", phone=f"+3361234567{n}", verified=True)
            for order in ("first", "second"):
                story.placed(f"{name}-{order}", who=who, country=country, zone=zone, at=story.now)
            story.told("consent.granted", who=who, channel="sms", purpose="marketing", how="checkout", personal=PROOF)
        story.turn()
        with clock.travel(story.now):
            journeys.strike()
        story.pass_until(day("9 May 10:00"), step=timedelta(hours=2))
        went = sql.rows(
            "select split_part(c.email, '@', 1), to_char(m.sent_at at time zone 'Europe/Paris', 'Dy DD Mon HH24') from message_intent m "
            "join customers_customer c on c.id = m.customer_id where m.origin = 'news' and m.state = 'sent' order by m.sent_at"
        )
        assert ("cluj", "Fri 01 May 14") in went, "the first of May is a holiday there too, and no rule forbids it"
        assert next(when for name, when in went if name == "paris") == "Sat 02 May 08", went
        held = sql.rows("select reason from event_message_held h join customers_customer c on c.id = h.customer_id "
                        "where c.email like 'paris%%'")  # fmt: skip
        assert ("a day of rest there",) in held
        with clock.travel(story.now):
            found = {one.journey: one for one in backtests.check_parity(days=30, folder=tmp_path)}
        assert found["news"].verdicts >= 3
        assert (found["news"].otherwise, found["news"].differing) == (0, 0), found["news"].first_otherwise


@pytest.mark.parametrize("wish", ["20:00", "25:00-10:00", "20:30-10:00", "always", "0", "10"])
def test_what_is_no_wish_is_refused(wish: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(START, monkeypatch, "order_confirmation") as story:
        story.placed("A", who=person("ana"))
        story.turn()
        ana = customer("ana")
        with pytest.raises(consent.NoWish):
            consent.wish(ana, about="quiet" if ":" in wish or wish == "always" else "often", wish=wish, at=story.now)  # type: ignore[arg-type]
