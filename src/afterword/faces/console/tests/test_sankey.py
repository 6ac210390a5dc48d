"""The drawing of streams stays legible: names keep clear of each other, and what is too long to be followed is not drawn."""

from __future__ import annotations

from itertools import pairwise

from afterword.faces.console.pages import streams
from afterword.faces.console.pages.sankey import COLUMN, MOST_COLUMNS, WIDE, drawn
from afterword.loop.journeys import door as journeys


def chain(length: int) -> tuple[list[tuple[str, int]], list[tuple[str, str, int, int]]]:
    """So many steps in a row, as the backtest tells them."""
    names = [f"Step {n}" for n in range(length)]
    return [(name, 3) for name in names], [(one, other, 10, 3) for one, other in pairwise(names)]


def test_a_short_journey_fills_the_page_and_a_longer_one_goes_beyond_it() -> None:
    short, long = drawn(*chain(5)), drawn(*chain(12))
    assert (short.wide, short.long, short.legible) == (WIDE, False, True)
    assert (long.long, long.legible) == (True, True)
    places = sorted(one.x for one in long.nodes)
    assert min(b - a for a, b in pairwise(places)) >= COLUMN


def test_a_journey_of_two_hundred_steps_is_told_as_a_list() -> None:
    assert not drawn(*chain(200)).legible
    assert drawn(*chain(MOST_COLUMNS)).legible


def test_steps_are_called_in_the_drawing_as_in_the_flow() -> None:
    document = {"steps": [{"id": "ask", "title": "One question", "send": "csat"}, {"id": "more", "title": "One question", "send": "nps"}]}
    assert streams._names(journeys.drawn(document)) == {"ask": "One question", "more": "One question (2)"}


def test_a_time_too_short_for_the_journey_is_said_to_be() -> None:
    document = {"steps": [{"id": "later", "wait": "35d"}, {"id": "ask", "send": "csat"}]}
    flow = [["later", "done", "ask", 70], ["later", None, None, 30]]
    result = {"entered": 100, "flow": flow, "verdicts": [], "per_day": [], "per_person": [], "seconds": {"pass": 0.1}}
    found = streams.told(result, journeys.drawn(document))
    assert (found.under_way, found.too_short) == (30, True)
    long = {**result, "flow": [["later", "done", "ask", 95], ["later", None, None, 5]]}
    assert not streams.told(long, journeys.drawn(document)).too_short
