"""What the console shows is what is so: counts, runs, messages, and what the team does about them."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from afterword.insight.backtests import door as backtests
from afterword.kit import children, clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import NotAllowed
from afterword.loop.events.types import Who
from afterword.loop.identity import door as identity
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from .story import Story, day, shop

pytestmark = pytest.mark.django_db(transaction=True)
STANDING = "select step, count(*) from standing where version_id = %s and step is not null group by step"


def some_weeks(story: Story) -> None:
    """Six people order; one cancels, one parcel is late, two answer."""
    people = [Who(external_id=f"c{n}", email=f"c{n}@example.com", verified=True) for n in range(6)]
    for n, who in enumerate(people):
        story.placed(f"N{n}", who=who)
        story.pass_until(story.now + timedelta(hours=5), step=timedelta(hours=5))
    story.told("order.cancelled", who=people[0], order="N0")
    for n in range(1, 5):
        story.told("order.fulfilled", who=people[n], order=f"N{n}")
        story.told("shipment.delivered", who=people[n], order=f"N{n}", shipment=f"P{n}", last=True)
    story.pass_until(story.now + timedelta(days=5), step=timedelta(hours=8))
    for n in (1, 2):
        story.told("survey.answered", who=people[n], order=f"N{n}", survey="csat", kind="csat", score=n)
    story.pass_until(story.now + timedelta(days=12), step=timedelta(hours=8))


def test_counters_lists_and_histories_agree_with_what_is_stored(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    with shop(day("4 May 08:00"), monkeypatch) as story:
        some_weeks(story)
        with django_assert_num_queries(3):
            lines = {line.key: line for line in journeys.overview()}
        for key, line in lines.items():
            with django_assert_num_queries(2):
                known = journeys.known(key)
            version = known.version()
            assert version is not None
            with django_assert_num_queries(1):
                counts = journeys.counts_of([version.id])[version.id]
            standing = dict(sql.rows(STANDING, [version.id]))
            assert {step: n for step, n in journeys.here(version.drawing, counts).items() if n} == standing, key
            assert line.under_way == sum(standing.values())
            assert line.entered == sql.value("select count(*) from standing where journey = %s", [key])
            with django_assert_num_queries(1):
                found = journeys.runs(key)
            assert len(found.rows) == min(40, line.entered)
            for run in found.rows:
                ran = journeys.passage(key, run.run)
                assert ran is not None
                assert ran[0].visits[0]["outcome"] == "entered"
        assert journeys.runs("satisfaction", step="answer").rows == tuple(
            r for r in journeys.runs("satisfaction").rows if r.step == "answer"
        )


def test_lists_of_messages_count_what_there_is(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    with shop(day("4 May 08:00"), monkeypatch) as story:
        some_weeks(story)
        asked = messages.listing.Asked()
        with django_assert_num_queries(1):
            counted = messages.listing.counted(asked, day("4 May 08:00") - timedelta(days=1))
        assert counted.total == sql.value("select count(*) from message_intent")
        monkeypatch.setattr(messages.listing, "PAGE", 5)
        seen: list[Any] = []
        cursor = ""
        while True:
            with django_assert_num_queries(1):
                page = messages.listing.listed(asked, cursor)
            seen += [row["id"] for row in page.rows]
            cursor = page.older
            if not cursor:
                break
        assert len(seen) == len(set(seen)) == counted.total
        sent = messages.listing.Asked(state="sent", message="csat")
        assert {row["message"] for row in messages.listing.listed(sent).rows} == {"csat"}
        for id in seen[:3]:
            with django_assert_num_queries(1):
                row = messages.listing.one(id)
            with django_assert_num_queries(1):
                told = messages.listing.told(id, row["customer_id"])
            assert [one["name"] for one in told][-1:] == (["message.sent"] if row["state"] == "sent" else ["message.dropped"])
        keys = list(journeys.names())
        with django_assert_num_queries(1):
            tallied = messages.listing.tallies(keys, day("4 May 08:00"))
        assert sum(n for kinds in tallied.values() for n in kinds.values()) == counted.total
        order = messages.listing.latest_order()
        assert order is not None
        assert "Lut" in messages.preview("csat", order, "ko", story.now).html


def test_a_person_takes_a_message_past_quiet_hours_but_not_past_a_cancelled_order(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "delivered_thanks", "satisfaction") as story:
        owner = accounts.create_member("owner@shop.example", "owner", by=None)
        analyst = accounts.create_member("figures@shop.example", "analyst", by=None)
        accounts.save_store("main", by=None, quiet_from=time(6), quiet_until=time(23))
        journeys.strike()
        for order in ("A1", "A2"):
            story.placed(order)
            story.told("shipment.delivered", order=order, shipment=f"P-{order}", last=True)
        story.pass_until(day("5 May 12:00"))
        held = dict(sql.rows("select o.number, m.id from message_intent m join orders_order o on o.id = m.order_id where m.state = 'held'"))
        assert set(held) == {"A1", "A2"}
        with clock.travel(story.now):
            with pytest.raises(NotAllowed):
                messages.send_anyway(held["A1"], by=analyst, reason="please", now=story.now)
            with pytest.raises(messages.NoReason):
                messages.send_anyway(held["A1"], by=owner, reason="  ", now=story.now)
            for id in held.values():
                messages.send_anyway(id, by=owner, reason="they asked for it", now=story.now)
        story.told("order.cancelled", order="A2")
        story.turn()
        became = dict(sql.rows("select id, state || ':' || reason from message_intent"))
        assert became[held["A1"]] == "sent:"
        assert became[held["A2"]].startswith("dropped:")
        assert messages.listing.one(held["A1"])["checks"]["anyway"]
        with pytest.raises(messages.CannotBeSent):
            messages.send_anyway(held["A1"], by=owner, reason="again", now=story.now)
        assert accounts.audited().filter(what="message sent anyway").count() == 2


def test_an_erased_customer_leaves_no_words_in_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation") as story:
        story.placed("A1")
        story.placed("B1", who=Who(external_id="bogdan", email="bogdan@example.com", verified=True))
        story.turn()
        ana = sql.value("select id from customers_customer where email = 'ana@example.com'")
        assert identity.erase(ana, story.now)["messages"] == 1
        left = sql.rows("select customer_id = %s, address, subject <> '', body is null from message_delivery order by 1 desc", [ana])
        assert left == [(True, "", False, True), (False, "bogdan@example.com", True, False)]
        assert sql.value("select state from message_intent where customer_id = %s", [ana]) == "sent"


@pytest.mark.slow
def test_a_backtest_and_a_publication_run_in_processes_of_their_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation", "satisfaction") as story:
        some_weeks(story)
        owner = accounts.create_member("owner@shop.example", "owner", by=None)
        monkeypatch.setenv("AFTERWORD_HOME", str(tmp_path))
        id = backtests.ask_backtest("satisfaction", since=day("4 May 08:00"), by=owner.email)
        for _ in range(240):
            found = backtests.asked(id)
            if found.state != "running":
                break
            clock.rest(0.25)
        assert (found.state, found.said) == ("done", "")
        assert found.result is not None
        assert found.result["entered"] == sql.value("select count(*) from standing where journey = 'satisfaction'")
        assert backtests.latest("satisfaction") == found
        assert children.run("withdraw", "satisfaction", "--by", owner.email).code == 0
        assert journeys.known("satisfaction").state == "off"
        assert children.run("publish", "satisfaction", "--by", owner.email).code == 0
        assert [v.number for v in journeys.known("satisfaction").versions] == [2, 1]
        refused = children.run("publish", "unheard_of")
        assert (refused.code, "There is no journey" in refused.said) == (2, True)
        assert [line.what for line in accounts.audited()[:2]] == ["journey published", "journey withdrawn"]


def test_a_backtest_that_was_stopped_or_is_silent_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "start", lambda *given: None)
    with shop(day("4 May 08:00"), monkeypatch, "order_confirmation") as story:
        with pytest.raises(backtests.NothingKnown):
            backtests.ask_backtest("order_confirmation", since=story.now + timedelta(days=9), by="x")
        story.placed("A1")
        story.turn()
        id = backtests.ask_backtest("order_confirmation", since=day("3 May 08:00"), by="x")
        assert backtests.asked(id).state == "running"
        sql.run("update backtest_asked set heard_at = heard_at - interval '1 hour'")
        assert (backtests.asked(id).state, "not been heard of" in backtests.asked(id).said) == ("failed", True)
        backtests.stop_backtest(id)
        assert backtests.asked(id).state == "stopped"
        with pytest.raises(backtests.NoSuchBacktest):
            backtests.asked(id + 1)
