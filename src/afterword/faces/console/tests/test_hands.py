"""Versions: who stands where, what differs, and laying hands on what is under way, said first and kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.module_loading import import_string

from afterword.faces.console.pages import hands
from afterword.faces.console.pages.backtests import steps_as_in
from afterword.kit import sql
from afterword.kit.children import Ended
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys

from .conftest import AT, Shop

Browser = Callable[[Any], Client]
KEY = "/journeys/satisfaction"


class Inside:
    """Commands run in this process, which is in the test's transaction."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, ...]] = []

    def run(self, *arguments: str, patience: float = 60) -> Ended:
        from typer.testing import CliRunner

        app = import_string("afterword.faces.cli.commands.app")  # by its name, as a process would find it: faces do not know each other

        self.ran.append(arguments)
        done = CliRunner().invoke(app, list(arguments))
        return Ended(done.exit_code, done.output.strip() or str(done.exception or ""))


@pytest.fixture(autouse=True)
def inside(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Inside:
    journeys.keep_shipped(at=AT)
    journeys.publish("satisfaction", at=AT, by="alice@shop.example", until=AT)
    draft = journeys.known("satisfaction").draft
    journeys.keep_draft(draft.replace("delivered_at + 3d", "delivered_at + 5d"), at=AT)
    journeys.publish("satisfaction", at=AT, by="alice@shop.example", until=AT)
    commands = Inside()
    monkeypatch.setattr(hands, "children", commands)
    return commands


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_versions_say_what_differs_step_by_step_and_any_two_can_be_compared(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    said = page(browser, f"{KEY}/versions/")
    assert "3 days after delivery → 5 days after delivery" in said
    assert "5 days after delivery → 3 days after delivery" in page(browser, f"{KEY}/versions/compare/?a=2&b=1")
    assert "the same, word for word" in page(browser, f"{KEY}/versions/compare/?a=2&b=draft")
    assert browser.get(f"{KEY}/versions/compare/?a=9&b=1").status_code == 404


def test_a_version_is_paused_resumed_and_stopped_and_its_history_says_who(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    assert "Pause version 2?" in page(browser, f"{KEY}/versions/")
    for deed, word in (("pause", "stands still since"), ("resume", "resumed"), ("stop", "stopped")):
        assert browser.post(f"{KEY}/versions/2/{deed}").status_code == 302
        assert word in page(browser, f"{KEY}/versions/")
    assert [row["kind"] for row in journeys.hands("satisfaction")] == ["stop", "resume", "pause"]
    assert all(row["by"] == alice.email for row in journeys.hands("satisfaction"))
    assert sql.value("select count(*) from accounts_audit where what like 'journey version %%'") == 3
    assert browser.post(f"{KEY}/versions/2/explode").status_code == 404


def test_runs_are_moved_only_after_it_was_said_what_it_would_do(signed_in: Browser, alice: Any, inside: Inside) -> None:
    browser = signed_in(alice)
    version = journeys.version_id("satisfaction", 1)
    sql.run(
        "insert into visit_count (version_id, step, outcome, visits) values (%s, 'trigger', 'entered', 3)", [version]
    )  # three have entered, and none has left
    first = next(iter(journeys.known("satisfaction").versions[1].drawing.steps["trigger"].follows))
    assert "See what it would do" in page(browser, f"{KEY}/versions/1/move/")
    said = browser.post(f"{KEY}/versions/1/move/", {"to": "2", f"step.{first}": first}).content.decode()
    assert inside.ran[-1][-1] == "--foresee"
    assert "would go on in version 2" in said
    assert journeys.hands("satisfaction") == []
    assert browser.post(f"{KEY}/versions/1/move/", {"to": "2", f"step.{first}": first, "sure": "yes"}).status_code == 302
    assert [row["kind"] for row in journeys.hands("satisfaction")] == ["move"]


def test_who_may_not_publish_lays_hands_on_nothing(signed_in: Browser, mihai: Any) -> None:
    browser = signed_in(mihai)
    assert "Pause version" not in page(browser, f"{KEY}/versions/")
    for address in ("versions/2/pause", "versions/2/stop", "versions/1/move/"):
        assert browser.post(f"{KEY}/{address}").status_code == 403


def test_those_who_qualified_before_can_be_let_in_once_as_if_it_had_been_on() -> None:
    since = AT - timedelta(days=1)
    journeys.publish("delivered_thanks", at=AT, since=since)
    frontier = events.frontier()
    assert frontier is not None
    journeys.tick(frontier)
    entered = sql.value("select count(*) from visit where journey = 'delivered_thanks' and step = 'trigger'")
    assert entered == 1
    same = "select v.entered_at = e.known_at from visit v join event e on e.id = v.run where v.journey = 'delivered_thanks'"
    assert sql.value(same + " and v.step = 'trigger'"), "at its own moment, not now"
    journeys.keep_draft(journeys.known("delivered_thanks").draft + "# again\n", at=AT)
    journeys.publish("delivered_thanks", at=AT, since=since)
    journeys.tick(frontier + timedelta(microseconds=1))
    assert sql.value("select count(*) from visit where journey = 'delivered_thanks' and step = 'trigger'") == entered


def test_two_versions_are_compared_at_once_where_the_draft_is_what_is_on(signed_in: Browser, alice: Any) -> None:
    text = page(signed_in(alice), f"{KEY}/versions/compare/")
    assert '<option value="1" selected>' in text
    assert '<option value="2" selected>' in text
    assert "word for word" not in text


def test_who_stands_at_a_step_that_has_another_key_now_goes_on_there(signed_in: Browser, alice: Any) -> None:
    version, known = journeys.version_id("satisfaction", 1), journeys.known("satisfaction")
    first = next(iter(known.versions[1].drawing.steps["trigger"].follows))
    journeys.keep_draft(journeys.editing.renamed(known.draft, first, "settle").text, at=AT)
    journeys.publish("satisfaction", at=AT, by="alice@shop.example", until=AT)
    sql.run("insert into visit_count (version_id, step, outcome, visits) values (%s, 'trigger', 'entered', 3)", [version])
    moving = page(signed_in(alice), f"{KEY}/versions/1/move/")
    assert f'name="step.{first}"' in moving
    assert '<option value="settle" selected>' in moving


def test_who_stands_at_a_step_that_had_another_key_is_counted_at_it(signed_in: Browser, alice: Any) -> None:
    version, known = journeys.version_id("satisfaction", 1), journeys.known("satisfaction")
    first = next(iter(known.versions[1].drawing.steps["trigger"].follows))
    draft = known.draft.replace("delivered_at + 5d", "delivered_at + 3d")
    journeys.keep_draft(journeys.editing.renamed(draft, first, "settle").text, at=AT)
    journeys.publish("satisfaction", at=AT, by="alice@shop.example", until=AT)
    sql.run("insert into visit_count (version_id, step, outcome, visits) values (%s, 'trigger', 'entered', 3)", [version])
    assert "3 stand here in version 1" in page(signed_in(alice), f"{KEY}/versions/compare/?a=1&b=3")


def test_steps_of_two_versions_stand_in_one_row_though_one_has_another_key_or_title() -> None:
    before = journeys.drawn(journeys.loaded(journeys.shipped()["satisfaction"]))
    text = journeys.editing.renamed(journeys.shipped()["satisfaction"], "ask", "question").text
    after = journeys.drawn(journeys.loaded(text.replace("Three days to form a view", "Time to form a view")))
    assert set(steps_as_in(before, after).steps) == set(after.steps)
    assert [step.name for step in steps_as_in(before, after).steps.values()] == [step.name for step in before.steps.values()]
