"""The examples of a journey are lived through by its own statements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from afterword.insight.backtests.actions.examples import _World, try_examples, world
from afterword.insight.backtests.commands import app
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.actions.gallery import entries

WRONG = """
examples:
  - name: Another hour
    events:
      - {event: order.placed, at: 0d}
      - {event: order.delivered, at: 3d}
    expect:
      - {message: csat, at: 6d 18:30}
  - name: Nothing at all
    events:
      - {event: order.placed, at: 0d}
      - {event: order.delivered, at: 3d}
    expect: []
  - name: Something else as well
    events:
      - {event: order.placed, at: 0d}
      - {event: order.delivered, at: 3d}
      - {event: order.refunded, at: 4d, with: {whole: true}}
    expect:
      - {message: csat, at: 6d 17:30}
      - {message: low_score_follow_up, dropped: unhappy}
"""


@pytest.fixture(scope="module")
def made() -> Iterator[_World]:
    with world() as given:
        yield given


@pytest.mark.django_db
@pytest.mark.parametrize("entry", entries(), ids=[entry.key for entry in entries()])
def test_every_example_of_a_ready_made_journey_comes_true(entry: journeys.Entry, made: _World) -> None:
    tried = try_examples(entry.text, made)
    assert len(tried) == entry.examples >= 2
    assert not [(one.example, one.said) for one in tried if not one.passed]


@pytest.mark.django_db
def test_what_goes_otherwise_is_said_in_words(made: _World) -> None:
    text = journeys.shipped()["satisfaction"].split("\nexamples:")[0] + "\n" + WRONG
    hour, nothing, more = (one.said for one in try_examples(text, made))
    assert hour == ("csat should go at 6d 18:30 (Sun 8 Mar 2026), and went at 6d 17:30 (Sun 8 Mar 2026)",)
    assert nothing == ("csat went at 6d 17:30 (Sun 8 Mar 2026), and was not expected",)
    assert more == (
        "csat should go at 6d 17:30 (Sun 8 Mar 2026), and nothing went",
        "low_score_follow_up should not go because “unhappy”, but was not even meant",
    )


@pytest.mark.django_db
def test_the_document_of_the_how_to_page_is_sound_and_its_examples_come_true(made: _World) -> None:
    page = (Path(__file__).resolve().parents[5] / "docs" / "how-to" / "journeys-as-code.md").read_text(encoding="utf-8")
    text = page.split("```yaml\n")[1].split("```")[0]
    assert not journeys.lint_text(text)
    assert [one.said for one in try_examples(text, made)] == [(), ()]


@pytest.mark.django_db
def test_the_command_says_what_goes_otherwise_and_leaves_with_one(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text(journeys.shipped()["satisfaction"].split("\nexamples:")[0] + "\n" + WRONG, encoding="utf-8")
    failed = CliRunner().invoke(app, ["journey", "test", str(tmp_path)])
    assert (failed.exit_code, "3 examples" in failed.output, "3 went otherwise" in failed.output) == (1, True, True), failed.output
    passed = CliRunner().invoke(app, ["journey", "test", "gift", "--json"])
    assert (passed.exit_code, [one["passed"] for one in json.loads(passed.output)]) == (0, [True, True, True])
