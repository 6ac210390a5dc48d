"""Walking through a journey as oneself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from afterword.faces.mailbox.jobs import Mailbox
from afterword.kit import clock, sql
from afterword.loop.journeys import door as journeys
from afterword.loop.messages.queries import servers

from .conftest import Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A real one."""
    box = Mailbox("127.0.0.1", 0)
    box.start()
    monkeypatch.setenv("AFTERWORD_MAILBOX_PORT", str(box.port))
    servers.mailbox.cache_clear()
    yield box
    box.stop()
    servers.mailbox.cache_clear()


def test_the_letters_of_the_way_one_takes_arrive_and_nothing_is_counted(shop: Shop, mailbox: Any, signed_in: Any, alice: Any) -> None:
    journeys.keep_shipped(at=clock.real_now())
    browser = signed_in(alice)
    page = browser.get("/journeys/satisfaction/walk").content.decode()
    assert "Walk through it as yourself" in page
    before = sql.value("select count(*) from message_intent")
    answer = browser.post("/journeys/satisfaction/walk", {"language": "ro"}, follow=True)
    assert answer.status_code == 200
    assert "alice@" in answer.content.decode() or alice.email in answer.content.decode()
    arrived = sql.rows("select count(*), min(recipient) from mailbox_mail where recipient = %s", [alice.email])
    assert arrived[0][0] >= 1
    assert sql.value("select count(*) from message_intent") == before
    assert sql.value("select count(*) from event_inbox where name = 'message.sent'") == 0


def test_a_timed_walk_goes_on_while_nobody_looks_and_sends_no_letter_twice(shop: Shop, mailbox: Any, signed_in: Any, alice: Any) -> None:
    journeys.keep_shipped(at=clock.real_now())
    browser = signed_in(alice)
    page = browser.post("/journeys/satisfaction/walk", {"language": "en", "speed": "1440"}, follow=True).content.decode()
    assert "On your way" in page
    assert 'hx-trigger="every 1s"' in page
    begun = journeys.walk_of("satisfaction", alice)
    assert begun is not None
    assert begun.next_at is not None
    letters = "select count(*) from mailbox_mail where recipient = %s"
    assert sql.value(letters, [alice.email]) == 0, "its first letter comes after a wait"
    waited = timedelta(seconds=begun.strides[begun.position]["length"] / 1440)
    assert begun.next_at - begun.began_at == waited
    for _ in range(3):
        journeys.go_on(begun.next_at + timedelta(seconds=1))
    assert sql.value(letters, [alice.email]) == 1
    browser.post("/journeys/satisfaction/walk/stop")
    journeys.go_on(begun.next_at + timedelta(days=30))
    assert sql.value(letters, [alice.email]) == 1
    assert "You stopped here" in browser.get("/journeys/satisfaction/walk").content.decode()


def test_a_step_is_skipped_once_however_often_it_is_pressed(shop: Shop, mailbox: Any, signed_in: Any, alice: Any) -> None:
    journeys.keep_shipped(at=clock.real_now())
    browser = signed_in(alice)
    browser.post("/journeys/satisfaction/walk", {"language": "en", "speed": "24"})
    begun = journeys.walk_of("satisfaction", alice)
    assert begun is not None
    for _ in range(2):
        browser.post("/journeys/satisfaction/walk/skip", {"position": str(begun.position)})
    now = journeys.walk_of("satisfaction", alice)
    assert now is not None
    assert sql.value("select count(*) from mailbox_mail where recipient = %s", [alice.email]) == 1
    assert [one["letter"] for one in now.strides if one["letter"]] == ["sent"]


def test_another_way_is_another_walk(shop: Shop, signed_in: Any, alice: Any) -> None:
    journeys.keep_shipped(at=clock.real_now())
    drawing = journeys.known("satisfaction").drawing_of(None)
    step = next(s for s in drawing.steps.values() if len(s.ways) > 1)
    browser = signed_in(alice)
    pages = {way: browser.get("/journeys/satisfaction/walk", {f"at-{step.key}": way}).content.decode() for way in step.ways}
    assert len({page.count("walk__step") for page in pages.values()}) > 1


def test_who_may_not_edit_may_not_walk(shop: Shop, signed_in: Any, mihai: Any) -> None:
    journeys.keep_shipped(at=clock.real_now())
    assert signed_in(mihai).get("/journeys/satisfaction/walk").status_code == 403


def test_a_ready_made_journey_is_taken_once_as_a_draft(shop: Shop, signed_in: Any, alice: Any) -> None:
    browser = signed_in(alice)
    page = browser.get("/journeys/new-journey/").content.decode()
    entry = next(one for one in journeys.gallery() if not one.here)
    assert entry.name in page
    assert browser.post(f"/journeys/new-journey/take/{entry.key}").headers["Location"] == f"/journeys/{entry.key}/"
    assert journeys.known(entry.key).state == "draft"
    assert browser.post(f"/journeys/new-journey/take/{entry.key}").headers["Location"] == "/journeys/new-journey/"
    assert browser.post("/journeys/new-journey/take/nothing").status_code == 404
