"""Two documents are told apart step by step."""

from __future__ import annotations

from afterword.loop.journeys.rules import editing
from afterword.loop.journeys.rules.differences import differences
from afterword.loop.journeys.rules.drawing import drawn
from afterword.loop.journeys.rules.yaml import loaded

from .test_editing import TEXT


def told(before: str, after: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {one.key: (one.kind, one.details) for one in differences(drawn(loaded(before)), drawn(loaded(after)))}


def test_the_same_text_differs_in_nothing() -> None:
    assert told(TEXT, TEXT + "# a word\n") == {}


def test_what_is_new_gone_and_changed_is_told_by_its_step() -> None:
    text = editing.inserted(TEXT, "wait", "2d", after="air", outcomes=["done"]).text
    text = editing.set_step(text, "air", "wait", "4d").text
    text = editing.removed(text, "thanks").text
    found = told(TEXT, text)
    assert found["wait"] == ("new", ("Wait", "For: 2 days"))
    assert found["thanks"] == ("gone", ())
    assert found["air"][0] == "changed"
    assert "For: 3 days → 4 days" in found["air"][1]
    assert "then “2 days”, was “Much, little, otherwise”" in found["air"][1] or any(
        one.startswith("then “2 days”") for one in found["air"][1]
    )
    assert any("on “much”" in one for one in found["kind"][1])


def test_what_concerns_the_whole_is_told_at_the_trigger() -> None:
    text = editing.set_value(TEXT, ["goal"], {"event": "review.submitted", "within": "10d"})
    assert told(TEXT, text) == {"trigger": ("changed", ("goal: – → review submitted, within 10 days",))}


def test_a_step_with_another_key_is_the_same_step() -> None:
    found = told(TEXT, editing.renamed(TEXT, "thanks", "gratitude").text)
    assert found == {"gratitude": ("changed", ("its id is gratitude, was thanks",))}
