"""Settings → Channels: set up, tried, closed; secrets never shown again; what it costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from afterword.kit import sql
from afterword.loop.channels import door as channels
from afterword.loop.channels.email_imap.tests.samples_server import imap, mail
from afterword.loop.channels.sms_twilio.tests.samples_double import LANDLINE, SETTINGS, TOKEN, twilio

Browser = Callable[[Any], Client]
pytestmark = pytest.mark.usefixtures("shop")


def filled(api: str = "", **changed: str) -> dict[str, str]:
    return {"key": "sms", "store": "", "place": "1", **{f"f_{k}": v for k, v in SETTINGS.items()}, "f_api": api, **changed}


def test_a_provider_is_set_up_tried_and_closed(signed_in: Browser, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERWORD_WEBHOOKS_INSIDE", "1")
    browser = signed_in(alice)
    assert "E-mail only, so far" in browser.get("/settings/channels/").content.decode()
    with twilio() as double:
        assert browser.post("/settings/channels/new/sms_twilio", filled(double.url)).status_code == 302
        page = browser.get("/settings/channels/sms").content.decode()
        assert "/hooks/sms_twilio/" in page
        assert TOKEN not in page
        assert browser.post("/settings/channels/sms/try", {"to": "+40712345678"}).status_code == 302
        assert "It arrived." in double.taken[0]["Body"]
        refused = browser.post("/settings/channels/sms/try", {"to": LANDLINE})
        assert refused.status_code == 422
        assert "21614" in refused.content.decode()
        assert browser.post("/settings/channels/sms", filled(double.url, f_token="", f_sender="+40311111111")).status_code == 302
        assert browser.post("/settings/channels/sms/try", {"to": "+40712345678"}).status_code == 422
    assert browser.post("/settings/channels/sms/close").status_code == 302
    assert "closed" in browser.get("/settings/channels/").content.decode()
    said = [what for (what,) in sql.rows("select what from accounts_audit where subject = 'sms' order by id")]
    assert said[0] == "provider set"
    assert TOKEN not in str(sql.rows("select before, after from accounts_audit"))


def test_every_kind_has_a_form_and_says_what_is_missing(signed_in: Browser, alice: Any) -> None:
    from afterword.loop.channels import door as channels

    browser = signed_in(alice)
    for kind in channels.PROVIDERS:
        assert "<form" in browser.get(f"/settings/channels/new/{kind}").content.decode()
    answer = browser.post("/settings/channels/new/sms_twilio", filled(f_account=""))
    assert answer.status_code == 422
    assert browser.get("/settings/channels/new/pigeon").status_code == 404


def test_notices_are_tried_in_a_browser_and_not_by_a_number(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    given = {"key": "push", "store": "", "place": "1", "f_contact": "a@shop.example"}
    assert browser.post("/settings/channels/new/web_push", given).status_code == 302
    page = browser.get("/settings/channels/push").content.decode()
    assert "turn notices on in your browser" in page
    assert "Send a test" not in page


def test_who_may_not_manage_keys_may_not_see_them(signed_in: Browser, bob: Any) -> None:
    browser = signed_in(bob)
    for address in ("/settings/channels/", "/settings/channels/new/telegram", "/settings/channels/sms"):
        assert browser.get(address).status_code == 403
    assert browser.post("/settings/channels/sms/close").status_code == 403


def test_what_was_carried_is_counted_with_what_it_cost(signed_in: Browser, alice: Any) -> None:
    sql.run(
        "insert into message_delivery (intent_id, customer_id, store, channel, address, state, provider, segments, cost_minor, currency, "
        "accepted_at) select id, customer_id, store, 'sms', '', 'delivered', 'sms_twilio', 2, 10.4, 'EUR', now() "
        "from message_intent limit 1"
    )
    page = signed_in(alice).get("/settings/channels/").content.decode()
    assert "0.10 EUR" in page


def test_letters_wait_to_be_printed_and_are_delivered_then(signed_in: Browser, alice: Any, bob: Any) -> None:
    sql.run(
        "insert into message_delivery (intent_id, customer_id, store, channel, address, state) "
        "select id, customer_id, 'main', 'letter', 'postal', 'accepted' from message_intent limit 1"
    )
    id = sql.value("select id from message_delivery where channel = 'letter'")
    sql.run("insert into channel_letter (id, store, recipient, pdf, made_at) values (%s, 'main', 'Ana', '%%PDF-1.3', now())", [id])
    browser = signed_in(alice)
    assert str(id) in browser.get("/settings/channels/letters/").content.decode()
    assert browser.get(f"/settings/channels/letters/{id}.pdf").content == b"%PDF-1.3"
    assert browser.post("/settings/channels/letters/", {"id": [str(id), "x"]}).status_code == 302
    assert sql.value("select state from message_delivery where id = %s", [id]) == "delivered"
    assert sql.value("select count(*) from event_inbox where name = 'message.delivered'") == 1
    assert browser.post("/settings/channels/letters/", {"id": str(id)}).status_code == 302
    assert sql.value("select count(*) from event_inbox where name = 'message.delivered'") == 1
    assert signed_in(bob).get(f"/settings/channels/letters/{id}.pdf").status_code == 403


def test_a_mailbox_is_set_up_tried_and_closed(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    with imap() as server:
        fields = {f"f_{name}": value for name, value in server.settings.items()}
        page = browser.get("/settings/channels/new/email_imap").content.decode()
        assert "Mailbox (IMAP)" in page
        browser.post("/settings/channels/new/email_imap", {"key": "post", "store": "", "place": "1", "f_after": "leave", **fields})
        server.put(mail("a"))
        said = browser.post("/settings/channels/post/try", follow=True).content.decode()
        assert "It has 1 mail, 1 unseen. It says by itself when one comes." in said
        browser.post("/settings/channels/post", {"store": "", "place": "1", "f_after": "leave", **fields, "f_password": "old"})
        wrong = browser.post("/settings/channels/post/try")
        assert (wrong.status_code, "is not accepted" in wrong.content.decode()) == (422, True)
        assert "Mail that comes in" in browser.get("/settings/channels/").content.decode()
        browser.post("/settings/channels/post/close")
        assert channels.inbound() == ()
