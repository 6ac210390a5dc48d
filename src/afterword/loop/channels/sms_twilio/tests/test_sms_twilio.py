"""SMS over Twilio, against a double that asks what Twilio asks and refuses what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

import pytest

from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.sms_twilio.payloads import plain, segments
from afterword.loop.channels.sms_twilio.send import TWILIO
from afterword.loop.channels.sms_twilio.verify import signature
from afterword.loop.channels.tests.samples_double import NOW, Double, call, linked, note
from afterword.loop.channels.types import Call, Note, Outcome

from .samples_double import ACCOUNT, LANDLINE, NOBODY, SETTINGS, STOPPED, TOKEN, refused, twilio

HOOK = "https://care.shop.example/hooks/sms_twilio/k1"


@pytest.fixture
def double() -> Iterator[Double]:
    with twilio() as one:
        yield one


def sent(double: Double, *notes: Note, **more: str) -> dict[str, Outcome]:
    settings = {**SETTINGS, "api": double.url, "hook": HOOK, **more}
    found = [one for one in carry(TWILIO, notes, settings, NOW) if one]
    by_id = {note.id: note.recipient for note in notes}
    return {by_id[one.id]: one for one in found}


def test_a_note_goes_out_with_its_link_and_says_where_its_receipts_go(double: Double) -> None:
    one = linked("+40712345678", text="Ești acasă? Coletul vine mâine — „Ceai”")
    outcome = sent(double, one)["+40712345678"]
    assert (outcome.result, outcome.provider, outcome.segments) == ("accepted", "sms_twilio", 2)
    assert outcome.cost_minor == Decimal("10.4")
    assert outcome.provider_id == double.taken[0]["sid"]
    assert double.taken[0]["Body"].endswith("https://care.shop.example/c/s/k3J9")
    assert double.taken[0]["StatusCallback"] == f"{HOOK}?d={one.id}"


@pytest.mark.parametrize(
    ("number", "word", "suppress"),
    [(STOPPED, "stopped", True), (LANDLINE, "not_a_mobile", True), (NOBODY, "no_such_number", True), ("0712", "no_such_number", True)],
)
def test_what_twilio_refuses_is_understood(double: Double, number: str, word: str, suppress: bool) -> None:
    outcome = sent(double, note(number))[number]
    assert (outcome.result, outcome.word, outcome.suppress) == ("refused", word, suppress)


def test_a_message_that_is_too_long_never_leaves(double: Double) -> None:
    outcome = sent(double, note("+40712345678", "x" * 1601))["+40712345678"]
    assert (outcome.result, outcome.word) == ("refused", "cannot_say")
    assert double.asked == []


def test_wrong_keys_stop_the_batch_and_blame_nobody_s_address(double: Double) -> None:
    notes = [note(f"+4071234567{n}") for n in range(9)]
    outcomes = sent(double, *notes, token="wrong").values()
    assert {(o.result, o.word, o.suppress) for o in outcomes} == {("deferred", "no_server", False)}
    assert len(double.asked) <= TWILIO.at_once


def test_a_rate_that_is_too_high_puts_off_the_rest(double: Double) -> None:
    double.faults = [refused(429, 20429, "Too Many Requests")] * 9
    outcomes = sent(double, *[note(f"+4071234567{n}") for n in range(9)]).values()
    assert {(o.result, o.word) for o in outcomes} == {("deferred", "paced")}
    assert all(o.again_at and o.again_at > NOW for o in outcomes)


def test_an_answer_that_is_lost_is_in_doubt_and_a_connection_that_never_stood_is_not(double: Double) -> None:
    double.faults = ["drop"]
    lost = sent(double, note("+40712345678"))["+40712345678"]
    assert (lost.result, lost.in_doubt, len(double.taken)) == ("deferred", True, 1)
    gone = sent(double, note("+40712345679"), api="http://127.0.0.1:9")["+40712345679"]
    assert (gone.result, gone.word, gone.in_doubt) == ("deferred", "network", False)


def test_a_slow_answer_is_awaited_and_an_odd_one_is_tried_again(double: Double) -> None:
    double.faults = ["slow"]
    assert sent(double, note("+40712345678"))["+40712345678"].result == "accepted"
    double.faults = [(502, {}, b"<html>Bad gateway")]
    assert sent(double, note("+40712345678"))["+40712345678"].result == "deferred"


def test_segments_are_counted_as_phones_count_them() -> None:
    assert [segments("a" * n) for n in (160, 161, 306, 307)] == [1, 2, 2, 3]
    assert [segments("ж" * n) for n in (70, 71, 134, 135)] == [1, 2, 2, 3]
    assert segments("€" * 80) == 1
    assert segments("€" * 81) == 2
    assert segments("😀" * 35) == 1
    assert segments("😀" * 36) == 2
    assert plain("It’s “here”…") == 'It\'s "here"...'
    assert plain("Привіт… “x”") == "Привіт… “x”"


def told(form: dict[str, str], url: str = HOOK, query: dict[str, str] | None = None, token: str = TOKEN) -> Call:
    body = urlencode(form)
    signed = signature(url, parse_qsl(body, keep_blank_values=True), token)
    return call(body.encode(), url, headers={"x-twilio-signature": signed}, query=query)


STATUS = {
    "MessageSid": "SM1",
    "SmsSid": "SM1",
    "AccountSid": ACCOUNT,
    "To": "+40712345678",
    "MessageStatus": "delivered",
    "ApiVersion": "2010-04-01",
}


def test_receipts_are_believed_only_when_twilio_signed_them() -> None:
    assert TWILIO.verified
    assert TWILIO.verified(told(STATUS), SETTINGS)
    assert TWILIO.verified(told(STATUS, HOOK.replace("example/", "example:443/")), SETTINGS)
    assert not TWILIO.verified(told(STATUS, token="other"), SETTINGS)
    assert not TWILIO.verified(call(urlencode(STATUS).encode(), HOOK), SETTINGS)


def test_receipts_say_how_far_it_came() -> None:
    assert TWILIO.heard
    id = uuid4()
    (delivered,) = TWILIO.heard(told(STATUS, query={"d": str(id)}), SETTINGS)
    assert (delivered.kind, delivered.id, delivered.provider_id) == ("delivered", id, "SM1")
    (failed,) = TWILIO.heard(told({**STATUS, "MessageStatus": "undelivered", "ErrorCode": "30005"}), SETTINGS)
    assert (failed.kind, failed.word, failed.suppress) == ("failed", "no_such_number", True)
    assert TWILIO.heard(told({**STATUS, "MessageStatus": "sent"}), SETTINGS) == ()
    assert TWILIO.heard(told({**STATUS, "AccountSid": "AC0"}), SETTINGS) == ()


def test_an_answer_is_a_reply_and_a_stop_that_twilio_understood_is_one() -> None:
    assert TWILIO.heard
    came = {
        "MessageSid": "SM9",
        "AccountSid": ACCOUNT,
        "From": "+40712345678",
        "To": "+40312345678",
        "Body": "Mulțumesc!",
        "NumMedia": "0",
        "SmsStatus": "received",
    }
    (reply,) = TWILIO.heard(told(came), SETTINGS)
    assert (reply.kind, reply.address, reply.text) == ("replied", "+40712345678", "Mulțumesc!")
    (stop,) = TWILIO.heard(told({**came, "Body": "Stop", "OptOutType": "STOP"}), SETTINGS)
    assert stop.kind == "stopped"
