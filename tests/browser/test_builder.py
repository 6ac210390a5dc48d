"""The builder in Chromium: a journey is built from nothing by mouse and by keyboard, changed, taken back, renamed, published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from afterword.kit import clock
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


def opened(window: Any, address: str, width: int = 1440, scheme: str = "light") -> tuple[Eye, Any]:
    """A page of the builder."""
    (browser, cookie), (base, _pages) = window
    eye = Eye(browser, cookie, base, width, scheme)
    eye.page.goto(f"{base}{address}")
    eye.page.locator("#tree .step").first.wait_for()
    return eye, eye.page


def text_of(page: Any) -> str:
    return str(page.locator("#text").input_value())


def settled(page: Any, deed: Any, op: str) -> None:
    """Do something, and wait until the builder has answered."""
    with page.expect_response(lambda answer: answer.url.endswith("/build") and f"op={op}" in (answer.request.post_data or "")):
        deed()
    page.locator(".draft:not([aria-busy])").wait_for()


def test_a_journey_is_built_from_nothing_by_mouse(window: Any) -> None:
    eye, page = opened(window, "/journeys/new-journey/write")
    settled(page, page.locator("#b-trigger").click, "choose")
    settled(page, lambda: (page.fill("[id='name']", "After the gift"), page.locator("[id='name']").blur()), "set")
    settled(page, page.locator("#b-a_few_days").click, "choose")
    settled(page, page.get_by_role("button", name="Remove this step").click, "remove")
    settled(page, page.get_by_role("button", name="Put a step in after “Order delivered”").click, "add")
    page.get_by_role("heading", name="What comes here?").wait_for()
    settled(page, page.locator("[data-insert=branch]").click, "insert")
    settled(page, lambda: (page.fill("[id='f.0.key']", "generous"), page.locator("[id='f.0.key']").blur()), "set")
    settled(page, lambda: page.select_option("[id='f.0.value~0.what']", "value"), "set")
    settled(page, lambda: page.select_option("[id='f.0.value~0.of']", "order.total"), "set")
    settled(page, lambda: page.select_option("[id='f.0.value~0.op']", ">"), "set")
    settled(page, lambda: (page.fill("[id='f.0.value~0.than']", "100"), page.locator("[id='f.0.value~0.than']").blur()), "set")
    settled(page, page.get_by_role("button", name="Put a step in after “Generous”, generous").click, "add")
    settled(page, page.locator("[data-insert=send]").click, "insert")
    settled(page, lambda: page.select_option("[id='f.message']", "review_request"), "set")
    page.locator(".build__said", has_text="Nothing is wrong with it").wait_for()
    assert "generous: order.total > 100" in text_of(page)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/builder-new-1440-light.png")
    page.get_by_role("button", name="Make the journey").click()
    page.locator(".told", has_text="is there, as a draft").wait_for()
    known = journeys.known("new_journey")
    assert known.name == "After the gift"
    ways = {key: dict(step.ways) for key, step in known.drawing_of(None).steps.items()}
    assert ways == {
        "trigger": {"entered": "branch"}, "branch": {"generous": "send", "otherwise": "ask"}, "send": {"done": "ask"},
        "ask": {"done": None},
    }  # fmt: skip
    assert eye.said == []
    eye.context.close()


@pytest.mark.slow
def test_a_journey_is_built_by_keyboard_taken_back_renamed_and_published(window: Any) -> None:
    eye, page = opened(window, f"{KEY}/edit/")
    before, focused = text_of(page), "document.activeElement.id"
    page.locator("#b-trigger").focus()
    page.keyboard.press("ArrowDown")
    first = str(page.evaluate(focused))
    assert first.startswith("b-")
    assert first != "b-trigger"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == "b-trigger"
    settled(page, lambda: page.keyboard.press("+"), "add")
    page.locator(".kinds__one:focus").wait_for()
    settled(page, lambda: page.keyboard.press("Enter"), "insert")
    page.locator("#p-title:focus").wait_for()
    page.keyboard.type("Breathe")
    settled(page, lambda: page.keyboard.press("Tab"), "set")
    page.locator("#b-wait", has_text="Breathe").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate(focused) == "b-wait"
    built = text_of(page)
    assert "title: Breathe" in built
    settled(page, lambda: page.keyboard.press("Delete"), "remove")
    assert text_of(page) == before, "what was put in and taken out leaves no trace"
    settled(page, lambda: page.keyboard.press("Control+z"), "look")
    assert text_of(page) == built
    settled(page, lambda: page.keyboard.press("Control+Shift+z"), "look")
    assert text_of(page) == before
    settled(page, lambda: page.keyboard.press("Control+z"), "look")
    page.locator("#b-ask").focus()
    settled(page, lambda: page.keyboard.press("Enter"), "choose")
    page.locator("#settings summary", has_text="Name in the text").press("Enter")
    page.locator("#p-id").fill("question")
    settled(page, lambda: page.keyboard.press("Enter"), "set")
    page.locator("#b-question").wait_for()
    assert "id: question" in text_of(page)
    page.keyboard.press("Control+s")
    page.locator(".told", has_text="The draft is kept").wait_for()
    assert "id: question" in journeys.known("satisfaction").draft
    page.get_by_role("button", name="Publish the draft").press("Enter")
    page.get_by_role("button", name="Publish it").press("Enter")
    page.locator(".told", has_text="is on").wait_for(timeout=60_000)
    live = journeys.known("satisfaction").live
    assert live is not None
    assert list(live.drawing.steps)[:2] == ["trigger", "wait"]
    assert eye.said == []
    eye.context.close()


def test_a_mistake_is_marked_at_its_step_and_its_field_and_both_views_are_one_text(window: Any) -> None:
    eye, page = opened(window, f"{KEY}/edit/")
    settled(page, page.locator("#b-ask").click, "choose")
    settled(page, lambda: (page.fill("[id='f.useful_for']", "soon"), page.locator("[id='f.useful_for']").blur()), "set")
    page.locator("#b-ask.step--bad").wait_for()
    assert "a duration such as 3d" in str(page.locator("[id='w-f.useful_for']").text_content())
    page.locator(".draft__bar label", has_text="Text").click()
    assert page.locator("#text").is_visible()
    page.locator("#text").fill(text_of(page).replace("useful_for: soon", "useful_for: 4d"))
    with page.expect_response(lambda answer: answer.url.endswith("/build")):
        page.locator(".draft__bar label", has_text="Flow").click()
    page.locator(".build__said", has_text="Nothing is wrong with it").wait_for()
    assert page.locator("[id='f.useful_for']").input_value() == "4d"
    settled(page, page.get_by_role("button", name="Undo").click, "look")
    page.locator("#b-ask.step--bad").wait_for()
    assert eye.said == []
    eye.context.close()


@pytest.mark.slow
def test_the_builder_fits_every_window(window: Any) -> None:
    faults: list[str] = []
    for width in (1440, 390):
        for scheme in ("light", "dark"):
            eye, page = opened(window, "/journeys/review_request/edit/", width, scheme)
            settled(page, page.locator("#b-kind").click, "choose")
            if width == 390:
                assert page.locator("#panel").is_visible()
                page.locator("[data-panel-close]").click()
                assert not page.locator("#panel").is_visible()
            faults += eye.faults("builder", "/journeys/review_request/edit/") + eye.said
            eye.context.close()
    assert not faults, "\n".join(faults)


def test_undo_survives_a_reload_and_the_keeping_of_the_draft(window: Any) -> None:
    eye, page = opened(window, f"{KEY}/edit/")
    page.on("dialog", lambda dialog: dialog.accept())
    before = text_of(page)
    page.locator("#b-ask").focus()
    settled(page, lambda: page.keyboard.press("+"), "add")
    settled(page, lambda: page.keyboard.press("Enter"), "insert")
    built = text_of(page)
    assert built != before
    with page.expect_response(lambda answer: answer.url.endswith("/build")):
        page.reload()
    page.locator("#b-wait").wait_for()
    assert text_of(page) == built, "what was not kept is there again"
    settled(page, page.get_by_role("button", name="Undo").click, "look")
    assert text_of(page) == before
    settled(page, page.get_by_role("button", name="Do it again").click, "look")
    page.keyboard.press("Control+s")
    page.locator(".told", has_text="The draft is kept").wait_for()
    settled(page, page.get_by_role("button", name="Undo").click, "look")
    assert text_of(page) == before
    eye.context.close()


@pytest.mark.slow
def test_an_edit_over_a_newer_draft_is_refused_and_nothing_of_it_is_lost(window: Any) -> None:
    eye, page = opened(window, f"{KEY}/edit/")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#b-ask").focus()
    settled(page, lambda: page.keyboard.press("+"), "add")
    settled(page, lambda: page.keyboard.press("Enter"), "insert")
    mine = text_of(page)
    journeys.keep_draft(journeys.known("satisfaction").draft + "# theirs\n", at=clock.now())
    settled(page, lambda: page.locator("#b-wait").press("Delete"), "remove")
    page.locator(".build__said", has_text="Somebody kept another draft").wait_for()
    assert text_of(page) == mine
    page.reload()
    page.get_by_role("button", name="Bring mine back").click()
    page.locator("#b-wait").wait_for()
    assert text_of(page) == mine
    page.keyboard.press("Control+s")
    page.get_by_role("alert").filter(has_text="Not kept").wait_for()
    assert "# theirs" in journeys.known("satisfaction").draft
    page.get_by_role("button", name="Keep the draft").click()
    page.locator(".told", has_text="The draft is kept").wait_for()
    assert journeys.known("satisfaction").draft.rstrip() == mine.rstrip()
    eye.context.close()


@pytest.mark.slow
def test_what_is_written_while_an_answer_is_on_its_way_stands(window: Any) -> None:
    eye, page = opened(window, f"{KEY}/edit/")
    mine = text_of(page).replace("name: How was it?", "name: Was it good?")
    answers: list[Any] = []
    page.route("**/build", lambda route: answers.append(route))
    page.locator("#b-ask").click()
    page.wait_for_timeout(200)
    page.locator(".draft__bar label", has_text="Text").click()
    page.locator("#text").fill(mine)
    with page.expect_response("**/build"):
        answers[0].continue_()
    page.unroute("**/build")
    page.locator(".draft:not([aria-busy])").wait_for()
    assert text_of(page) == mine
    with page.expect_response("**/build"):
        page.locator(".draft__bar label", has_text="Flow").click()
    page.locator(".draft:not([aria-busy])").wait_for()
    assert text_of(page) == mine
    assert eye.said == []
    eye.context.close()


@pytest.mark.slow
def test_after_one_journey_is_made_the_next_one_begins_anew(window: Any) -> None:
    eye, page = opened(window, "/journeys/new-journey/write")
    blank = text_of(page)
    settled(page, page.locator("#b-trigger").click, "choose")
    settled(page, lambda: (page.fill("[id='name']", "After the gift"), page.locator("[id='name']").blur()), "set")
    page.get_by_role("button", name="Make the journey").click()
    page.locator(".told", has_text="is there, as a draft").wait_for()
    page.goto(page.url.split("/journeys/")[0] + "/journeys/new-journey/write")
    page.locator("#tree .step").first.wait_for()
    page.locator(".draft:not([aria-busy])").wait_for()
    assert text_of(page).splitlines()[1:] == blank.splitlines()[1:], "only its key is another one"
    assert page.get_by_role("button", name="Undo").is_disabled()
    eye.context.close()


@pytest.mark.slow
def test_who_is_in_a_segment_is_chosen_in_rows_and_nothing_chosen_is_lost_by_keeping_at_once(window: Any) -> None:
    (browser, cookie), (base, _pages) = window
    eye = Eye(browser, cookie, base, 1440, "light")
    page = eye.page
    page.goto(f"{base}/segments/new/")
    page.get_by_role("button", name="Ask something").click()
    page.select_option("[id='text~0.what']", "sum")
    page.locator("select[id='text~0.prop']").wait_for()
    page.fill("[id='text~0.than']", "120")
    with page.expect_request(lambda one: one.url.endswith("/segments/save")) as kept:
        page.fill("#name", "Dear ones")
        page.get_by_role("button", name="Keep it").click()
    assert "%3E%3D+120" in (kept.value.post_data or "")
    assert eye.said == []
    eye.context.close()
