"""Messenger, against a double with the Send API's window, tags and codes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.messenger.send import MESSENGER
from afterword.loop.channels.tests.samples_double import NOW, Double, linked, note
from afterword.loop.channels.tests.samples_wire import samples
from afterword.loop.channels.types import Note, Outcome

from .samples_double import BLOCKED, LATELY, NOBODY, SETTINGS, SILENT, said, send_api


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
    double.faults = [said("too fast")]
    assert sent(double, note(LATELY, open=True)).word == "paced"


def test_a_reading_means_all_up_to_its_moment_and_another_page_s_is_not_ours() -> None:
    assert MESSENGER.heard
    read = samples("messenger", "receipts")["all read up to a moment"].call()
    (told,) = MESSENGER.heard(read, SETTINGS)
    assert (told.kind, told.until) == ("read", told.at)
    assert MESSENGER.heard(read, {**SETTINGS, "page": "1"}) == ()
