"""A second person approves what is published, where the shop wants it; nobody approves what they asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any, ClassVar

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from afterword.faces.console.pages import approvals
from afterword.faces.console.pages import campaigns as campaign_pages
from afterword.faces.console.pages import journeys as pages
from afterword.faces.queries import waiting_for
from afterword.insight.backtests import door as backtests
from afterword.kit import sql
from afterword.kit.children import Ended
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door as campaigns
from afterword.loop.campaigns.types import Plan
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.types import NeedsApproval, NotAsked
from afterword.loop.segments import door as segments

from .conftest import AT, Shop

Browser = Callable[[Any], Client]
KEY = "/journeys/satisfaction"


class Inside:
    """`afterword publish` in this process, which is in the test's transaction."""

    def run(self, *arguments: str, patience: float = 60) -> Ended:
        key, by = arguments[1], arguments[3]
        since = datetime.fromisoformat(arguments[5]) if len(arguments) > 4 else None
        try:
            journeys.publish(key, at=AT, by=by, until=AT, since=since)
        except NeedsApproval as refusal:
            return Ended(1, f"Refused: {refusal}")
        return Ended(0, "")


@pytest.fixture(autouse=True)
def _wanted(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    journeys.keep_shipped(at=AT)
    accounts.set_second_person(True, by=None)
    monkeypatch.setattr(approvals, "children", Inside())
    monkeypatch.setattr(pages, "children", Inside())


def said(browser: Client, address: str, **given: str) -> str:
    answer = browser.post(address, given, follow=True)
    return answer.content.decode()


def test_nothing_is_published_before_another_person_approves_it(signed_in: Browser, alice: Any, dana: Any) -> None:
    writer, owner = signed_in(dana), signed_in(alice)
    assert "must be approved by a second person" in said(writer, f"{KEY}/turn-on")
    assert journeys.known("satisfaction").live is None
    assert "Ask for approval" in writer.get(f"{KEY}/").content.decode()
    assert "It was asked" in said(writer, f"{KEY}/approval/ask", note="The holidays are near.")
    page = owner.get(f"{KEY}/").content.decode()
    assert "The holidays are near." in page
    assert "Approve and publish" in page
    assert "Approve and publish" not in writer.get(f"{KEY}/").content.decode()
    mark = journeys.digest(journeys.known("satisfaction").draft)
    assert writer.post(f"{KEY}/approval/decide", {"approved": "yes", "draft": mark}).status_code == 403
    assert "is on" in said(owner, f"{KEY}/approval/decide", approved="yes", draft=mark)
    live = journeys.known("satisfaction").live
    assert live is not None
    assert live.published_by == alice.email
    assert sql.value("select count(*) from accounts_audit where what in ('journey approval asked', 'journey approved')") == 2


def test_whoever_asks_cannot_approve_not_even_in_the_database(signed_in: Browser, alice: Any) -> None:
    owner = signed_in(alice)
    said(owner, f"{KEY}/approval/ask")
    mark = journeys.digest(journeys.known("satisfaction").draft)
    assert "cannot give it" in said(owner, f"{KEY}/approval/decide", approved="yes", draft=mark)
    with pytest.raises(accounts.OwnRequest):
        journeys.decide("satisfaction", approved=True, by=alice, at=AT, mark=mark)
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.run("update accounts_approval set decided_by_id = asked_by_id, decided_at = now(), approved = true")


def test_a_draft_that_changed_since_is_not_the_one_that_was_approved(alice: Any, dana: Any) -> None:
    journeys.ask_approval("satisfaction", by=dana, at=AT)
    mark = journeys.digest(journeys.known("satisfaction").draft)
    journeys.keep_draft(journeys.known("satisfaction").draft + "# more\n", at=AT)
    with pytest.raises(NotAsked):
        journeys.decide("satisfaction", approved=True, by=alice, at=AT, mark=mark)
    with pytest.raises(NeedsApproval):
        journeys.publish("satisfaction", at=AT, by=dana.email, until=AT)


def test_it_is_sent_back_with_a_word(signed_in: Browser, alice: Any, dana: Any) -> None:
    journeys.ask_approval("satisfaction", by=dana, at=AT)
    mark = journeys.digest(journeys.known("satisfaction").draft)
    assert "sent back" in said(signed_in(alice), f"{KEY}/approval/decide", approved="no", draft=mark, said="Too early.")
    assert journeys.known("satisfaction").live is None
    assert sql.value("select reason from accounts_audit where what = 'journey sent back'") == "Too early."


def test_the_wish_to_let_earlier_ones_in_travels_with_the_request_and_is_done_by_its_approval(
    signed_in: Browser, alice: Any, dana: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtests, "let_in", lambda key, mark, since: Counted())
    said(signed_in(dana), f"{KEY}/approval/ask", days="30")
    owner = signed_in(alice)
    page = owner.get(f"{KEY}/").content.decode()
    assert "those were 12 people, of whom 5 would have been written to at once" in page
    assert "Approve, publish and let them in" in page
    asked = journeys.waiting("satisfaction")
    assert asked is not None
    wish = journeys.wish_of(asked)
    assert wish is not None
    said(owner, f"{KEY}/approval/decide", approved="yes", draft=asked.mark)
    assert sql.value("select min(ticked_until) from journey_version") == wish.since


class Counted:
    """What was counted."""

    result: ClassVar = {"people": 12, "reached": 5}


def test_everything_that_waits_stands_on_one_page_with_what_was_foreseen(
    signed_in: Browser, alice: Any, dana: Any, mihai: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = events.frontier() or AT
    segments.save_segment("buyers", name="Buyers", text="ever(order.placed)", at=at)
    campaigns.keep("news", name="News", plan=Plan(kind="product_update", segment="buyers", messages=("product_update",)), at=at)
    campaigns.keep(
        "glaze", name="Glaze", plan=Plan(kind="product_update", store="other", segment="buyers", messages=("vip_thanks",)), at=at
    )
    monkeypatch.setattr(campaign_pages, "children", Foreseeing())
    writer, owner = signed_in(dana), signed_in(alice)
    assert "Nothing waits" in writer.get("/approvals/").content.decode()
    said(writer, f"{KEY}/approval/ask", note="The holidays are near.")
    said(writer, "/campaigns/news/approval/ask", note="Before the spring.")
    page = owner.get("/approvals/").content.decode()
    for words in ("The holidays are near.", "Before the spring.", "Then 15 of 286 people would have got it, and 81 more after a wait.",
                  "SMS would cost about €4.99.", "Look at it and decide", 'aria-label="2 waiting"'):  # fmt: skip
        assert words in page, words
    assert "15 of 286 people" in owner.get("/campaigns/news/").content.decode()
    page = writer.get("/approvals/").content.decode()
    assert "Waits for somebody else" in page
    assert "Look at it and decide" not in page
    assert signed_in(mihai).get("/approvals/").status_code == 403
    campaigns.keep("news", name="News", plan=Plan(kind="product_update", segment="buyers", messages=("vip_thanks",)), at=at)
    assert "It was changed since" in owner.get("/approvals/").content.decode()
    mark = journeys.digest(journeys.known("satisfaction").draft)
    said(owner, f"{KEY}/approval/decide", approved="no", draft=mark, said="Too early.")
    page = owner.get("/approvals/").content.decode()
    assert "Too early." in page
    assert "Sent back" in page


def test_what_is_gone_or_on_already_waits_for_nobody(alice: Any, dana: Any) -> None:
    at, plan = events.frontier() or AT, Plan(kind="product_update", segment="buyers", messages=("product_update",))
    segments.save_segment("buyers", name="Buyers", text="ever(order.placed)", at=at)
    journeys.ask_approval("satisfaction", by=dana, at=at)
    for key in ("news", "late"):
        campaigns.keep(key, name=key.title(), plan=plan, at=at)
        campaigns.ask_approval(key, by=dana, at=at)
    assert accounts.asked_for(alice) == (True, 3, 3)
    campaigns.throw_away("news")
    assert accounts.asked_for(alice) == (True, 2, 2)
    accounts.set_second_person(False, by=None)
    campaigns.start("late", at=at, by=dana)
    journeys.publish("satisfaction", at=at, by=dana.email)
    assert accounts.asked_for(alice) == (False, 0, 0)


def test_a_member_of_one_store_is_not_shown_what_waits_in_another(signed_in: Browser, alice: Any, dana: Any) -> None:
    at = events.frontier() or AT
    segments.save_segment("buyers", name="Buyers", text="ever(order.placed)", at=at)
    campaigns.keep(
        "glaze", name="Glaze", plan=Plan(kind="product_update", store="other", segment="buyers", messages=("vip_thanks",)), at=at
    )
    campaigns.ask_approval("glaze", by=dana, at=AT)
    ina = accounts.create_member("ina@shop.example", "marketer", by=None, stores=("main",), password="ina has a password")
    assert "Glaze" in signed_in(dana).get("/approvals/").content.decode()
    assert "Glaze" not in signed_in(ina).get("/approvals/").content.decode()
    assert waiting_for(alice) == (1, 1)
    assert waiting_for(ina) == (0, 0)
    approver = accounts.create_member("oli@shop.example", "owner", by=None, stores=("main",), password="oli has a password")
    assert waiting_for(approver) == (0, 0)
    entry = re.compile(r'href="/approvals/"[^<]*(?:<(?!/a>)[^<]*)*')

    def badge(member: Any) -> str:
        found = entry.search(signed_in(member).get("/").content.decode())
        assert found is not None
        return found.group()

    assert "1 waiting" in badge(alice)
    assert "waiting" not in badge(approver), "what is out of reach is not counted either"


def test_questions_that_were_asked_before_all_stood_in_one_place_are_moved(alice: Any, dana: Any) -> None:
    move = import_module("afterword.loop.journeys.migrations.0008_approvals_in_one_place").MOVE
    sql.run("create temp table journey_approval (id bigserial, journey_id bigint, mark text, text text, note text, asked_by text, "
            "asked_at timestamptz, decided_by text default '', decided_at timestamptz, approved bool, said text default '', "
            "enrol_since timestamptz, enrol_people int, enrol_reached int) on commit drop")  # fmt: skip
    id = sql.value("select id from journey where key = 'satisfaction'")
    row = (
        "insert into journey_approval (journey_id, mark, text, note, asked_by, asked_at, decided_by, decided_at, approved, said, "
        "enrol_since, enrol_people) "
    )
    values = "values (%s, %s, 'journey: x', 'Please', %s, %s, %s, %s, %s, %s, %s, %s)"
    sql.run(row + values, [id, "m1", dana.email.upper(), AT, alice.email, AT, False, "No", AT, 12])
    mark = journeys.digest(journeys.known("satisfaction").draft)
    sql.run(row + values, [id, mark, dana.email, AT, "", None, None, "", None, None])
    sql.run(move)
    (open_one,), (done,) = accounts.approvals(open=True), accounts.approvals(open=False)
    assert (open_one.asked_by, open_one.note, open_one.mark) == (dana, "Please", mark)
    assert (done.decided_by, done.approved, done.said) == (alice, False, "No")
    wish = journeys.wish_of(done)
    assert wish is not None
    assert (wish.since, wish.people, wish.reached) == (AT, 12, None)
    assert journeys.waiting("satisfaction") == open_one


class Foreseeing:
    """A process that looks ahead."""

    def run(self, *arguments: str, patience: float = 60) -> Ended:
        assert arguments[:2] == ("campaign", "foresee")
        ways = [{"channel": "sms", "go": 15, "hold": 81, "segments": 1.0, "minor": 78, "most_minor": 499, "currency": "EUR"}]
        found = {"people": 286, "go": 15, "back": [], "channels": ways, "languages": [], "zones": [], "everywhere": 0, "held_out": 0}
        return Ended(0, json.dumps(found))
