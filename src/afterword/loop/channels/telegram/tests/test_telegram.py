"""Telegram, against a double that speaks as the Bot API does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.telegram.send import TELEGRAM
from afterword.loop.channels.tests.samples_double import NOW, Double, call, linked, note
from afterword.loop.channels.types import Heard, Note, Outcome

from .samples_double import BLOCKED, GONE, KNOWN, NOBODY, SETTINGS, bot_api, refused


@pytest.fixture
def double() -> Iterator[Double]:
    with bot_api() as one:
        yield one


def sent(double: Double, *notes: Note, **more: str) -> list[Outcome]:
    return [o for o in carry(TELEGRAM, notes, {**SETTINGS, "api": double.url, **more}, NOW) if o]


def test_a_note_goes_out_with_its_link_as_a_button(double: Double) -> None:
    (outcome,) = sent(double, linked(KNOWN))
    assert (outcome.result, outcome.provider_id) == ("accepted", "1")
    assert double.taken[0]["reply_markup"]["inline_keyboard"][0][0]["url"].endswith("/c/s/k3J9")


@pytest.mark.parametrize(("chat", "word"), [(BLOCKED, "stopped"), (NOBODY, "no_such_chat"), (GONE, "deactivated")])
def test_a_chat_that_is_closed_is_not_written_to_again(double: Double, chat: str, word: str) -> None:
    (outcome,) = sent(double, note(chat))
    assert (outcome.result, outcome.word, outcome.suppress) == ("refused", word, True)


def test_it_waits_as_long_as_it_is_told_and_asks_nothing_more(double: Double) -> None:
    double.faults = [refused(429, "Too Many Requests: retry after 7", retry_after=7)] * 4
    outcomes = sent(double, *[note(KNOWN) for _ in range(20)])
    assert {(o.result, o.word, o.again_at) for o in outcomes} == {("deferred", "paced", NOW + timedelta(seconds=7))}
    assert len(double.asked) <= TELEGRAM.at_once


def test_a_wrong_token_blames_nobody(double: Double) -> None:
    (outcome,) = sent(double, note(KNOWN), token="1:x")
    assert (outcome.result, outcome.word, outcome.suppress) == ("deferred", "no_server", False)


def told(**update: Any) -> list[Heard]:
    assert TELEGRAM.heard
    return list(TELEGRAM.heard(call(json.dumps({"update_id": 9, **update}).encode()), SETTINGS))


def said(text: str, kind: str = "private", **more: Any) -> dict[str, Any]:
    return {"message_id": 3, "from": {"id": 5101}, "chat": {"id": 5101, "type": kind}, "date": 1777885200, "text": text, **more}


def test_updates_are_believed_only_with_the_secret() -> None:
    assert TELEGRAM.verified
    assert TELEGRAM.verified(call(b"{}", headers={"x-telegram-bot-api-secret-token": "s3cret_word"}), SETTINGS)
    assert not TELEGRAM.verified(call(b"{}"), SETTINGS)


def test_a_customer_comes_by_their_link_writes_stops_and_blocks() -> None:
    (start,) = told(message=said("/start AbC-_9"))
    assert (start.kind, start.address, start.token) == ("linked", "5101", "AbC-_9")
    (reply,) = told(message=said("Дякую", reply_to_message={"message_id": 1}))
    assert (reply.kind, reply.text, reply.provider_id, reply.reference) == ("replied", "Дякую", "1", "tea_bot:9")
    assert told(message=said("/stop"))[0].kind == "stopped"
    member = {"chat": {"id": 5101, "type": "private"}, "date": 1777885200, "new_chat_member": {"status": "kicked"}}
    assert told(my_chat_member=member)[0].kind == "unlinked"
    assert told(message=said("hello", kind="group")) == []
    assert TELEGRAM.welcome
    assert TELEGRAM.welcome(SETTINGS, "AbC-_9") == "https://t.me/tea_bot?start=AbC-_9"
