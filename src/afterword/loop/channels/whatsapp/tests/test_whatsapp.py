"""WhatsApp, against a double with the Cloud API's window, templates and codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.tests.samples_double import NOW, Double, linked, note
from afterword.loop.channels.tests.samples_wire import samples
from afterword.loop.channels.types import Note, Outcome
from afterword.loop.channels.whatsapp.send import WHATSAPP

from .samples_double import LATELY, NOT_THERE, NUMBER, SETTINGS, SILENT, VERIFY, cloud_api, said


@pytest.fixture
def double() -> Iterator[Double]:
    with cloud_api() as one:
        yield one


def sent(double: Double, one: Note, **more: str) -> Outcome:
    (outcome,) = [o for o in carry(WHATSAPP, [one], {**SETTINGS, "api": double.url, **more}, NOW) if o]
    return outcome


def test_within_24_hours_free_words_go_and_one_link_is_a_button(double: Double) -> None:
    one = linked(f"+{LATELY}", open=True)
    outcome = sent(double, one)
    assert (outcome.result, outcome.provider_id) == ("accepted", double.taken[0]["wamid"])
    assert double.taken[0]["interactive"]["action"]["parameters"]["url"] == "https://care.shop.example/c/s/k3J9"
    assert double.taken[0]["biz_opaque_callback_data"] == str(one.id)
    assert sent(double, note(f"+{LATELY}", open=True)).result == "accepted"


def test_later_an_approved_template_goes_filled_in_one_line(double: Double) -> None:
    outcome = sent(double, linked(f"+{SILENT}", title="Your\n parcel   comes"))
    assert outcome.result == "accepted"
    values = [p["text"] for p in double.taken[0]["template"]["components"][0]["parameters"]]
    assert values == ["Your parcel comes", "https://care.shop.example/c/s/k3J9"]


def test_without_a_template_nothing_is_asked_and_free_words_are_not_risked(double: Double) -> None:
    outcome = sent(double, note(f"+{SILENT}"), templates="")
    assert (outcome.result, outcome.word) == ("refused", "cannot_say")
    assert "24 hours" in outcome.said
    assert double.asked == []


def test_what_meta_refuses_is_understood(double: Double) -> None:
    assert sent(double, note(f"+{SILENT}", open=True)).word == "window_closed"
    assert sent(double, linked(f"+{NOT_THERE}")).word == "not_reachable"
    assert sent(double, note(f"+{SILENT}", message="csat")).word == "bad_template"
    assert sent(double, linked(f"+{SILENT}"), token="old").word == "no_server"
    double.faults = [said("too fast")]
    busy = sent(double, linked(f"+{SILENT}"))
    assert (busy.result, busy.word) == ("deferred", "paced")


def test_a_template_that_asks_for_what_is_not_known_is_not_sent_with_a_hole(double: Double) -> None:
    outcome = sent(double, note(f"+{SILENT}"))
    assert (outcome.result, outcome.word) == ("refused", "cannot_say")


def test_meta_s_signature_is_checked_over_the_raw_body() -> None:
    assert WHATSAPP.verified
    delivered = samples("whatsapp", "receipts")["delivered"].call()
    assert WHATSAPP.verified(delivered, SETTINGS)
    assert not WHATSAPP.verified(replace(delivered, body=delivered.body + b" "), SETTINGS)
    assert not WHATSAPP.verified(delivered, {**SETTINGS, "secret": "other"})
    assert not WHATSAPP.verified(replace(delivered, headers={}), SETTINGS)


def test_meta_s_question_is_answered_only_with_the_right_word() -> None:
    assert WHATSAPP.challenge
    asked = samples("whatsapp", "receipts")["Meta asks whether it is us"].call()
    assert asked.query["hub.verify_token"] == VERIFY
    assert WHATSAPP.challenge(asked, {**SETTINGS, "verify": "no"}) is None


def test_what_is_told_about_other_numbers_is_not_ours() -> None:
    assert WHATSAPP.heard
    delivered = samples("whatsapp", "receipts")["delivered"].call()
    assert WHATSAPP.heard(delivered, {**SETTINGS, "number": NUMBER + "0"}) == ()
    assert WHATSAPP.heard(replace(delivered, body=b"[1]"), SETTINGS) == ()
