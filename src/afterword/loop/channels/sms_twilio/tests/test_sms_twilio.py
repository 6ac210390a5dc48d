"""SMS over Twilio, against a double that asks what Twilio asks and refuses what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.sms_twilio.payloads import plain, segments
from afterword.loop.channels.sms_twilio.send import TWILIO
from afterword.loop.channels.tests.samples_double import NOW, Double, linked, note
from afterword.loop.channels.tests.samples_wire import samples
from afterword.loop.channels.types import Note, Outcome

from .samples_double import LANDLINE, NOBODY, SETTINGS, STOPPED, said, twilio

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
    one = linked("+12025550147", text="Ești acasă? Coletul vine mâine — „Ceai”")
    outcome = sent(double, one)["+12025550147"]
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
    outcome = sent(double, note("+12025550147", "x" * 1601))["+12025550147"]
    assert (outcome.result, outcome.word) == ("refused", "cannot_say")
    assert double.asked == []


def test_wrong_keys_stop_the_batch_and_blame_nobody_s_address(double: Double) -> None:
    notes = [note(f"+1202555010{n}") for n in range(9)]
    outcomes = sent(double, *notes, token="wrong").values()
    assert {(o.result, o.word, o.suppress) for o in outcomes} == {("deferred", "no_server", False)}
    assert len(double.asked) <= TWILIO.at_once


def test_a_rate_that_is_too_high_puts_off_the_rest(double: Double) -> None:
    double.faults = [said("too fast")] * 9
    outcomes = sent(double, *[note(f"+1202555010{n}") for n in range(9)]).values()
    assert {(o.result, o.word) for o in outcomes} == {("deferred", "paced")}
    assert all(o.again_at and o.again_at > NOW for o in outcomes)


def test_an_answer_that_is_lost_is_in_doubt_and_a_connection_that_never_stood_is_not(double: Double) -> None:
    double.faults = ["drop"]
    lost = sent(double, note("+12025550147"))["+12025550147"]
    assert (lost.result, lost.in_doubt, len(double.taken)) == ("deferred", True, 1)
    gone = sent(double, note("+12025550148"), api="http://127.0.0.1:9")["+12025550148"]
    assert (gone.result, gone.word, gone.in_doubt) == ("deferred", "network", False)


def test_a_slow_answer_is_awaited_and_an_odd_one_is_tried_again(double: Double) -> None:
    double.faults = ["slow"]
    assert sent(double, note("+12025550147"))["+12025550147"].result == "accepted"
    double.faults = [said("they are down")]
    assert sent(double, note("+12025550147"))["+12025550147"].result == "deferred"


def test_segments_are_counted_as_phones_count_them() -> None:
    assert [segments("a" * n) for n in (160, 161, 306, 307)] == [1, 2, 2, 3]
    assert [segments("ж" * n) for n in (70, 71, 134, 135)] == [1, 2, 2, 3]
    assert segments("€" * 80) == 1
    assert segments("€" * 81) == 2
    assert segments("😀" * 35) == 1
    assert segments("😀" * 36) == 2
    assert plain("It’s “here”…") == 'It\'s "here"...'
    assert plain("Привіт… “x”") == "Привіт… “x”"


def test_receipts_are_believed_only_when_twilio_signed_them() -> None:
    assert TWILIO.verified
    delivered = samples("sms_twilio", "receipts")["delivered"].call()
    assert TWILIO.verified(delivered, SETTINGS)
    with_port = delivered.url.replace("example/", "example:443/")
    assert TWILIO.verified(replace(delivered, url=with_port), SETTINGS)
    assert not TWILIO.verified(delivered, {**SETTINGS, "token": "another"})
    assert not TWILIO.verified(replace(delivered, body=delivered.body + b"&ErrorCode=1"), SETTINGS)
    assert not TWILIO.verified(replace(delivered, headers={}), SETTINGS)


def test_receipts_of_another_account_say_nothing() -> None:
    assert TWILIO.heard
    delivered = samples("sms_twilio", "receipts")["delivered"].call()
    assert TWILIO.heard(delivered, {**SETTINGS, "account": "AC0"}) == ()
