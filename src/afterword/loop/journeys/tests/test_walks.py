"""How long a walk through a journey takes, and which steps it passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from afterword.loop.journeys.rules.walks import strides

MONDAY = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
DOCUMENT: dict[str, Any] = {
    "journey": "asks",
    "trigger": {"event": "order.delivered"},
    "steps": [
        {"id": "rest", "wait": {"until": "order.delivered_at + 3d", "limit": "30d", "at": "10:00"}},
        {"id": "ask", "send": "csat"},
        {"id": "heard", "wait_for": {"event": "survey.answered", "within": "8d"}, "then": {"happened": "end", "timed_out": "office"}},
        {"id": "office", "wait": {"business_days": 2, "holidays": "RO"}},
        {"id": "again", "send": "nps"},
    ],
}


def lengths(choices: dict[str, str], document: dict[str, Any] = DOCUMENT, zone: str = "Europe/Bucharest") -> dict[str, timedelta]:
    return {one.step.key: timedelta(seconds=one.length) for one in strides(document, choices, MONDAY, zone)}


def test_a_wait_that_follows_what_began_the_journey_counts_from_there_and_ends_at_the_hour() -> None:
    assert lengths({})["rest"] == timedelta(days=3)  # 10:00 in Bucharest is 07:00 in UTC
    assert lengths({}, zone="UTC")["rest"] == timedelta(days=3, hours=3)


def test_what_happens_comes_after_half_of_the_time_and_what_does_not_after_all_of_it() -> None:
    assert lengths({})["heard"] == timedelta(days=4)
    assert list(lengths({})) == ["trigger", "rest", "ask", "heard"]
    found = lengths({"heard": "timed_out"})
    assert found["heard"] == timedelta(days=8)
    # Friday the 12th of June; the second business day after is Tuesday.
    assert found["office"] == timedelta(days=4, hours=-1)
    assert list(found)[-1] == "again"


def test_a_date_that_is_not_known_is_imagined_on_arriving_and_one_that_never_comes_ends_at_its_limit() -> None:
    steps = [{"id": "rest", "wait": {"until": "order.promised_to - 1d", "limit": "5d"}}, {"id": "ask", "send": "csat"}]
    document = {**DOCUMENT, "steps": steps}
    first = strides(document, {}, MONDAY, "UTC")[1]
    assert (first.length, first.imagined) == (0, "date")
    assert lengths({"rest": "timed_out"}, document)["rest"] == timedelta(days=5)


def test_settings_that_are_not_understood_take_no_time() -> None:
    steps = [{"id": "rest", "wait": {"for": "soon", "at": "25:00"}}, {"id": "ask", "send": "csat"}]
    assert lengths({}, {**DOCUMENT, "steps": steps}) == {"trigger": timedelta(0), "rest": timedelta(0), "ask": timedelta(0)}
