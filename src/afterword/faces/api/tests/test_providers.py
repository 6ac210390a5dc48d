"""What providers tell us: believed when signed, counted once, moved forward only, heeded at once."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from afterword.kernel.ids import uuid7
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.channels.sms_twilio.tests.samples_double import ACCOUNT, TOKEN
from afterword.loop.channels.sms_twilio.tests.samples_double import SETTINGS as SMS
from afterword.loop.channels.sms_twilio.verify import signature
from afterword.loop.channels.telegram.tests.samples_double import KNOWN, bot_api
from afterword.loop.channels.telegram.tests.samples_double import SETTINGS as BOT
from afterword.loop.channels.tests.samples_double import Double
from afterword.loop.channels.whatsapp.tests.samples_double import LATELY, SECRET, VERIFY, notice
from afterword.loop.channels.whatsapp.tests.samples_double import SETTINGS as META
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages
from afterword.loop.messages.actions.early import TAKEN

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = f"+{LATELY}"


@pytest.fixture
def bot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    monkeypatch.setenv("AFTERWORD_WEBHOOKS_INSIDE", "1")
    accounts.save_store("main", by=None, name="Lut")
    now = clock.real_now()
    with bot_api() as double:
        channels.set_provider("sms", "sms_twilio", SMS, by=None, at=now)
        channels.set_provider("wa", "whatsapp", META, by=None, at=now)
        channels.set_provider("tg", "telegram", {**BOT, "api": double.url}, by=None, at=now)
        yield double


def place(key: str) -> str:
    kind, hook = sql.one("select kind, hook from channel_provider where key = %s", [key]) or ("", "")
    return f"/hooks/{kind}/{hook}"


def sent(channel: str, *, state: str = "accepted", theirs: str = "", asked: str = "") -> UUID:
    """A message that went this way."""
    now, id = clock.real_now(), uuid7(clock.real_now())
    who = Who("ana", "ana@b.example", PHONE, verified=True)
    identity.record([Told("customer.created", now, "test", str(id), who=who)], received_at=now)
    events.seal(clock.real_now())
    customer = sql.value("select id from customers_customer where phone = %s", [PHONE])
    whole = {"accepted": "sent", "failed": "failed"}.get(state, "released")
    sql.run(
        "insert into message_intent (id, origin, run, step, subject_id, customer_id, store, message, channel, category, planned_at, "
        "useful_until, state, released_at, asked_channel, sent_at) values (%s, 'j', %s, 's', %s, %s, 'main', 'nps', %s, 'service', %s, %s, "
        "%s, %s, %s, %s)",
        [id, uuid4(), customer, customer, channel, now, now + timedelta(days=9), whole, now, asked, now if whole == "sent" else None],
    )
    sql.run(
        "insert into message_delivery (intent_id, customer_id, store, channel, address, state, provider_id, accepted_at) "
        "values (%s, %s, 'main', %s, %s, %s, %s, %s)",
        [id, customer, channel, PHONE, state, theirs, now],
    )
    return id


def delivery(id: UUID) -> dict[str, Any]:
    return sql.records(
        "select d.*, m.state as whole, m.tried from message_delivery d join message_intent m on m.id = d.intent_id where m.id = %s", [id]
    )[0]


def told(*names: str) -> list[str]:
    return [name for (name,) in sql.rows("select name from event_inbox where name = any(%s) order by name", [list(names)])]


def twilio(client: Client, form: dict[str, str], query: str = "", token: str = TOKEN) -> Any:
    body = urlencode(form)
    where = place("sms") + query
    signed = signature(f"{settings.PUBLIC_URL}{where}", parse_qsl(body, keep_blank_values=True), token)
    kind = "application/x-www-form-urlencoded"
    return client.post(where, body, content_type=kind, headers={"X-Twilio-Signature": signed})


def meta(client: Client, secret: str = SECRET, **value: Any) -> Any:
    body = notice(**value)
    signed = "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()
    return client.post(place("wa"), body, content_type="application/json", headers={"X-Hub-Signature-256": signed})


def telegram(client: Client, **update: Any) -> Any:
    headers = {"X-Telegram-Bot-Api-Secret-Token": "s3cret_word"}
    return client.post(place("tg"), json.dumps(update), content_type="application/json", headers=headers)


def test_states_only_move_forward_and_count_once(bot: Double, client: Client) -> None:
    id = sent("whatsapp", theirs="wamid.1")
    read = {"id": "wamid.1", "status": "read", "timestamp": "1777885200", "recipient_id": LATELY}
    assert meta(client, statuses=[read]).status_code == 200
    assert delivery(id)["state"] == "read"
    assert (
        meta(
            client, statuses=[{**read, "status": "delivered"}, {**read, "status": "failed", "errors": [{"code": 131026}]}, read]
        ).status_code
        == 200
    )
    assert delivery(id)["state"] == "read"
    assert told("message.read", "message.delivered", "message.bounced") == ["message.read"]


def test_a_forged_call_and_an_unknown_address_change_nothing(bot: Double, client: Client) -> None:
    id = sent("whatsapp", theirs="wamid.1")
    status = {"id": "wamid.1", "status": "read", "timestamp": "1", "recipient_id": LATELY}
    assert meta(client, secret="other", statuses=[status]).status_code == 403
    assert client.post("/hooks/whatsapp/nobody", b"{}", content_type="application/json").status_code == 404
    assert client.post(place("wa").replace("whatsapp", "sms_twilio"), b"{}", content_type="application/json").status_code == 404
    assert delivery(id)["state"] == "accepted"
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "42"}
    assert client.get(place("wa"), asked).content == b"42"


def test_a_receipt_tells_that_a_message_in_doubt_was_taken(bot: Double, client: Client) -> None:
    id = sent("sms", state="handed")
    theirs = delivery(id)["id"]
    form = {"MessageSid": "SM1", "AccountSid": ACCOUNT, "To": PHONE, "MessageStatus": "delivered"}
    assert twilio(client, form, f"?d={theirs}").status_code == 200
    assert (delivery(id)["state"], delivery(id)["whole"], delivery(id)["provider_id"]) == ("delivered", "sent", "SM1")
    assert told("message.sent", "message.delivered") == ["message.delivered", "message.sent"]


def test_what_did_not_arrive_comes_back_and_goes_another_way_where_it_may(bot: Double, client: Client) -> None:
    only, other = sent("sms", theirs="SM1"), sent("sms", theirs="SM2", asked="sms,email")
    form = {"AccountSid": ACCOUNT, "To": PHONE, "MessageStatus": "undelivered", "ErrorCode": "30006"}
    for sid in ("SM1", "SM2", "SM2"):
        assert twilio(client, {"MessageSid": sid, **form}).status_code == 200
    assert (delivery(only)["state"], delivery(only)["whole"]) == ("failed", "sent")
    assert (delivery(other)["state"], delivery(other)["whole"], delivery(other)["tried"]) == ("failed", "planned", ["sms"])
    assert told("message.bounced", "address.bounced") == ["address.bounced", "address.bounced", "message.bounced", "message.bounced"]


def test_an_answer_is_an_event_and_stop_is_heeded_in_any_language(bot: Double, client: Client) -> None:
    id = sent("sms")
    came = {"AccountSid": ACCOUNT, "From": PHONE, "To": "+40312345678"}
    assert twilio(client, {"MessageSid": "SM7", "Body": "Unde e coletul?", **came}).status_code == 200
    assert twilio(client, {"MessageSid": "SM7", "Body": "Unde e coletul?", **came}).status_code == 200
    (row,) = sql.records("select message_id, properties from event_inbox where name = 'message.replied'")
    assert row["message_id"] == id
    assert "Unde" not in str(row["properties"])
    assert twilio(client, {"MessageSid": "SM8", "Body": "Стоп!", **came}).status_code == 200
    assert told("consent.withdrawn", "message.replied") == ["consent.withdrawn", "message.replied", "message.replied"]
    events.seal(clock.real_now())
    customer = sql.value("select customer_id from message_intent")
    assert sql.value("select consent_state(%s, 'main', 'sms', 'transactional')", [customer]) == "withdrawn"
    assert twilio(client, {"MessageSid": "SM9", "Body": "START", **came}).status_code == 200
    events.seal(clock.real_now())
    assert sql.value("select consent_state(%s, 'main', 'sms', 'transactional')", [customer]) == "granted"
    assert sql.value("select consent_state(%s, 'main', 'sms', 'marketing')", [customer]) == "withdrawn"


def test_somebody_we_do_not_know_waits_in_quarantine(bot: Double, client: Client) -> None:
    form = {"MessageSid": "SM7", "Body": "hello", "AccountSid": ACCOUNT, "From": "+40799999999", "To": "+40312345678"}
    assert twilio(client, form).status_code == 200
    assert sql.value("select count(*) from event_quarantine where source = 'sms_twilio'") == 1


def test_a_customer_comes_to_the_bot_by_their_link_and_leaves_again(bot: Double, client: Client) -> None:
    sent("email")
    customer = sql.value("select customer_id from message_intent")
    token = messages.sign(messages.ring(), messages.Token("link", (customer,)))
    assert len(token) <= 64
    chat = {"id": int(KNOWN), "type": "private"}
    start = {"message_id": 1, "chat": chat, "date": 1777885200, "text": f"/start {token}"}
    assert telegram(client, update_id=1, message=start).status_code == 200
    assert telegram(client, update_id=2, message={**start, "text": "/start forged"}).status_code == 200
    events.seal(clock.real_now())
    assert channels.reached([customer]) == {(customer, "telegram"): KNOWN}
    assert sql.value("select consent_state(%s, 'main', 'telegram', 'transactional')", [customer]) == "granted"
    assert [one["text"] for one in bot.taken] == ["Lut will write to you here about your orders. Write STOP to end it."]
    assert telegram(client, update_id=3, message={**start, "text": "/stop"}).status_code == 200
    assert bot.taken[1]["text"].startswith("You will get no more messages from Lut here.")
    blocked = {"chat": chat, "date": 1777885200, "new_chat_member": {"status": "kicked"}}
    assert telegram(client, update_id=4, my_chat_member=blocked).status_code == 200
    events.seal(clock.real_now())
    assert channels.reached([customer]) == {}


def test_a_short_address_leads_on_and_counts_a_person_s_click(bot: Double, client: Client) -> None:
    id = sent("sms")
    customer = sql.value("select customer_id from message_intent")
    later = clock.real_now() + timedelta(days=9)
    add = "insert into message_short (code, message_id, customer_id, url, expires_at) values (%s, %s, %s, %s, %s)"
    sql.run(add, ["abc123", id, customer, "https://care.example/c/s/token", later])
    sql.run(add, ["old123", id, customer, "https://care.example/c/s/token", later - timedelta(days=19)])
    sql.run("update message_intent set sent_at = now() - interval '1 hour'")
    person = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"}
    answer = client.get("/c/g/abc123", headers=person)
    assert (answer.status_code, answer["Location"]) == (302, "https://care.example/c/s/token")
    assert client.get("/c/g/old123", headers=person).status_code in (404, 410)
    assert client.get("/c/g/none", headers=person).status_code in (404, 410)
    (click,) = sql.records("select properties from event_inbox where name = 'message.clicked'")
    assert "token" not in str(click["properties"])


# Receipts that are quicker than we are -----------------------------------------------------------------------------------


def told_early(client: Client, *states: str, id: str = "wamid.9") -> None:
    one = {"id": id, "timestamp": "1777885200", "recipient_id": LATELY}
    more = {"failed": {"errors": [{"code": 131026, "title": "Message undeliverable"}]}}
    assert meta(client, statuses=[{**one, "status": state, **more.get(state, {})} for state in states]).status_code == 200


def test_a_receipt_that_comes_before_the_id_is_written_waits_for_it(bot: Double, client: Client) -> None:
    told_early(client, "delivered", "read")
    told_early(client, "delivered")
    assert sql.value("select count(*) from message_early") == 2
    assert messages.take_up_early(clock.real_now()) == 0  # killed here, nothing is lost: they are in the database
    id = sent("whatsapp", theirs="wamid.9")
    assert messages.take_up_early(clock.real_now()) == 2
    assert delivery(id)["state"] == "read"
    assert told("message.delivered", "message.read") == ["message.delivered", "message.read"]
    assert messages.take_up_early(clock.real_now()) == 0
    told_early(client, "delivered", "read")
    assert told("message.delivered", "message.read") == ["message.delivered", "message.read"]


def test_what_waits_is_held_against_deliveries_by_their_index(bot: Double, client: Client) -> None:
    told_early(client, "delivered")
    with transaction.atomic():
        sql.run("set local enable_seqscan = off")
        plan = "\n".join(line for (line,) in sql.rows(f"explain {TAKEN}", {"most": 500}))
    assert "message_delivery_theirs" in plan, plan


def test_an_early_failure_sends_it_another_way(bot: Double, client: Client) -> None:
    told_early(client, "failed")
    id = sent("whatsapp", theirs="wamid.9", asked="auto")
    assert messages.take_up_early(clock.real_now()) == 1
    assert (delivery(id)["state"], delivery(id)["whole"], delivery(id)["tried"]) == ("failed", "planned", ["whatsapp"])


def test_a_receipt_about_what_others_sent_is_forgotten(bot: Double, client: Client) -> None:
    told_early(client, "delivered")
    assert messages.end_early() == 0
    sql.run("update message_early set came_at = now() - interval '3 days'")
    assert messages.end_early() == 1


def test_who_is_killed_while_taking_up_has_taken_up_nothing_or_all(bot: Double, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    told_early(client, "delivered", "read")
    id = sent("whatsapp", theirs="wamid.9")

    class Killed(BaseException):
        """The process is gone."""

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("afterword.loop.messages.actions.heard.identity.record", die)
        with pytest.raises(Killed):
            messages.take_up_early(clock.real_now())
    assert (delivery(id)["state"], sql.value("select count(*) from message_early")) == ("accepted", 2)
    assert messages.take_up_early(clock.real_now()) == 2
    assert delivery(id)["state"] == "read"
