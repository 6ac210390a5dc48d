"""Lint finds what is wrong with a document, where it stands, and says how to mend it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from afterword.kit import sql
from afterword.loop.errands import door as errands
from afterword.loop.events import door as events
from afterword.loop.events.door import vocabulary
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.actions.lint import facts
from afterword.loop.journeys.rules.lint import Facts, Finding, failing, lint
from afterword.loop.messages import door as messages

pytestmark = pytest.mark.django_db

HEAD = "journey: x\npriority: normal\ntrigger: {event: order.placed}\n"
FACTS = Facts(
    vocabulary=vocabulary,
    categories={key: message.category for key, message in messages.MESSAGES.items()},
    gaps=lambda message: [(gap.kind, gap.locale, gap.what) for gap in messages.gaps(message, ("en", "ro"))],
    segments={},
)


def found(text: str, **more: Any) -> list[Finding]:
    return list(lint(text, replace(FACTS, **more)))


def only(text: str, **more: Any) -> Finding:
    one = found(text, **more)
    assert len(one) == 1, one
    return one[0]


# text, level, place, line, column, what is said, how it is mended
WRONG: dict[str, tuple[str, str, str, int, int, str, str]] = {
    "an unknown event": (
        "journey: x\ntrigger:\n  event: order.plased\nsteps: [{id: a, send: nps}]",
        "error",
        "trigger.event",
        3,
        3,
        "no event called",
        "placed",
    ),
    "an unknown property": (
        HEAD + "steps:\n  - id: a\n    branch:\n      dear: order.totl > 50\n    then: end",
        "error",
        "steps.a.branch.dear",
        7,
        13,
        "totl",
        "“total”",
    ),
    "a column inside quotes": (
        HEAD + 'steps:\n  - id: a\n    branch: {d: "order.total > 5 and custmer.zone == 3"}\n    then: end',
        "error",
        "steps.a.branch.d",
        6,
        38,
        "custmer",
        "customer",
    ),
    "no limit": (HEAD + "steps:\n  - id: a\n    wait_for: {event: order.paid}", "error", "steps.a.wait_for.within", 6, 5, "missing", "7d"),
    "a loop": (
        HEAD + "steps:\n  - {id: a, wait: 1d}\n  - {id: b, wait: 1d, then: a}",
        "error",
        "steps.b.then.done",
        6,
        23,
        "leads back",
        "later step",
    ),
    "nobody gets there": (
        HEAD + "steps:\n  - {id: a, send: nps, then: end}\n  - {id: b, exit: ''}",
        "error",
        "steps.b",
        6,
        5,
        "reached by no other",
        "leads here",
    ),
    "no such message": (HEAD + "steps:\n  - {id: a, send: npz}", "error", "steps.a.send.message", 5, 13, "npz", "“nps”"),
    "never true": (
        HEAD + "steps:\n  - id: a\n    branch: {x: last(survey.answered).score > 10}\n    then: end",
        "error",
        "steps.a.branch.x",
        6,
        14,
        "never be true",
        "can they be",
    ),
    "two that exclude each other": (
        HEAD + "steps:\n  - id: a\n    branch: {x: order.total > 90 and order.total < 20}\n    then: end",
        "error",
        "steps.a.branch.x",
        6,
        14,
        "order.total > 90 and order.total < 20",
        "can they be",
    ),
    "always true": (
        HEAD + "steps:\n  - id: a\n    branch: {x: count(order.placed) >= 0}\n    then: end",
        "warning",
        "steps.a.branch.x",
        6,
        14,
        "always true",
        "never asked",
    ),
    "a whole life of page views": (
        HEAD + "steps:\n  - id: a\n    branch: {x: count(page.viewed) > 3}\n    then: end",
        "warning",
        "steps.a.branch.x",
        6,
        14,
        "whole life",
        "last=",
    ),
    "a holdout before a mail about an order": (
        HEAD + "steps:\n  - {id: lot, holdout: 10%}\n  - {id: a, send: order_confirmation}",
        "error",
        "steps.lot.holdout",
        5,
        15,
        "keep “order_confirmation” from people",
        "journey of its own",
    ),
    "nobody is left alone": (
        HEAD + "holdout: off\nsteps:\n  - {id: a, send: win_back}",
        "warning",
        "holdout",
        4,
        1,
        "nobody can tell what it earns",
        "10%",
    ),
    "an example of something unheard of": (
        HEAD
        + "steps: [{id: a, send: nps}]\nexamples:\n  - {name: n, events: [{event: order.placed, at: 0d, with: {itens: 2}}], expect: []}",
        "error",
        "examples[0].events[0].with.itens",
        6,
        61,
        "no property",
        "items",
    ),
    "no yaml": ("journey: [", "error", "line 1", 1, 0, "cannot be read", "indented"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found_at_its_place_with_a_mend(name: str) -> None:
    text, level, place, line, column, said, mend = WRONG[name]
    one = only(text)
    assert (one.level, one.place, one.line, one.column or 0) == (level, place, line, column)
    assert said in one.said
    assert mend in one.mend


def test_everything_wrong_is_told_at_once_and_nothing_that_only_follows_from_it() -> None:
    text = (
        HEAD
        + "exit_on: [order.gone, order.cancelled]\nsteps:\n  - {id: a, wait: soon}\n  - {id: b, send: nope}\n  - {id: c, wait: 1d, then: a}"
    )
    assert {one.place for one in found(text)} == {"exit_on[0].event", "steps.a.wait.for", "steps.b.send.message", "steps.c.then.done"}


def test_a_condition_that_would_read_a_billion_rows_is_an_error() -> None:
    text = HEAD + "steps:\n  - id: a\n    branch:\n      x: count(page.viewed, last='900d') > 3\n    then: end"
    heavy = {"order.placed": 10_000_000, "page.viewed": 400_000_000}
    assert only(text, volumes=heavy, people=2_000_000).level == "error"
    assert only(text, volumes=heavy, people=20_000_000).level == "warning"
    assert not found(text, volumes={"order.placed": 1000, "page.viewed": 40_000}, people=500)


def test_a_message_that_quiet_hours_outlast_is_told_unless_it_waits_for_a_good_hour() -> None:
    late = HEAD + "steps:\n  - {id: a, send: {message: nps, useful_for: 6h}}"
    assert only(late, quiet_for=11 * 3600).place == "steps.a.send.useful_for"
    assert not found(late, quiet_for=4 * 3600)
    assert not found(late.replace("steps:\n", "steps:\n  - {id: w, wait: {at: '09:00'}}\n"), quiet_for=11 * 3600)


def test_two_journeys_that_begin_alike_say_which_goes_first() -> None:
    text = "journey: x\ntrigger: {event: order.placed}\nsteps: [{id: a, send: nps}]"
    assert only(text, others={"y": ("order.placed", False)}).place == "trigger.event"
    assert not found(text, others={"y": ("order.placed", True)})
    assert not found(text, others={"y": ("order.paid", False), "x": ("order.placed", False)})
    assert not found(text.replace("trigger", "priority: low\ntrigger"), others={"y": ("order.placed", False)})


def test_a_language_that_a_store_speaks_and_a_message_does_not_is_told() -> None:
    text = HEAD + "steps: [{id: a, send: nps}]"

    def gaps(message: str) -> list[tuple[str, str, str]]:
        return [(gap.kind, gap.locale, gap.what) for gap in messages.gaps(message, ("ro-MD", "pt", "de"))]

    one = only(text, gaps=gaps)
    assert (one.level, "no words in de" in one.said, "English" in one.said) == ("warning", True, True)


def test_marketing_goes_only_where_people_can_say_yes() -> None:
    one = only(HEAD + "holdout: 5%\nsteps: [{id: lot, holdout: 5%}, {id: a, send: win_back}]", consents=frozenset({"sms"}))
    assert (one.level, one.place) == ("error", "steps.a.send.channel")


def test_nothing_is_wrong_with_any_ready_made_journey() -> None:
    found = journeys.lint_texts({entry.key: entry.text for entry in journeys.gallery()})
    assert len(found) > 30
    assert not any(found.values()), found


def test_only_errors_keep_a_document_from_being_published() -> None:
    assert failing(found(WRONG["a loop"][0]))
    assert not failing(found(WRONG["always true"][0]))


def test_how_much_there_is_of_what_is_read_from_the_databases_own_reckoning() -> None:
    at = datetime(2026, 5, 4, 9, tzinfo=UTC)
    ana = Who("ana", "ana@example.com", verified=True)
    told = [Told("page.viewed", at, "test", str(n), who=ana) for n in range(300)]
    told += [Told("order.placed", at, "test", "o", who=ana, order="1", properties={"currency": "EUR", "total_minor": 100})]
    assert not identity.record(told, received_at=at).refused
    events.seal(at)
    sql.run("analyze event")
    assert facts().volumes["page.viewed"] == 300


STRANGE: tuple[Any, ...] = (None, 5, "x", [], {}, [[]], {"a": []}, [None], "3d", -1, True, {"event": 7}, [{"id": []}], "order.placed")
WHOLE = """
journey: x
trigger: {event: order.placed, where: order.total > 5, max_age: 3d, reentry: {quiet: 3d}}
exit_on: [order.cancelled, {event: survey.answered, where: score <= 2}]
goal: {event: order.placed, within: 3d}
steps:
  - {id: lot, holdout: 10%}
  - {id: way, branch: {big: order.total > 9}, then: {big: hear, otherwise: over}}
  - {id: hear, wait_for: {any: [order.paid, {event: order.refunded, where: whole}], within: 3d}, then: {happened: say}}
  - {id: say, send: {message: win_back, useful_for: 3d}}
  - {id: over, exit: done}
