"""Notes go over whoever carries them, once; what fails there goes another way, and what rehearses never leaves."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from afterword.faces.mailbox.jobs import Mailbox
from afterword.kernel.errors import Refused
from afterword.kit import clock, process, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.channels.actions import carry
from afterword.loop.channels.email_anymail.tests.samples_double import KEY, postmark, resend
from afterword.loop.channels.email_anymail.tests.samples_double import TOKEN as POSTMARK_TOKEN
from afterword.loop.channels.sms_twilio.tests.samples_double import LANDLINE, SETTINGS, twilio
from afterword.loop.channels.tests.samples_double import Double
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages
from afterword.loop.messages.queries import servers
from afterword.loop.messages.rules import shipped

pytestmark = pytest.mark.django_db(transaction=True)
ANA = "+40712345678"
MESSAGES = {"marketing": "win_back", "service": "nps", "transactional": "order_confirmation"}


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    monkeypatch.setenv("AFTERWORD_WEBHOOKS_INSIDE", "1")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
    mailbox = Mailbox("127.0.0.1", 0)
    mailbox.start()
    monkeypatch.setenv("AFTERWORD_MAILBOX_PORT", str(mailbox.port))
    servers.mailbox.cache_clear()
    accounts.save_store("main", by=None, name="Lut", brand={"sender_email": "shop@lut.example"})
    with twilio() as double:
        channels.set_provider("sms", "sms_twilio", {**SETTINGS, "api": double.url}, by=None, at=clock.real_now())
        yield double
    mailbox.stop()
    servers.mailbox.cache_clear()


def live(origin: str) -> None:
    sql.run("insert into message_live (origin, answer, live_at, by) values (%s, 'does_not', now(), 'test')", [origin])


def released(origin: str, phone: str, category: str = "transactional", channel: str = "sms", asked: str = "") -> UUID:
    """A note that the guard let go."""
    now, id = clock.real_now(), uuid4()
    who = Who(phone, f"{phone.strip('+')}@b.example", phone, verified=True)
    assert not identity.record([Told("customer.created", now, "test", str(id), who=who)], received_at=now).refused
    events.seal(clock.real_now())
    customer = sql.value("select id from customers_customer where phone = %s", [phone])
    sql.run(
        "insert into message_intent (id, origin, run, step, subject_id, customer_id, store, message, channel, category, planned_at, "
        "useful_until, state, released_at, asked_channel) values (%s, %s, %s, 's', %s, %s, 'main', %s, %s, %s, %s, %s, 'released', %s, %s)",
        [id, origin, uuid4(), customer, customer, MESSAGES[category], channel, category, now, now + timedelta(days=9), now, asked],
    )
    sql.run(
        "insert into message_delivery (intent_id, customer_id, store, channel, address, next_at) values (%s, %s, 'main', %s, '', %s)",
        [id, customer, channel, now],
    )
    return id


def row(id: UUID) -> dict[str, Any]:
    return sql.records(
        "select d.*, m.state as whole from message_delivery d join message_intent m on m.id = d.intent_id where m.id = %s", [id]
    )[0]


def test_a_note_is_handed_over_with_what_it_costs_and_told_as_sent(phone: Double) -> None:
    live("confirm")
    id = released("confirm", ANA)
    assert messages.hand_over(clock.real_now()).accepted == 1
    kept = row(id)
    assert (kept["state"], kept["whole"], kept["provider"], kept["provider_id"]) == (
        "accepted",
        "sent",
        "sms_twilio",
        phone.taken[0]["sid"],
    )
    assert (kept["address"], kept["segments"], kept["cost_minor"], kept["currency"]) == (ANA, 1, Decimal("5.2000"), "EUR")
    assert phone.taken[0]["Body"].startswith("Lut: We have your order.")
    assert phone.taken[0]["StatusCallback"].endswith(f"?d={kept['id']}")
    (said,) = sql.records("select properties, message_id from event_inbox where name = 'message.sent'")
    assert said["message_id"] == id
    assert messages.hand_over(clock.real_now()).total == 0


def test_what_rehearses_lies_in_the_mailbox(phone: Double) -> None:
    id = released("confirm", ANA)
    assert messages.hand_over(clock.real_now()).accepted == 1
    assert (row(id)["state"], phone.asked) == ("accepted", [])
    assert sql.value("select recipient from mailbox_mail") == "40712345678@sms.rehearsal.invalid"


def test_a_number_that_takes_no_messages_is_closed_and_asked_about_another_way(phone: Double) -> None:
    live("confirm")
    id, only = released("confirm", LANDLINE, asked="auto"), released("confirm", LANDLINE)
    messages.hand_over(clock.real_now())
    assert sql.one("select state, tried, channel from message_intent where id = %s", [id]) == ("planned", ["sms"], "auto")
    assert sql.value("select reason from message_intent where id = %s and state = 'failed'", [only]).startswith("400 21614")
    told = sorted(name for (name,) in sql.rows("select name from event_inbox where name like 'message.%' or name = 'address.bounced'"))
    assert told == ["address.bounced", "address.bounced", "message.failed"]


def test_a_lost_answer_is_sent_again_or_given_up_as_the_category_says(phone: Double) -> None:
    live("confirm")
    service, marketing = released("confirm", ANA, "service"), released("confirm", "+40712345679", "marketing")
    phone.faults = ["drop", "drop"]
    messages.hand_over(clock.real_now())
    assert (row(service)["state"], row(marketing)["state"], row(marketing)["response"]) == ("deferred", "failed", "in doubt")
    messages.hand_over(clock.real_now() + timedelta(minutes=2))
    assert row(service)["state"] == "accepted"
    assert [one["To"] for one in phone.taken].count("+40712345679") == 1


def test_what_a_dead_sender_had_begun_is_not_sent_twice_where_twice_is_worse(phone: Double) -> None:
    live("confirm")
    ids = [released("confirm", f"+4071234560{n}", category) for n, category in enumerate(("marketing", "marketing", "service"))]
    gone = process.name().rsplit("/", 2)[0] + "/1/1.0"
    sql.run("update message_delivery set state = 'handed', leased_until = now() + interval '2 minutes', held_by = %s, attempts = 1", [gone])
    sql.run("update message_delivery set begun_at = now() where intent_id = any(%s)", [[ids[0], ids[2]]])
    messages.end_leases()
    messages.hand_over(clock.real_now())
    assert [row(id)["state"] for id in ids] == ["failed", "accepted", "accepted"]


def test_a_fault_of_ours_amid_a_batch_loses_no_answer_that_was_given(phone: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    live("confirm")
    ids = [released("confirm", f"{ANA[:-1]}{n}") for n in range(3)]
    outcome_of, heard = carry.outcome_of, list[int]()

    def faulty(*given: Any) -> Any:
        heard.append(1)
        if len(heard) == 2:
            raise ZeroDivisionError
        return outcome_of(*given)

    monkeypatch.setattr(carry, "outcome_of", faulty)
    with pytest.raises(ZeroDivisionError):
        messages.hand_over(clock.real_now())
    assert sorted(row(id)["state"] for id in ids) == ["accepted", "accepted", "handed"]


def test_a_provider_that_fails_is_left_in_peace(phone: Double) -> None:
    live("confirm")
    channels.set_provider("sms", "sms_twilio", {**SETTINGS, "api": "http://127.0.0.1:9"}, by=None, at=clock.real_now())
    id = released("confirm", ANA)
    for n in range(3):
        messages.hand_over(clock.real_now() + timedelta(hours=n * 7))
    another = released("confirm", ANA)
    messages.hand_over(clock.real_now() + timedelta(hours=14, seconds=5))
    assert "left in peace" in row(another)["response"]
    assert row(another)["attempts"] == 0
    assert channels.failing()[0].provider == "sms"
    assert row(id)["state"] == "deferred"
    assert row(id)["attempts"] == 3
    nobody = released("confirm", ANA, channel="viber")
    messages.hand_over(clock.real_now())
    assert "no address" in row(nobody)["response"]


# Which way ---------------------------------------------------------------------------------------------------------------


def planned(channel: str, category: str = "transactional", phone: str = ANA) -> UUID:
    """A message that the guard has yet to judge."""
    id = released("confirm", phone, category, channel=channel)
    sql.run("delete from message_delivery where intent_id = %s", [id])
    sql.run("update message_intent set state = 'planned', released_at = null, ask_at = now() where id = %s", [id])
    return id


def judged(id: UUID, minutes: int = 6) -> tuple[Any, ...]:
    now = clock.real_now() + timedelta(minutes=minutes)
    events.seal(now)
    messages.judge(now)
    found = sql.one("select state, channel, reason from message_intent where id = %s", [id])
    assert found
    return found


def allow(id: UUID, channel: str, purpose: str = "transactional") -> UUID:
    from afterword.loop.consent import door as consent

    customer: UUID = sql.value("select customer_id from message_intent where id = %s", [id])
    proof = {"words": "Yes, text me.", "page": "/checkout"}
    consent.grant(customer, channel=channel, purpose=purpose, at=clock.real_now(), how="test", proof=proof)
    return customer


def test_a_phone_wants_consent_even_for_an_order(phone: Double) -> None:
    id = planned("sms")
    assert judged(id) == ("dropped", "sms", "no consent to this channel")
    id = planned("sms")
    allow(id, "sms")
    assert judged(id) == ("released", "sms", "")


def test_any_channel_is_the_one_they_prefer_and_else_the_shop_s_first(phone: Double) -> None:
    first = planned("auto")
    assert judged(first) == ("released", "email", "")
    second = planned("auto")
    customer = allow(second, "sms")
    channels.prefer(customer, "sms", how="preferences", at=clock.real_now())
    assert judged(second) == ("released", "sms", "")
    assert sql.rows("select channel from message_delivery where intent_id = %s", [second]) == [("sms",)]


def test_a_list_is_tried_in_its_order_and_one_intent_is_one_message(phone: Double) -> None:
    live("confirm")
    id = planned("sms,email", phone=LANDLINE)
    allow(id, "sms")
    assert judged(id)[:2] == ("released", "sms")
    messages.hand_over(clock.real_now() + timedelta(minutes=7))
    assert sql.one("select state, tried, channel from message_intent where id = %s", [id]) == ("planned", ["sms"], "sms,email")
    assert judged(id, 8)[:2] == ("released", "email")
    ways = sql.rows("select channel, state from message_delivery where intent_id = %s order by channel", [id])
    assert ways == [("email", "queued"), ("sms", "failed")]


def test_who_cannot_be_reached_at_all_is_told_so(phone: Double) -> None:
    assert judged(planned("telegram")) == ("dropped", "telegram", "no way to reach them")
    assert judged(planned("telegram,sms")) == ("dropped", "telegram,sms", "no way to reach them")


def test_mails_of_a_store_go_over_its_provider_where_there_is_one(phone: Double) -> None:
    live("confirm")
    with postmark() as double:
        options = f"server_token = {POSTMARK_TOKEN}\napi_url = {double.url}/"
        channels.set_provider("pm", "email_anymail", {"service": "postmark", "options": options}, by=None, at=clock.real_now())
        id = released("confirm", ANA, channel="email")
        assert messages.hand_over(clock.real_now()).accepted == 1
        assert (row(id)["provider"], row(id)["provider_id"][:8]) == ("email_anymail", "b7bc2f4a")
        assert double.taken[0]["Metadata"] == {"afterword": str(id)}
        assert messages.carries()


def test_a_mail_server_that_rests_holds_up_no_store_whose_mails_a_provider_carries(phone: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    live("confirm")
    now = clock.real_now()
    monkeypatch.setenv("AFTERWORD_SMTP_HOST", "smtp.lut.example")
    for _ in range(9):
        channels.failed(servers.server_key(), "connection refused", now)
    assert channels.resting(servers.server_key(), now)
    held = released("confirm", ANA, channel="email")
    assert messages.hand_over(clock.real_now()).accepted == 0
    assert "left in peace" in row(held)["response"]
    with postmark() as double:
        options = f"server_token = {POSTMARK_TOKEN}\napi_url = {double.url}/"
        channels.set_provider("pm", "email_anymail", {"service": "postmark", "options": options}, by=None, at=now, store="main")
        id = released("confirm", "+40712345699", channel="email")
        assert messages.hand_over(clock.real_now()).accepted == 1
        assert row(id)["provider"] == "email_anymail"
    monkeypatch.setenv("AFTERWORD_SMTP_HOST", "another.lut.example")
    assert channels.resting(servers.server_key(), now) is None


def test_what_a_dead_sender_had_begun_goes_again_where_the_provider_knows_repetitions(phone: Double) -> None:
    live("confirm")
    with resend() as double:
        given = {"service": "resend", "options": f"api_key = {KEY}\napi_url = {double.url}/"}
        channels.set_provider("re", "email_anymail", given, by=None, at=clock.real_now())
        id = released("confirm", ANA, "marketing", channel="email")
        double.faults = ["drop"]
        messages.hand_over(clock.real_now())
        assert (row(id)["state"], len(double.taken)) == ("deferred", 1)
        sql.run("update message_delivery set begun_at = now()")
        messages.hand_over(clock.real_now() + timedelta(minutes=2))
        assert (row(id)["state"], len(double.taken)) == ("accepted", 1)


# A message's own ways ----------------------------------------------------------------------------------------------------


def recalled(**more: str) -> UUID:
    """A recall that has yet to be judged, by whatever way its message says."""
    id = planned("auto", **more)
    sql.run("update message_intent set message = 'recall_notice' where id = %s", [id])
    return id


def test_a_message_s_own_ways_hold_where_a_step_leaves_them_open(phone: Double) -> None:
    live("confirm")
    channels.set_provider("paper", "letter", {}, by=None, at=clock.real_now(), place=-9)
    other, id = planned("auto"), recalled(phone="+40712345698")
    allow(id, "sms")
    assert judged(other)[:2] == ("released", "letter")  # the store's order
    assert judged(id)[:2] == ("released", "email")
    again = "update message_intent set state = 'planned', tried = %s, channel = 'auto', ask_at = now() where id = %s"
    for minutes, tried, way in ((8, ["email"], "sms"), (10, ["email", "sms"], "letter")):
        sql.run(again, [tried, id])
        assert judged(id, minutes)[:2] == ("released", way)
    sql.run(again, [["email", "sms", "letter"], id])
    assert judged(id, 12) == ("dropped", "auto", "no way to reach them")


def test_each_way_of_a_message_is_asked_for_consent_and_reach(phone: Double) -> None:
    id = recalled()
    sql.run("update message_intent set tried = '{email}' where id = %s", [id])
    assert judged(id) == ("dropped", "auto", "no consent to this channel")


def test_the_shop_s_own_ways_of_a_message_come_before_those_that_ship(phone: Double) -> None:
    now = clock.real_now()
    document = {"key": "recall_notice", "name": "Recall", "category": "transactional", "ways": ["sms", "email"], "variants": {}}
    sql.run("insert into message (key, name, category, draft, created_at, changed_at, changed_by) values ('recall_notice', 'R', "
            "'transactional', %s, %s, %s, '')", [json.dumps(document), now, now])  # fmt: skip
    sql.run("insert into message_revision (message_id, number, document, mark, published_at, published_by) "
            "select id, 1, draft, 'x', now(), '' from message")  # fmt: skip
    sql.run("update message set live_id = (select id from message_revision)")
    id = recalled()
    allow(id, "sms")
    assert judged(id)[:2] == ("released", "sms")


def test_the_ways_that_ship_are_those_that_the_guard_reads(phone: Double) -> None:
    channels.set_provider("paper", "letter", {}, by=None, at=clock.real_now())
    found = sql.rows("select message, array_agg(channel order by rank) from message_way where message <> '' and store = 'main' group by 1")
    assert dict(found) == {key: list(one.ways) for key, one in shipped.MESSAGES.items() if one.ways}


def test_ways_that_are_none_are_refused() -> None:
    for ways, fault in ((["email", "pigeon"], "is no channel"), (["sms", "sms"], "named twice")):
        with pytest.raises(Refused, match=fault):
            messages.of_document({"key": "own", "category": "service", "ways": ways})
