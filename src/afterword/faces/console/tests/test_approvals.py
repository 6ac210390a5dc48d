"""A second person approves what is published, where the shop wants it; nobody approves what they asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from afterword.faces.console.pages import approvals
from afterword.faces.console.pages import journeys as pages
from afterword.insight.backtests import door as backtests
from afterword.kit import sql
from afterword.kit.children import Ended
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.types import NeedsApproval, NotAsked, OwnRequest

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
    assert "cannot approve" in said(owner, f"{KEY}/approval/decide", approved="yes", draft=mark)
    with pytest.raises(OwnRequest):
        journeys.decide("satisfaction", approved=True, by=alice.email, at=AT, mark=mark)
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.run("update journey_approval set decided_by = asked_by, decided_at = now(), approved = true")


def test_a_draft_that_changed_since_is_not_the_one_that_was_approved(alice: Any, dana: Any) -> None:
    journeys.ask_approval("satisfaction", by=dana.email, at=AT)
    mark = journeys.digest(journeys.known("satisfaction").draft)
    journeys.keep_draft(journeys.known("satisfaction").draft + "# more\n", at=AT)
    with pytest.raises(NotAsked):
        journeys.decide("satisfaction", approved=True, by=alice.email, at=AT, mark=mark)
    with pytest.raises(NeedsApproval):
        journeys.publish("satisfaction", at=AT, by=dana.email, until=AT)


def test_it_is_sent_back_with_a_word(signed_in: Browser, alice: Any, dana: Any) -> None:
    journeys.ask_approval("satisfaction", by=dana.email, at=AT)
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
    assert asked.enrol_since is not None
    said(owner, f"{KEY}/approval/decide", approved="yes", draft=asked.mark)
    assert sql.value("select min(ticked_until) from journey_version") == asked.enrol_since


class Counted:
    """What was counted."""

    result: ClassVar = {"people": 12, "reached": 5}
