"""How a customer would rather hear: their wish, the bots they come to, notices in this browser."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from django.test import Client

from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.channels.sms_twilio.tests.samples_double import SETTINGS
from afterword.loop.channels.telegram.tests.samples_double import SETTINGS as BOT
from afterword.loop.channels.web_push.tests.samples_double import SETTINGS as PUSH
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages

pytestmark = pytest.mark.django_db
PHONE = "+40712345678"


@pytest.fixture
def ana() -> UUID:
    accounts.save_store("main", by=None, name="Lut")
    now = clock.real_now()
    who = Who("ana", "ana@b.example", PHONE, verified=True)
    identity.record([Told("customer.created", now, "test", "ana", who=who)], received_at=now)
    events.seal(clock.real_now())
    return UUID(str(sql.value("select id from customers_customer where phone = %s", [PHONE])))


def place(customer: UUID) -> str:
    return "/c/w/" + messages.sign(messages.ring(), messages.Token("preferences", (customer, customer), "main"))


def test_a_wish_is_kept_and_allows_what_concerns_orders(ana: UUID, client: Client) -> None:
    now = clock.real_now()
    channels.set_provider("tg", "telegram", BOT, by=None, at=now)
    assert "STOP" not in client.get(place(ana)).content.decode(), "who gets mail alone has nowhere to write it"
    channels.set_provider("sms", "sms_twilio", SETTINGS, by=None, at=now)
    assert "STOP" in client.get(place(ana)).content.decode()
    channels.set_provider("tg", "telegram", BOT, by=None, at=now)
    page = client.get(place(ana) + "?l=ro").content.decode()
    assert "Prin SMS" in page
    assert "Deschideți Telegram" in page
    start = page.split("https://t.me/tea_bot?start=")[1].split('"')[0]
    assert messages.read(messages.ring(), start, "link", clock.real_now()).ids == (ana,)
    assert 'value="telegram"' not in page
    assert client.post(place(ana), {"way": "sms"}).status_code == 200
    events.seal(clock.real_now())
    assert 'value="sms" checked' in client.get(place(ana)).content.decode()
    assert sql.value("select consent_state(%s, 'main', 'sms', 'transactional')", [ana]) == "granted"
    assert sql.value("select consent_state(%s, 'main', 'sms', 'marketing')", [ana]) == "unknown"
    client.post(place(ana), {"way": "pigeon"})
    client.post(place(ana), {"way": ""})
    events.seal(clock.real_now())
    assert 'name="way" value="" checked' in client.get(place(ana)).content.decode()


def test_a_browser_lets_us_show_notices(ana: UUID, client: Client) -> None:
    channels.set_provider("push", "web_push", PUSH, by=None, at=clock.real_now())
    page = client.get(place(ana)).content.decode()
    assert "STOP" not in page
    assert "turn them off in your browser" in page
    assert f'data-key="{channels.push_key(PUSH["private"])}"' in page
    given = {"endpoint": "https://push.example/1", "expirationTime": None, "keys": {"p256dh": "BA", "auth": "xx"}}
    assert client.post(place(ana), json.dumps(given), content_type="application/json").status_code == 200
    events.seal(clock.real_now())
    assert json.loads(channels.reached([ana])[ana, "web_push"])["endpoint"] == "https://push.example/1"
    for bad in ("{}", "[", json.dumps({**given, "endpoint": "http://inside/"})):
        assert client.post(place(ana), bad, content_type="application/json").status_code == 400
    worker = client.get("/c/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")


def test_a_forged_link_shows_nothing(ana: UUID, client: Client) -> None:
    assert client.get(place(ana)[:-4] + "AAAA").status_code == 404
    assert client.post("/c/w/x", {"way": "sms"}).status_code == 404
