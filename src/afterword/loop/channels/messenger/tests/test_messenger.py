"""Messenger, against a double with the Send API's window, tags and codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.messenger.send import MESSENGER
from afterword.loop.channels.tests.samples_double import NOW, Double, call, linked, note
from afterword.loop.channels.types import Note, Outcome

from .samples_double import BLOCKED, LATELY, NOBODY, PAGE, SETTINGS, SILENT, refused, send_api


@pytest.fixture
def double() -> Iterator[Double]:
    with send_api() as one:
        yield one


def sent(double: Double, one: Note, **more: str) -> Outcome:
    (outcome,) = [o for o in carry(MESSENGER, [one], {**SETTINGS, "api": double.url, **more}, NOW) if o]
    return outcome


def test_within_24_hours_it_answers_and_later_it_needs_a_tag(double: Double) -> None:
    assert sent(double, linked(LATELY, open=True)).provider_id == "m_1"
    assert sent(double, linked(SILENT)).word == "cannot_say"
    assert sent(double, linked(SILENT), tag="POST_PURCHASE_UPDATE").result == "accepted"
    assert sent(double, linked(SILENT, category="marketing"), tag="POST_PURCHASE_UPDATE").word == "cannot_say"
    assert sent(double, note(SILENT, open=True)).word == "window_closed"


def test_long_words_are_written_out_and_too_long_ones_are_not_sent(double: Double) -> None:
    assert sent(double, linked(LATELY, text="x" * 700, open=True)).result == "accepted"
    assert double.taken[0]["message"]["text"].endswith("/c/s/k3J9")
    assert sent(double, note(LATELY, "x" * 2001, open=True)).word == "cannot_say"


def test_codes_and_subcodes_are_understood(double: Double) -> None:
    nobody = sent(double, note(NOBODY, open=True))
    assert (nobody.word, nobody.suppress) == ("no_such_person", True)
    blocked = sent(double, note(BLOCKED, open=True))
    assert (blocked.word, blocked.suppress) == ("not_reachable", False)
    assert sent(double, note(LATELY, open=True), token="x").word == "no_server"
    double.faults = [refused(400, 613, "Calls to this API have exceeded the rate limit.")]
    assert sent(double, note(LATELY, open=True)).word == "paced"


def test_what_the_page_is_told() -> None:
    assert MESSENGER.heard
    person = {"sender": {"id": LATELY}, "recipient": {"id": PAGE}, "timestamp": 1777885200000}
    messaging: list[dict[str, Any]] = [
        {**person, "delivery": {"mids": ["m_1", "m_2"], "watermark": 1777885200000}},
        {**person, "read": {"watermark": 1777885200000}},
        {**person, "message": {"mid": "m_9", "text": "unde e?", "reply_to": {"mid": "m_1"}}},
        {**person, "message": {"mid": "m_8", "text": "ours", "is_echo": True}},
        {**person, "postback": {"payload": "start", "referral": {"ref": "tok"}}},
    ]
    body = json.dumps({"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": messaging}]}).encode()
    told = MESSENGER.heard(call(body), SETTINGS)
    assert [h.kind for h in told] == ["delivered", "delivered", "read", "replied", "linked"]
    assert (told[2].until, told[3].provider_id, told[4].token) == (told[2].at, "m_1", "tok")
    assert MESSENGER.heard(call(body), {**SETTINGS, "page": "1"}) == ()
