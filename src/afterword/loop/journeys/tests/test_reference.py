"""The printed reference is what the code says, and the schema accepts what the reader accepts."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from afterword.loop.events import door as events
from afterword.loop.journeys import door
from afterword.loop.journeys.queries.reference import reference_pages as pages
from afterword.loop.journeys.rules.document import read
from afterword.loop.journeys.rules.schema import journey_schema
from afterword.loop.journeys.rules.yaml import loaded
from afterword.loop.journeys.types import BadJourney
from afterword.loop.messages import door as messages

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).resolve().parents[5] / "docs" / "reference"


@pytest.mark.parametrize("name", list(pages()))
def test_the_printed_page_is_fresh(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == pages()[name], "print it again: make docs"


def test_every_shipped_journey_fits_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(journey_schema(events.vocabulary.names, tuple(messages.MESSAGES)))
    for key, text in door.shipped().items():
        assert not [e.message for e in validator.iter_errors(loaded(text))], key


WRONG = {
    "no trigger": ("journey: x\nsteps: [{id: a, send: nps}]", "trigger: is missing; expected a mapping."),
    "unknown event": ("journey: x\ntrigger: {event: order.plased}\nsteps: [{id: a, send: nps}]", "Did you mean order.placed"),
    "a loop": ("journey: x\ntrigger: {event: order.placed}\nsteps: [{id: a, wait: 1d}, {id: b, send: nps, then: a}]", "leads back to “a”"),
    "nobody gets there": (
        "journey: x\ntrigger: {event: order.placed}\nsteps: [{id: a, send: nps, then: end}, {id: b, exit: ''}]",
        "steps.b: is reached by no other step",
    ),
    "no limit": (
        "journey: x\ntrigger: {event: order.placed}\nsteps: [{id: a, wait_for: {event: order.paid}}]",
        "steps.a.wait_for.within: is missing",
    ),
    "no time": ("journey: x\ntrigger: {event: order.placed}\nsteps: [{id: a, wait: soon}]", "is “soon”; expected a duration such as 3d"),
    "bad condition": (
        "journey: x\ntrigger: {event: order.placed}\nsteps: [{id: a, branch: {y: 'order.totl > 5'}, then: end}]",
        "order has no “totl”; expected one of",
    ),
    "wrong type": (
        "journey: x\ntrigger: {event: order.placed}\nsteps: [{id: a, branch: {y: 'customer.country > 5'}, then: end}]",
        "a text is compared with a number",
    ),
    "two kinds": ("journey: x\ntrigger: {event: order.placed}\nsteps: [{id: a, send: nps, wait: 1d}]", "has send, wait; expected one of"),
    "a strange word": (
        "journey: x\nsubjekt: order\ntrigger: {event: order.placed}\nsteps: [{id: a, send: nps}]",
        "document.subjekt: is not known",
    ),
    "no yaml": ("journey: [", "line"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_its_place(name: str) -> None:
    text, said = WRONG[name]
    with pytest.raises(BadJourney) as refusal:
        read(loaded(text), events.vocabulary)
    assert said in str(refusal.value)
