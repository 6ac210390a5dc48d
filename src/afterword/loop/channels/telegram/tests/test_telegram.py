"""Telegram, against a double that speaks as the Bot API does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.telegram.send import TELEGRAM
from afterword.loop.channels.tests.samples_double import NOW, Double, linked, note
from afterword.loop.channels.tests.samples_wire import samples
from afterword.loop.channels.types import Note, Outcome

from .samples_double import BLOCKED, GONE, KNOWN, NOBODY, SETTINGS, bot_api, said


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
    double.faults = [said("too fast")] * 4
    outcomes = sent(double, *[note(KNOWN) for _ in range(20)])
    assert {(o.result, o.word, o.again_at) for o in outcomes} == {("deferred", "paced", NOW + timedelta(seconds=7))}
    assert len(double.asked) <= TELEGRAM.at_once


def test_a_wrong_token_blames_nobody(double: Double) -> None:
    (outcome,) = sent(double, note(KNOWN), token="1:x")
    assert (outcome.result, outcome.word, outcome.suppress) == ("deferred", "no_server", False)


def test_updates_are_believed_only_with_the_secret() -> None:
    assert TELEGRAM.verified
    start = samples("telegram", "receipts")["somebody comes by their link"].call()
    assert TELEGRAM.verified(start, SETTINGS)
    assert not TELEGRAM.verified(replace(start, headers={}), SETTINGS)


def test_an_update_counts_once_by_its_number_and_a_customer_comes_by_their_link() -> None:
    assert TELEGRAM.heard
    assert TELEGRAM.welcome
    (start,) = TELEGRAM.heard(samples("telegram", "receipts")["somebody comes by their link"].call(), SETTINGS)
    assert (start.kind, start.address, start.token, start.reference) == ("linked", "5101", "k3J9-token", "tea_bot:10000")
    assert TELEGRAM.welcome(SETTINGS, start.token) == "https://t.me/tea_bot?start=k3J9-token"
