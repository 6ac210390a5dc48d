"""A drawing says of a document what the compiled journey does: the same steps, the same ways."""

from __future__ import annotations

from typing import Any

import pytest

from afterword.loop.errands import door as errands
from afterword.loop.errands.types import Kind
from afterword.loop.events.door import vocabulary
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.rules import drawing
from afterword.loop.journeys.rules.document import read
from afterword.loop.journeys.rules.drawing import drawn
from afterword.loop.journeys.rules.standings import here, under_way
from afterword.loop.journeys.rules.yaml import loaded

FORKED = """
journey: forked
subject: order
trigger: {event: order.placed, where: order.total > 50, reentry: {quiet: 30d}}
exit_on: [order.cancelled]
goal: {event: review.submitted, within: 10d}
steps:
  - {id: lot, split: {a: 1, b: 3}, then: {a: listen, b: write}}
  - id: listen
    wait_for: {any: [message.opened, {event: message.clicked}], within: 2d, look_back: 1h}
    then: {happened: write, timed_out: over}
  - {id: write, send: {message: nps, useful_for: 4d, on_drop: end}, then: over}
  - {id: over, exit: enough said}
"""


@pytest.mark.parametrize("text", [*journeys.shipped().values(), FORKED], ids=[*journeys.shipped(), "forked"])
def test_a_drawing_has_the_steps_and_the_ways_of_the_journey(text: str) -> None:
    document = loaded(text)
    journey, drawing = read(document, vocabulary), drawn(document)
    assert list(drawing.steps) == [journeys.TRIGGER, *journey.steps]
    assert drawing.steps[journeys.TRIGGER].follows == (journey.first,)
    for key, step in journey.steps.items():
        seen = drawing.steps[key]
        assert {o: t for o, t in seen.ways.items() if t is not None} == journey.edges[key], key
        assert set(seen.ways) == set(step.outcomes), key
        assert (seen.kind, bool(seen.name)) == (step.kind, True)
        assert seen.message == getattr(step, "message", "")


def test_settings_are_said_in_words() -> None:
    drawing = drawn(loaded(FORKED))
    assert dict(drawing.steps["trigger"].facts) == {"Starts when": "order placed", "Runs": "after 30 days of quiet"}
    assert drawing.steps["trigger"].asks == (("if", "order.total > 50"),)
    assert dict(drawing.steps["lot"].facts) == {"a": "25%", "b": "75%"}
    assert drawing.steps["listen"].name == "Message opened or message clicked, within 2 days"
    assert dict(drawing.steps["write"].facts)["If it is not sent"] == "the journey ends"
    assert (drawing.exits, drawing.goal) == (("order cancelled",), "review submitted, within 10 days")
    late = drawn(
        loaded(
            "journey: x\ntrigger: {event: order.placed}\nsteps:\n  - {id: w, wait: {until: order.promised_to - 1d, limit: 9d, at: '09:00'}}"
        )
    )
    assert late.steps["w"].name == "1 day before the promised day, then 09:00 their time"


@pytest.mark.parametrize("text", ["journey: x", "journey: x\nsteps: [{id: a, unheard: of}, {id: b}, 3]", "steps: []"])
def test_what_is_not_understood_is_left_out_of_a_drawing(text: str) -> None:
    assert list(drawn(loaded(text)).steps) == [journeys.TRIGGER]


def test_who_arrived_and_has_not_left_stands_there() -> None:
    drawing = drawn(loaded(FORKED))
    counts: dict[str, Any] = {
        "trigger": {"entered": 10}, "lot": {"a": 4, "b": 6}, "listen": {"happened": 1, "exited": 1}, "write": {"done": 7},
        "over": {"ended": 7},
    }  # fmt: skip
    assert here(drawing, counts) == {"lot": 0, "listen": 2, "write": 0, "over": 0}
    assert under_way(drawing, counts) == 2


def test_a_new_kind_of_errand_brings_its_own_words() -> None:
    kind = Kind("gift", "Send a present", "star", {}, lambda given, place: {}, lambda some, at: [])
    try:
        drawing.ask_errands(lambda: {"gift": kind})
        shown = drawn({"journey": "x", "steps": [{"id": "a", "gift": {"what": "honey", "for_value": 5}}]}).steps["a"]
    finally:
        drawing.ask_errands(errands.kinds)
    assert (shown.label, shown.name, shown.icon, dict(shown.ways)) == ("Send a present", "Honey", "star", {"done": None})
    assert shown.facts == (("For value", "5"),)
    task = drawn({"journey": "x", "steps": [{"id": "a", "task": {"title": "call", "due_in": "2d"}}]}).steps["a"]
    assert (task.label, task.name, task.facts) == ("Task", "Call", (("For", "support"), ("Due", "2 days later")))
