"""Sending: domains, what stands in the way, closed addresses; who may see and change it."""

from __future__ import annotations

from typing import Any

import pytest

from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.consent import door as consent

from .conftest import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """No DNS is asked: port 9 of this machine answers nobody."""
    from afterword.kit import dns

    monkeypatch.setenv("AFTERWORD_DNS", "127.0.0.1:9")
    monkeypatch.setattr(dns, "PATIENCE", 0.2)
    dns._resolver.cache_clear()


def test_a_domain_is_added_looked_at_paced_and_forgotten(shop: Shop, signed_in: Any, alice: Any) -> None:
    browser = signed_in(alice)
    assert "No domain yet" in browser.get("/settings/sending/").content.decode()
    assert "not the name of a domain" in browser.post("/settings/sending/new", {"domain": "shop"}).content.decode()
    page = browser.post("/settings/sending/new", {"domain": "Lut.example"}, follow=True).content.decode()
    assert "_domainkey.lut.example" in page
    assert "v=DKIM1; k=rsa; p=" in page
    browser.post("/settings/sending/lut.example/pace", {"return_host": "b.lut.example", "per_minute": "50", "warming": "on"})
    domain = channels.domains()["lut.example"]
    assert (domain.return_host, domain.per_minute, domain.warm_from is not None) == ("b.lut.example", 50, True)
    wrong = browser.post("/settings/sending/lut.example/pace", {"return_host": "no host", "per_minute": "0"})
    assert wrong.status_code == 200
    assert channels.domains()["lut.example"].per_minute == 50
    browser.post("/settings/sending/lut.example/key")
    browser.post("/settings/sending/lut.example/forget")
    assert channels.domains() == {}
    assert [row.what for row in accounts.audited()[:4]] == [
        "sending domain: forget", "sending domain: key", "sending domain: pace", "sending domain added",
    ]  # fmt: skip


def test_what_stopped_is_said_at_the_top_and_let_go_by_a_person(
    shop: Shop, signed_in: Any, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("AFTERWORD_SMTP_HOST", "mail.lut.example")
    browser = signed_in(alice)
    sql.run("insert into message_halt values ('win_back', now(), 'complaints', 4, 400, null, null, '')")
    channels.failed("smtp mail.lut.example:587", "connection refused", clock.now())
    page = browser.get("/settings/sending/").content.decode()
    assert "“win_back” has stopped by itself" in page
    assert "connection refused" in page
    assert "Some sending has stopped by itself" in browser.get("/").content.decode()
    assert browser.post("/settings/sending/again/win_back").status_code == 302
    assert "stopped by itself" not in browser.get("/settings/sending/").content.decode()
    assert browser.post("/settings/sending/again/win_back").status_code == 404


def test_a_server_that_nobody_uses_any_more_does_not_fail(signed_in: Any, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now, settings = clock.now(), {"url": "https://lut.example/told", "secret": "s" * 24}
    channels.set_provider("told", "webhook", settings, by=None, at=now)
    for failing in ("smtp old.lut.example:587", "smtp", "told"):
        channels.failed(failing, "connection refused", now)
    monkeypatch.setenv("AFTERWORD_SMTP_HOST", "new.lut.example")
    assert [rest.provider for rest in channels.failing()] == ["told"]
    channels.close_provider("told", by=None, at=now)
    assert channels.failing() == []
    assert "connection refused" not in signed_in(alice).get("/settings/sending/").content.decode()


def test_a_closed_address_is_looked_up_opened_and_closed(shop: Shop, signed_in: Any, alice: Any) -> None:
    browser = signed_in(alice)
    consent.suppress("email", ["ana@example.com"], reason="bounced", at=clock.now())
    assert "bounced" in browser.get("/settings/sending/?address=Ana@example.com").content.decode()
    browser.post("/settings/sending/closed", {"address": "ana@example.com", "open": "1"})
    assert consent.why_closed("email", "ana@example.com") is None
    browser.post("/settings/sending/closed", {"address": "ana@example.com"})
    assert (consent.why_closed("email", "ana@example.com") or ("",))[0] == "by hand"
    assert browser.post("/settings/sending/closed", {"address": "nobody"}).status_code == 404


def test_an_analyst_neither_sees_nor_changes_it(shop: Shop, signed_in: Any) -> None:
    analyst = signed_in(accounts.create_member("eva@shop.example", "analyst", by=None))
    assert analyst.get("/settings/sending/").status_code == 403
    assert analyst.post("/settings/sending/new", {"domain": "lut.example"}).status_code == 403
    assert channels.domains() == {}
