"""Campaigns in Chromium: written on one page, foreseen, started, watched, stopped; and every page in four windows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.db import connections

from afterword.kit import clock, sql
from afterword.loop.campaigns import door as campaigns
from afterword.loop.campaigns.actions.release import release
from afterword.loop.campaigns.types import Plan
from afterword.loop.events import door as events
from afterword.loop.messages.actions.hand_over import hand_over
from afterword.loop.messages.actions.judge import judge
from afterword.loop.segments import door as segments

from .test_console import CHROMIUM, Eye, console

__all__ = ["console"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]
BUSY = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'"
TEST = Plan(
    kind="product_update", segment="buyers", messages=("vip_thanks", "product_update"), test_share=0.9, holdout=0.02, rule="always_valid"
)


@pytest.fixture
def window(console: Any) -> Iterator[Any]:
    """The console's browser, with a segment of everybody who has bought. What a page has asked for ends before the shop goes."""
    connections.close_all()
    segments.save_segment("buyers", name="Buyers", text="ever(order.placed)", at=events.frontier() or clock.now())
    yield console
    end = clock.elapsed() + 20
    while clock.elapsed() < end and (asking() or sql.value(BUSY)):
        clock.rest(0.2)


def asking() -> bool:
    """Whether a process looks ahead for a page."""
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it may end while it is looked at
            if {"campaign", "foresee"} <= set(child.cmdline()):
                return True
    return False


def under_way() -> None:
    """A campaign with a test that has begun, as its worker would have it."""
    now = clock.now()
    campaigns.keep("news", name="News", plan=TEST, at=now)
    campaigns.start("news", at=now)
    later = now + timedelta(minutes=10)
    events.seal(later)
    release(later)
    judge(later)
    hand_over(later)


@pytest.mark.slow
def test_every_page_of_campaigns_fits_says_nothing_and_can_be_used_by_everybody(window: Any) -> None:
    (browser, cookie), (base, _pages) = window
    campaigns.keep("draft", name="A draft", plan=TEST, at=clock.now())
    empty = "/campaigns/new/"
    under_way()
    pages = {"campaigns": "/campaigns/", "new": empty, "draft": "/campaigns/draft/", "edit": "/campaigns/draft/edit/",
             "under-way": "/campaigns/news/", "how-much": "/messages/how-much/", "read": "/campaigns/draft/read/",
             "approvals": "/approvals/"}  # fmt: skip
    faults: list[str] = []
    for width in (1440, 390):
        for scheme in ("light", "dark"):
            eye = Eye(browser, cookie, base, width, scheme)
            for name, address in pages.items():
                faults += eye.faults(f"campaign-{name}", address)
            eye.context.close()
    assert not faults, "\n".join(faults)


def test_a_campaign_is_written_foreseen_started_and_called_off(window: Any) -> None:
    (browser, cookie), (base, _pages) = window
    eye = Eye(browser, cookie, base, 1440, "light")
    page = eye.page
    page.goto(f"{base}/campaigns/")
    page.get_by_role("link", name="New campaign").click()
    page.get_by_label("Name", exact=True).fill("Summer news")
    assert not page.get_by_label("When the event is").is_visible()
    page.get_by_label("Kind").select_option("invitation")
    assert page.get_by_label("When the event is").is_visible(), "what concerns an invitation shows with it"
    page.get_by_label("Kind").select_option("product_update")
    page.get_by_label("Message", exact=True).select_option("product_update")
    page.get_by_label("Segment").select_option("buyers")
    page.get_by_label("At a day and hour").check()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("say the day and the hour").wait_for()
    page.get_by_label("Day and hour", exact=True).fill("2031-06-01T10:00")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("people would get it").wait_for(timeout=30_000)
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name="Start it").click()
    page.get_by_text("Waits for its time").wait_for()
    page.get_by_role("button", name="Call it off").click()
    page.get_by_role("button", name="Stop it").click()
    page.get_by_text("Called off").first.wait_for()
    assert sql.value("select state from campaign where key = 'summer_news'") == "cancelled"
    assert not eye.said, eye.said
    eye.context.close()


def test_what_has_gone_and_what_the_rule_says_stands_on_the_page_and_stopping_says_how_many(window: Any) -> None:
    (browser, cookie), (base, _pages) = window
    under_way()
    sql.run("update message_intent set state = 'held', reason = 'quiet hours', sent_at = null where id = "
            "(select id from message_intent where origin = 'campaign:news' limit 1)")  # fmt: skip
    eye = Eye(browser, cookie, base, 390, "dark")
    page = eye.page
    page.goto(f"{base}/campaigns/news/")
    page.get_by_role("heading", name="The test", exact=True).wait_for()
    assert page.get_by_text("quiet hours").is_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Stop it").click()
    page.get_by_text("One message that had not gone does not go.").wait_for()
    assert page.get_by_text("Stopped", exact=True).is_visible()
    eye.context.close()