examples:
  - {name: one, customer: {zone: UTC}, lot: {lot: in}, events: [{event: order.placed, at: 0d, with: {items: 2}}], expect: []}
"""


def spoilt(value: Any, places: list[tuple[Any, ...]], at: tuple[Any, ...] = ()) -> None:
    """The places of everything in a document."""
    places.append(at)
    for name, one in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        spoilt(one, places, (*at, name))


@pytest.mark.slow
def test_nothing_that_somebody_may_write_makes_lint_stumble() -> None:
    places: list[tuple[Any, ...]] = []
    spoilt(journeys.loaded(WHOLE), places)
    for place in places[1:]:
        for strange in STRANGE:
            document = journeys.loaded(WHOLE)
            inner = document
            for name in place[:-1]:
                inner = inner[name]
            inner[place[-1]] = strange
            assert isinstance(found(json.dumps(document)), list), (place, strange)
    assert not [one for one in found(WHOLE) if one.level == "error"]


def test_a_journey_of_many_crossing_ways_is_read_at_once() -> None:
    fork = "  - {id: aN, branch: {x: order.total > N}, then: {x: bN, otherwise: cN}}\n"
    ways = "  - {id: bN, wait: 1s, then: aM}\n  - {id: cN, wait: 1s, then: aM}\n"
    steps = "".join((fork + ways).replace("N", str(n)).replace("M", str(n + 1)) for n in range(40))
    text = HEAD + "steps:\n  - {id: lot, holdout: 10%, then: {in: a0}}\n" + steps + "  - {id: a40, send: order_confirmation}\n"
    assert only(text).place == "steps.lot.holdout"


def test_two_steps_that_draw_the_same_lots_are_told() -> None:
    arms = "split: {arms: {a: 1, b: 1}, salt: x.one}"
    text = HEAD + f"steps:\n  - id: one\n    split: {{a: 1, b: 1}}\n    then: two\n  - id: two\n    {arms}\n    then: end\n"
    one = only(text)
    assert (one.level, one.place, one.line) == ("warning", "steps.two.split.salt", 9)
    assert "the same lots as “one”" in one.said


def test_a_step_that_passes_over_a_message_s_own_ways_is_told_so() -> None:
    steps = HEAD + "steps:\n  - {id: a, send: {message: recall_notice%s, useful_for: 30d}}\n"
    ways = {"recall_notice": ("email", "sms", "letter")}
    said = only(steps % "", ways=ways)
    assert (said.level, said.place) == ("warning", "steps.a.send.channel")
    assert "email, sms, letter" in said.said
    assert found(steps % ", channel: auto", ways=ways) == []


def test_every_case_of_a_branch_that_cannot_be_read_is_told_at_once() -> None:
    cases = "{a: customer.country > 5, b: order.total > 5, c: order.totl > 5, d: customer.email == 'x'}"
    told = found(HEAD + f"steps:\n  - {{id: a, branch: {cases}, then: end}}\n")
    assert [one.place for one in told] == ["steps.a.branch.a", "steps.a.branch.c", "steps.a.branch.d"]


def test_what_is_asked_and_denied_at_once_can_never_be_true() -> None:
    one = only(HEAD + "steps:\n  - {id: a, branch: {x: order.first_order and not order.first_order}, then: end}\n")
    assert (one.level, one.place) == ("error", "steps.a.branch.x")
    either = only(HEAD + "steps:\n  - {id: a, branch: {x: ever(order.paid) or not ever(order.paid)}, then: end}\n")
    assert (either.level, "always true" in either.said) == ("warning", True)


def test_a_call_to_an_endpoint_that_is_not_there_is_told() -> None:
    text = HEAD + "steps:\n  - {id: a, webhook: {to: erb, name: x}}\n"
    kinds = {"webhook": errands.kinds()["webhook"].check}
    one = only(text, errands=kinds, endpoints=frozenset({"erp"}))
    assert (one.level, one.place, one.mend) == ("warning", "steps.a.webhook", "Did you mean “erp”?")
    assert found(text, errands=kinds, endpoints=frozenset({"erb"})) == found(text, errands=kinds) == []
