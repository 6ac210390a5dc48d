"""Drafts in the browser: kept word for word, checked while they are written, never over somebody else's without saying so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from afterword.kit import sql
from afterword.loop.journeys import door as journeys

from .conftest import AT, Shop

Browser = Callable[[Any], Client]
KEY = "/journeys/satisfaction"
OWN = "journey: hello\nsubject: order\ntrigger: {event: order.placed}\nsteps:\n  - id: say\n    send: nps  # as it is\n"

HALF = ("", "[", "a: b", "steps: 3", "journey: x\nsteps: [{id: a, wait: {until: []}}]", "- - -", "x: *a", "journey: {a: b}")


@pytest.fixture(autouse=True)
def _live(shop: Shop) -> None:
    journeys.keep_shipped(at=AT)
    journeys.publish("satisfaction", at=AT, by="alice@shop.example", until=AT)


def keep(browser: Client, text: str, base: str) -> Any:
    return browser.post(f"{KEY}/edit/", {"text": text.replace("\n", "\r\n"), "base": base})


def draft() -> str:
    return journeys.known("satisfaction").draft


def test_a_draft_is_kept_word_for_word_and_runs_nothing(signed_in: Browser, alice: Any) -> None:
    browser, before = signed_in(alice), draft()
    text = before.replace("for: 3d", "for: 4d") + "# a word to my colleagues\n"
    assert keep(browser, text, journeys.digest(before)).status_code == 302
    assert draft() == text
    known = journeys.known("satisfaction")
    assert known.changed
    assert known.live is not None
    assert known.live.text == before
    assert sql.value("select before ->> 'text' = %s from accounts_audit where what = 'journey draft kept'", [before])
    assert "They stay on it" not in browser.get(f"{KEY}/").content.decode()


def test_whoever_saves_second_sees_both_texts_and_decides(signed_in: Browser, alice: Any) -> None:
    browser, before = signed_in(alice), draft()
    base, theirs, mine = journeys.digest(before), before + "# theirs\n", before + "# mine\n"
    keep(browser, theirs, base)
    answer = keep(browser, mine, base)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "# mine" in page
    assert "-# theirs" in page
    assert draft() == theirs
    assert keep(browser, mine, journeys.digest(theirs)).status_code == 302
    assert draft() == mine


def test_what_is_wrong_names_its_line_and_nothing_is_lost(signed_in: Browser, alice: Any) -> None:
    browser, before = signed_in(alice), draft()
    wrong = before.replace("useful_for: 2d", "useful_for: soon")
    line = wrong.split("\n").index("      useful_for: soon") + 1
    part = browser.post(f"{KEY}/check", {"text": wrong}, headers={"HX-Request": "true"}).content.decode()
    assert f'data-line="{line}"' in part
    assert "a duration such as 3d" in part
    answer = keep(browser, wrong, journeys.digest(before))
    assert answer.status_code == 422
    assert "useful_for: soon" in answer.content.decode()
    assert draft() == before


def test_a_key_stays_and_a_message_must_exist(signed_in: Browser, alice: Any) -> None:
    browser, before = signed_in(alice), draft()
    renamed = keep(browser, before.replace("journey: satisfaction", "journey: other"), journeys.digest(before))
    assert "a journey keeps its key" in renamed.content.decode()
    part = browser.post(f"{KEY}/check", {"text": before.replace("message: csat", "message: cast")}).content.decode()
    assert "there is no such message" in part


@pytest.mark.parametrize("text", HALF)
def test_a_half_written_text_is_checked_without_a_fall(signed_in: Browser, alice: Any, text: str) -> None:
    assert signed_in(alice).post(f"{KEY}/check", {"text": text}).status_code == 200


def test_a_draft_goes_back_to_what_was_published_or_shipped(signed_in: Browser, alice: Any) -> None:
    browser, before = signed_in(alice), draft()
    keep(browser, before + "# more\n", journeys.digest(before))
    browser.post(f"{KEY}/discard")
    assert draft() == before
    asked = journeys.known("recommend").draft
    browser.post("/journeys/recommend/edit/", {"text": asked + "# more\n", "base": journeys.digest(asked)})
    browser.post("/journeys/recommend/discard")
    assert journeys.known("recommend").draft == asked


def test_an_older_version_becomes_the_draft_again(signed_in: Browser, alice: Any) -> None:
    browser, first = signed_in(alice), draft()
    keep(browser, first + "# second\n", journeys.digest(first))
    journeys.publish("satisfaction", at=AT, until=AT)
    assert "Make it the draft again" in browser.get(f"{KEY}/versions/").content.decode()
    assert browser.post(f"{KEY}/restore/1").headers["Location"] == f"{KEY}/edit/"
    assert draft() == first
    assert browser.post(f"{KEY}/restore/9").headers["Location"] == f"{KEY}/versions/"


def test_a_new_journey_begins_from_a_sheet_or_another_and_goes_while_it_was_never_on(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    assert "journey: new_journey" in browser.get("/journeys/new-journey/write").content.decode()
    copied = browser.get("/journeys/new-journey/write?from=satisfaction").content.decode()
    assert "journey: satisfaction_2" in copied
    assert "Nothing is wrong with it" in copied
    assert browser.get("/journeys/new-journey/write?from=nowhere").status_code == 404
    assert browser.post("/journeys/new-journey/write", {"text": OWN}).headers["Location"] == "/journeys/hello/"
    assert journeys.known("hello").draft == OWN
    assert "already" in browser.post("/journeys/new-journey/write", {"text": OWN}).content.decode()
    assert browser.post("/journeys/hello/discard").headers["Location"] == "/journeys/"
    assert "hello" not in journeys.names()


def test_a_draft_that_somebody_changed_meanwhile_is_not_published_unseen(signed_in: Browser, alice: Any) -> None:
    browser, before = signed_in(alice), draft()
    keep(browser, before + "# theirs\n", journeys.digest(before))
    assert browser.post(f"{KEY}/turn-on", {"draft": journeys.digest(before)}).headers["Location"] == f"{KEY}/edit/"
    assert len(journeys.known("satisfaction").versions) == 1


def test_only_who_edits_journeys_writes_drafts(signed_in: Browser, bob: Any, mihai: Any) -> None:
    for browser in (signed_in(bob), signed_in(mihai)):
        assert f"{KEY}/edit/" not in browser.get(f"{KEY}/").content.decode()
        for address in (f"{KEY}/edit/", "/journeys/new-journey/", "/journeys/new-journey/write"):
            assert browser.get(address).status_code == 403, address
        for address in (f"{KEY}/edit/", f"{KEY}/check", f"{KEY}/discard", f"{KEY}/restore/1", "/journeys/new-journey/write"):
            assert browser.post(address, {"text": OWN}).status_code == 403, address


def test_the_builder_speaks_of_ways_and_choices_as_people_do(signed_in: Browser, alice: Any) -> None:
    browser, text = signed_in(alice), draft()
    page = browser.post(f"{KEY}/build", {"text": text, "op": "add", "after": "trigger", "outcomes": "entered"}).content.decode()
    assert "What comes here?" in page
    assert "On the way" not in page
    page = browser.post(f"{KEY}/build", {"text": text, "op": "choose", "step": "trigger"}).content.decode()
    assert "everybody, every time" in page
    assert "once per customer" not in page


def test_what_is_wrong_is_told_by_the_names_that_the_panel_uses(signed_in: Browser, alice: Any) -> None:
    browser, text = signed_in(alice), draft().replace("useful_for: 4d", "useful_for: soon", 1)
    page = browser.post(f"{KEY}/build", {"text": text, "op": "look"}).content.decode()
    assert ">“One question”, No use after:</strong>" in page
    assert "<code>steps." not in page


def test_a_message_is_chosen_by_its_name(signed_in: Browser, alice: Any) -> None:
    page = signed_in(alice).post(f"{KEY}/build", {"text": draft(), "op": "choose", "step": "ask"}).content.decode()
    assert '<option value="csat" selected>How was it?</option>' in page
    assert '<option value="review_request">Review request</option>' in page
