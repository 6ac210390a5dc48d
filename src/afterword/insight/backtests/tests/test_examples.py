"""The examples of a journey are lived through by its own statements."""

from __future__ import annotations

import pytest

from afterword.insight.backtests.actions.examples import try_examples, world
from afterword.loop.journeys import door as journeys

LOW = """
examples:
  - name: Whoever was let down hears from a person
    customer: {zone: Europe/Bucharest}
    events:
      - {event: order.placed, at: 0d}
      - {event: order.delivered, at: 3d}
      - {event: survey.answered, after: 4d, with: {kind: csat, score: 1}}
    expect:
      - {message: csat, at: 6d 17:30}
      - {message: low_score_follow_up, at: 7d}
  - name: Nobody is asked about what came back
    events:
      - {event: order.placed, at: 0d}
      - {event: order.delivered, at: 3d}
      - {event: order.refunded, at: 4d, with: {whole: true}}
    expect: []
"""


@pytest.mark.django_db
def test_an_example_that_is_true_passes() -> None:
    text = journeys.shipped()["satisfaction"].split("\nexamples:")[0] + "\n" + LOW
    with world() as made:
        assert [(t.passed, t.said) for t in try_examples(text, made)] == [(True, ()), (True, ())]
