"""Going live per journey: asked about the shop's platform, audited, shown everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from afterword.kit import sql
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from .conftest import AT, Shop

Browser = Callable[[Any], Client]
KEY = "/journeys/satisfaction"


@pytest.fixture(autouse=True)
def _on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    journeys.keep_shipped(at=AT)
    for key in ("satisfaction", "order_confirmation"):
        journeys.publish(key, at=AT, until=AT)
    monkeypatch.setenv("AFTERWORD_SMTP_HOST", "mail.shop.example")


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_a_journey_goes_live_with_an_answer_and_rehearses_again(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    before = page(browser, f"{KEY}/")
    assert "Rehearsing" in before
    assert "would have written to 1 person" in before
    assert "an order confirmation" in page(browser, "/journeys/order_confirmation/")
    assert "Say whether" in browser.post(f"{KEY}/go-live", follow=True).content.decode()
    assert not messages.is_live("satisfaction")
    browser.post(f"{KEY}/go-live", {"answer": "switched_off"})
    assert messages.is_live("satisfaction")
    assert not messages.is_live("order_confirmation")
    assert "Live: writes to customers" in page(browser, f"{KEY}/")
    assert "live: writes to customers" in page(browser, "/journeys/")
    assert "One still rehearses" in page(browser, "/journeys/")
    assert "One journey still rehearses" in page(browser, "/")
    assert "switched off at the platform" in page(browser, "/settings/")
    browser.post(f"{KEY}/rehearse")
    assert not messages.is_live("satisfaction")
    told = [row[0] for row in sql.rows("select what from accounts_audit where subject = 'satisfaction' order by id")]
    assert told[-2:] == ["journey went live", "journey rehearses"]


def test_without_a_mail_server_no_journey_goes_live(signed_in: Browser, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AFTERWORD_SMTP_HOST")
    browser = signed_in(alice)
    assert "No mail server is set" in browser.post(f"{KEY}/go-live", {"answer": "does_not"}, follow=True).content.decode()
    assert not messages.is_live("satisfaction")


def test_who_may_not_publish_may_not_go_live(signed_in: Browser, bob: Any, mihai: Any) -> None:
    for member in (bob, mihai):
        browser = signed_in(member)
        assert "go-live" not in page(browser, f"{KEY}/")
        for deed in ("go-live", "rehearse"):
            assert browser.post(f"{KEY}/{deed}", {"answer": "does_not"}).status_code == 403
