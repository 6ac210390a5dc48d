"""WhatsApp, against a double with the Cloud API's window, templates and codes."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from uuid import uuid4

import pytest

from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.tests.samples_double import NOW, Double, call, linked, note
from afterword.loop.channels.types import Note, Outcome
from afterword.loop.channels.whatsapp.send import WHATSAPP

from .samples_double import LATELY, NOT_THERE, NUMBER, SECRET, SETTINGS, SILENT, VERIFY, cloud_api, notice, refused


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
    double.faults = [refused(400, 130429, "Rate limit hit")]
    busy = sent(double, linked(f"+{SILENT}"))
    assert (busy.result, busy.word) == ("deferred", "paced")


def test_a_template_that_asks_for_what_is_not_known_is_not_sent_with_a_hole(double: Double) -> None:
    outcome = sent(double, note(f"+{SILENT}"))
    assert (outcome.result, outcome.word) == ("refused", "cannot_say")


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"x-hub-signature-256": "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()}


def test_meta_s_signature_is_checked_over_the_raw_body() -> None:
    assert WHATSAPP.verified
    body = notice(statuses=[])
    assert WHATSAPP.verified(call(body, headers=signed(body)), SETTINGS)
    assert not WHATSAPP.verified(call(body + b" ", headers=signed(body)), SETTINGS)
    assert not WHATSAPP.verified(call(body, headers=signed(body, "other")), SETTINGS)
    assert not WHATSAPP.verified(call(body), SETTINGS)


def test_meta_s_question_is_answered_only_with_the_right_word() -> None:
    assert WHATSAPP.challenge
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    assert WHATSAPP.challenge(call(b"", method="GET", query=asked), SETTINGS) == "1158201444"
    assert WHATSAPP.challenge(call(b"", method="GET", query={**asked, "hub.verify_token": "no"}), SETTINGS) is None


def test_statuses_and_messages_are_told_from_what_is_not_ours() -> None:
    assert WHATSAPP.heard
    id = uuid4()
    statuses = [
        {"id": "wamid.1", "status": "sent", "timestamp": "1750263773", "recipient_id": LATELY},
        {"id": "wamid.1", "status": "delivered", "timestamp": "1750263774", "recipient_id": LATELY, "biz_opaque_callback_data": str(id)},
        {"id": "wamid.1", "status": "read", "timestamp": "1750263775", "recipient_id": LATELY},
        {
            "id": "wamid.2",
            "status": "failed",
            "timestamp": "1750263776",
            "recipient_id": LATELY,
            "errors": [{"code": 131049, "title": "Held"}],
        },
    ]
    messages = [
        {
            "from": LATELY,
            "id": "wamid.3",
            "timestamp": "1750263777",
            "type": "text",
            "text": {"body": "Unde e?"},
            "context": {"id": "wamid.1"},
        },
        {"from": LATELY, "id": "wamid.4", "timestamp": "1750263778", "type": "image", "image": {"id": "1", "caption": "broken"}},
        {"from": LATELY, "id": "wamid.5", "timestamp": "1750263779", "type": "button", "button": {"text": "Stop", "payload": "x"}},
    ]
    told = WHATSAPP.heard(call(notice(statuses=statuses, messages=messages)), SETTINGS)
    assert [(h.kind, h.id, h.word) for h in told[:3]] == [("delivered", id, ""), ("read", None, ""), ("failed", None, "held_by_provider")]
    assert [(h.kind, h.address, h.text) for h in told[3:]] == [
        ("replied", f"+{LATELY}", "Unde e?"), ("replied", f"+{LATELY}", "[image] broken"), ("replied", f"+{LATELY}", "Stop"),
    ]  # fmt: skip
    assert WHATSAPP.heard(call(notice(statuses=statuses)), {**SETTINGS, "number": NUMBER + "0"}) == ()
    assert WHATSAPP.heard(call(b"[1]"), SETTINGS) == ()
