"""Viber, against a double that says 200 to everything and means its status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.tests.samples_double import NOW, Double, linked, note
from afterword.loop.channels.tests.samples_wire import samples
from afterword.loop.channels.types import Note, Outcome
from afterword.loop.channels.viber.send import VIBER

from .samples_double import KNOWN, LEFT, NOBODY, SETTINGS, bot_api, said


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
    double.faults = [said("too fast")]
    assert (busy := sent(double, note(KNOWN))).word == "paced"
    assert busy.again_at
    assert sent(double, note(KNOWN, "x" * 7001)).word == "cannot_say"


def test_callbacks_are_believed_only_as_they_were_signed() -> None:
    assert VIBER.verified
    seen = samples("viber", "receipts")["seen"].call()
    assert VIBER.verified(seen, SETTINGS)
    assert not VIBER.verified(replace(seen, body=seen.body + b" "), SETTINGS)
    assert not VIBER.verified(seen, {**SETTINGS, "token": "another"})
