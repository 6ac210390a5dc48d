"""Journeys, messages and settings in Chromium: every page in four windows, then what a person does there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys

from .test_console import CHROMIUM, SHOTS, Eye, console

__all__ = ["console"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]
KEY = "/journeys/satisfaction"


@pytest.fixture
def window(console: Any) -> Any:
    """The console's browser. Beside its driver's loop Django keeps connections apart; those of the test before are gone."""
    connections.close_all()
    return console


def addresses() -> dict[str, str]:
    """Every page, by a name."""
    sent, run = sql.rows("select id, run from message_intent where state = 'sent' and origin = 'satisfaction' limit 1")[0]
    kept = sql.value("select id from message_intent where state in ('dropped', 'held') limit 1")
    accounts.create_key("main", "Shop server", by=None)
    text = journeys.text_of("satisfaction")
    journeys.keep_draft(text.replace("delivered_at + 3d", "delivered_at + 2d"), at=clock.now())
    owner = accounts.member_by_email("owner@shop.example")
    assert owner is not None
    return {
        "journeys": "/journeys/", "flow": f"{KEY}/", "forked": "/journeys/review_request/", "step": f"{KEY}/?step=ask",
        "people": f"{KEY}/people/", "run": f"{KEY}/people/{run}/", "versions": f"{KEY}/versions/", "text": f"{KEY}/text/", "edit":
        f"{KEY}/edit/",
        "choose": "/journeys/new-journey/", "begin": "/journeys/new-journey/write?from=review_request",
        "unasked": f"{KEY}/backtest/", "messages": "/messages/", "kept": "/messages/?state=not_sent", "none": "/messages/?message=win_back",
        "message": f"/messages/{sent}/", "dropped": f"/messages/{kept}/", "preview": "/messages/previews/order_confirmation/?language=th",
        "preview-text": "/messages/previews/csat/?form=text", "settings": "/settings/", "stores": "/settings/stores/",
        "store": "/settings/stores/main/", "keys": "/settings/keys/", "team": "/settings/team/", "member": f"/settings/team/{owner.pk}/",
        "audit": "/settings/audit/",
    }  # fmt: skip


@pytest.mark.slow
def test_every_page_fits_says_nothing_and_can_be_used_by_everybody(window: Any) -> None:
    (browser, cookie), (base, _pages) = window
    pages = addresses()
    faults: list[str] = []
    for width in (1440, 390):
        for scheme in ("light", "dark"):
            eye = Eye(browser, cookie, base, width, scheme)
            for name, address in pages.items():
                faults += eye.faults(name, address)
            eye.context.close()
    assert not faults, "\n".join(faults)


@pytest.mark.slow
def test_the_flow_counts_by_itself_and_a_step_opens_beside_it(window: Any) -> None:
    (browser, cookie), (base, _pages) = window
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{base}{KEY}/")
    page.locator("#step-ask").focus()
    page.keyboard.press("Enter")
    page.locator("#step h2", has_text="One question").wait_for()
    assert page.locator("#step-ask").get_attribute("aria-current") == "true"
    with page.expect_response(lambda answer: answer.url.endswith(f"{KEY}/") and answer.request.headers.get("hx-request") == "true"):
        sql.run("update visit_count set visits = visits + 1000 where step = 'trigger'")
    page.locator(".flow__said", has_text="1,0").wait_for()
    assert page.locator("#step-ask").get_attribute("aria-current") == "true"
    assert page.evaluate("document.activeElement.id") == "step-ask"
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{base}{KEY}/")
    page.locator("#step-answer").click()
    page.locator("#step h2", has_text="They answer").wait_for()
    assert page.locator("#step").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#step").is_visible()
    context.close()


@pytest.mark.slow
def test_a_backtest_is_asked_watched_and_read(window: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AFTERWORD_HOME", str(tmp_path))
    (browser, cookie), (base, _pages) = window
    eye = Eye(browser, cookie, base, 1440, "light")
    eye.page.goto(f"{base}{KEY}/backtest/")
    eye.page.get_by_role("button", name="Ask the past").click()
    eye.page.locator("progress").wait_for()
    eye.page.locator(".sankey svg").wait_for(timeout=90_000)
    assert "would have entered" in (eye.page.locator(".sentence").text_content() or "")
    assert eye.said == []
    faults = eye.faults("backtest", f"{KEY}/backtest/")
    eye.context.close()
    for width, scheme in ((390, "dark"), (1440, "dark"), (390, "light")):
        eye = Eye(browser, cookie, base, width, scheme)
        faults += eye.faults("backtest", f"{KEY}/backtest/")
        assert eye.page.locator(".streams").first.is_visible() == (width == 390)
        eye.context.close()
    assert not faults, "\n".join(faults)


@pytest.mark.slow
def test_a_journey_is_turned_off_and_a_message_narrowed_without_a_mouse(window: Any) -> None:
    (browser, cookie), (base, _pages) = window
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{base}/journeys/order_confirmation/")
    page.get_by_role("button", name="Turn off").press("Enter")
    page.get_by_role("button", name="Leave it on").wait_for()
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/open-turn-off-1440-light.png")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Turn off").press("Enter")
    page.get_by_role("button", name="Turn it off").press("Enter")
    page.locator(".told", has_text="is off").wait_for(timeout=60_000)
    page.get_by_role("button", name="Turn on").press("Enter")
    page.locator("dialog", has_text="already send an order confirmation").wait_for()
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/open-turn-on-1440-light.png")
    page.goto(f"{base}/messages/")
    page.select_option("#f-message", "csat")
    page.wait_for_url("**message=csat**")
    page.locator("#messages .tally").wait_for()
    names = page.locator(".letters tbody th a").all_text_contents()
    assert set(names) == {"How was it?"}
    context.close()


@pytest.mark.slow
def test_a_colour_is_tried_before_it_is_kept(window: Any) -> None:
    (browser, cookie), (base, _pages) = window
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{base}/settings/stores/main/")
    page.locator("#id_colour").fill("#a5281d")
    page.locator("output", has_text="#a5281d").wait_for()
    assert page.locator(".brand-try .mark").first.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(165, 40, 29)"
    page.get_by_role("button", name="Save").press("Enter")
    page.locator(".told", has_text="Saved").wait_for()
    assert accounts.store("main").brand.colour == "#a5281d"
    context.close()


def test_a_draft_is_written_with_the_keyboard_and_a_mistake_is_shown_at_its_line(window: Any) -> None:
    (browser, cookie), (base, _pages) = window
    eye = Eye(browser, cookie, base, 1440, "light")
    page = eye.page
    journeys.keep_draft(journeys.text_of("satisfaction").split("\nexamples:")[0] + "\n", at=clock.now())
    page.goto(f"{base}{KEY}/edit/?view=text")
    page.locator("#text").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("  - id: after")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("wait: soon")
    wrong = page.locator("#checked .notice", has_text="a duration such as 3d")
    wrong.wait_for()
    last = page.locator("#text").input_value().rstrip().split("\n")
    assert last[-2:] == ["  - id: after", "    wait: soon"]
    assert page.locator(".editor__lines b").inner_text().strip() == str(len(last))
    assert page.evaluate("document.activeElement.id") == "text", "the check takes nobody's place away"
    for _ in "soon":
        page.keyboard.press("Backspace")
    page.keyboard.type("2d")
    page.locator("#checked", has_text="Nothing is wrong with it").wait_for()
    page.locator("#checked .step", has_text="2 days").wait_for()
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/editor-1440-light.png")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "text"
    page.get_by_role("button", name="Keep the draft").press("Enter")
    page.locator(".told", has_text="The draft is kept").wait_for()
    assert journeys.known("satisfaction").draft.endswith("  - id: after\n    wait: 2d\n")
    page.get_by_role("button", name="Publish the draft").press("Enter")
    page.locator("dialog[open]", has_text="stay").wait_for()
    assert eye.said == []
    eye.context.close()


def test_a_letter_follows_the_form_and_nothing_is_kept_before_it_is_saved(window: Any) -> None:
    (browser, cookie), (base, _pages) = window
    eye = Eye(browser, cookie, base, 1440, "light")
    page, before = eye.page, accounts.store("main")
    page.goto(f"{base}/settings/stores/main/")
    with page.expect_response(lambda answer: "colour=%23a5281d" in answer.url and "light=dark" in answer.url):
        page.locator("#id_colour").fill("#a5281d")
        page.locator("[name=try-light][value=dark]").check()
    page.locator("[data-contrast]", has_text="text on it").wait_for()
    assert accounts.store("main") == before
    assert eye.said == []
    eye.context.close()
