"""Viber, against a double that says 200 to everything and means its status."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest

from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.tests.samples_double import NOW, Double, call, linked, note
from afterword.loop.channels.types import Heard, Note, Outcome
from afterword.loop.channels.viber.send import VIBER

from .samples_double import KNOWN, LEFT, NOBODY, SETTINGS, TOKEN, bot_api, said


@pytest.fixture
def double() -> Iterator[Double]:
    with bot_api() as one:
        yield one


def sent(double: Double, one: Note, **more: str) -> Outcome:
    (outcome,) = [o for o in carry(VIBER, [one], {**SETTINGS, "api": double.url, **more}, NOW) if o]
    return outcome


def test_a_note_goes_out_with_a_button_under_the_shop_s_name(double: Double) -> None:
    outcome = sent(double, linked(KNOWN, sender="A shop with a name that is far too long for this"))
    assert (outcome.result, outcome.provider_id) == ("accepted", "5741311803571721088")
    assert double.taken[0]["keyboard"]["Buttons"][0]["Text"] == "Where it is"


def test_a_status_in_the_body_is_what_counts(double: Double) -> None:
    assert (sent(double, note(LEFT)).word, sent(double, note(LEFT)).suppress) == ("stopped", True)
    assert sent(double, note(NOBODY)).word == "no_such_person"
    assert (sent(double, note(KNOWN), token="x").result, sent(double, note(KNOWN), token="x").word) == ("deferred", "no_server")
    double.faults = [said(12, "tooManyRequests")]
    assert (busy := sent(double, note(KNOWN))).word == "paced"
    assert busy.again_at
    assert sent(double, note(KNOWN, "x" * 7001)).word == "cannot_say"


def told(**body: Any) -> list[Heard]:
    assert VIBER.heard
    return list(
        VIBER.heard(call(json.dumps({"timestamp": 1457764197627, "message_token": 4912661846655238145, **body}).encode()), SETTINGS)
    )


def test_callbacks_are_believed_when_signed_and_understood() -> None:
    assert VIBER.verified
    body = b'{"event":"seen"}'
    signed = {"x-viber-content-signature": hmac.digest(TOKEN.encode(), body, "sha256").hex()}
    assert VIBER.verified(call(body, headers=signed), SETTINGS)
    assert not VIBER.verified(call(body + b" ", headers=signed), SETTINGS)
    (seen,) = told(event="seen", user_id=KNOWN)
    assert (seen.kind, seen.provider_id) == ("read", "4912661846655238145")
    assert told(event="failed", user_id=KNOWN, desc="failure description")[0].kind == "failed"
    assert told(event="unsubscribed", user_id=KNOWN)[0].kind == "unlinked"
    assert told(event="message", sender={"id": KNOWN}, message={"type": "text", "text": "Де?"})[0].text == "Де?"
    assert told(event="conversation_started", user={"id": KNOWN}, context="tok")[0].token == "tok"
    assert told(event="conversation_started", user={"id": KNOWN}) == []
    assert told(event="webhook") == []
