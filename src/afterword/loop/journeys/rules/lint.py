"""Lint: everything that is wrong with a document, and what is odd about it, each with its place and a mend.

An error is what cannot be published or would do harm; a warning is what a person should look at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from afterword.kernel.durations import spoken
from afterword.kernel.shapes import Vocabulary
from afterword.loop.channels.types import ANY_CHANNEL, CHANNELS
from afterword.loop.conditions.door import oddities
from afterword.loop.conditions.types import Agg, BadCondition, Node, walk

from ..steps import Branch, Errand, Holdout, Send, Split, Wait, WaitFor
from ..types import BadJourney, Journey
from .document import Check, read
from .examples import examples_of
from .yaml import loaded, position

MOST_FAULTS = 40
FREQUENT = (
    "page.viewed", "product.viewed", "search.performed", "cart.updated", "order_status.viewed", "message.sent", "message.opened",
    "message.clicked", "message.delivered",
)  # fmt: skip
HEAVY, TOO_HEAVY = 1e8, 1e9  # rows that a condition would have to look at in all
PASSES = "has(customer.country)"  # a condition that can be read and is not odd
UNREACHED = "is reached by no other step"


@dataclass(frozen=True)
class Finding:
    """Something wrong (`error`) or odd (`warning`): where, what, and how to mend it."""

    level: Literal["error", "warning"]
    place: str
    said: str
    mend: str
    line: int | None = None
    column: int | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Facts:
    """What lint knows of the shop: its words, its messages, its other journeys, how much there is of what.

    `gaps` says what a message lacks (kind, locale, what); `others` are the other journeys by key: their trigger's event and
    whether they say their priority; `volumes` are events by name, as far as known, and `people` how many customers there are.
    `ways` are the messages that have a chain of channels of their own. `endpoints` are those that can be called; None: not known.
    """

    vocabulary: Vocabulary
    categories: Mapping[str, str]
    gaps: Callable[[str], Sequence[tuple[str, str, str]]]
    segments: Mapping[str, str] = field(default_factory=dict)
    errands: Mapping[str, Check] = field(default_factory=dict)
    default_zone: str = "UTC"
    consents: frozenset[str] = frozenset(CHANNELS) - {"webhook"}
    quiet_for: int = 0
    others: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    volumes: Mapping[str, int] = field(default_factory=dict)
    people: int = 0
    ways: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    endpoints: frozenset[str] | None = None
    completed: Callable[[Any], Any] = lambda document: document


def lint(text: str, facts: Facts) -> tuple[Finding, ...]:
    """Everything that is found in a document, errors first, each in the order of its lines."""
    try:
        document = loaded(text)
    except BadJourney as error:
        return (_told(text, error),)
    found = []
    journey, faults = _understood(document, facts)
    found += [_told(text, fault) for fault in faults]
    if journey is not None:
        found += [_placed(text, one) for one in _odd(journey, document, facts)]
    found += [_told(text, fault) for fault in _of_examples(document, facts)]
    return tuple(sorted(dict.fromkeys(found), key=lambda f: (f.level, f.line or 0, f.column or 0)))


# What is wrong ------------------------------------------------------------------------------------------------------------


def _understood(document: Any, facts: Facts) -> tuple[Journey | None, list[BadJourney]]:
    """The journey, and what is wrong with it: each fault is put aside and the rest is read again."""
    rest, faults = deepcopy(document), list[BadJourney]()
    for _ in range(MOST_FAULTS):
        try:
            made = facts.completed(rest)
            return (
                read(made, facts.vocabulary, default_zone=facts.default_zone, segments=facts.segments, errands=facts.errands),
                [f for n, f in enumerate(faults) if not (n and UNREACHED in str(f))],
            )
        except BadJourney as fault:
            faults.append(fault)
            if not isinstance(rest, dict) or not _put_aside(rest, fault.values["place"], str(fault)):
                break
    return None, [f for n, f in enumerate(faults) if not (n and UNREACHED in str(f))]


def _put_aside(document: dict[str, Any], place: object, said: str) -> bool:
    """Take the part of a document that cannot be read out of it; whether anything is left to be read."""
    head, _, rest = str(place).removeprefix("document.").partition(".")
    name, _, number = head.partition("[")
    if name == "steps" and rest:
        return _put_case_aside(document, rest.split(".")) or _put_step_aside(document, rest.split(".")[0], said)
    if name == "trigger" and rest.split(".")[0] in ("where", "max_age", "reentry") and isinstance(document.get("trigger"), dict):
        return document["trigger"].pop(rest.split(".")[0], None) is not None
    if name == "exit_on" and number and isinstance(document.get("exit_on"), list):
        return bool(document["exit_on"].pop(int(number.rstrip("]"))) or True)
    if name in ("trigger", "steps", "journey"):
        return False
    return document.pop(name, None) is not None


def _put_case_aside(document: dict[str, Any], place: list[str]) -> bool:
    """In place of a case of a branch that cannot be read stands one that can, so that the others are read as well."""
    step = next((step for step in document["steps"] if isinstance(step, dict) and str(step.get("id")) == place[0]), {})
    cases = step.get("branch")
    if len(place) != 3 or place[1] != "branch" or not isinstance(cases, dict) or cases.get(place[2], PASSES) == PASSES:
        return False
    cases[place[2]] = PASSES
    return True


def _put_step_aside(document: dict[str, Any], key: str, said: str) -> bool:
    """In place of a step that cannot be read stands one that waits; one that nobody reaches goes."""
    steps = document["steps"]
    at = next((n for n, step in enumerate(steps) if isinstance(step, dict) and str(step.get("id")) == key), None)
    if at is None:
        return False
    if UNREACHED in said:
        del steps[at]
        return bool(steps)
    if steps[at] == (stub := {"id": steps[at]["id"], "wait": "1s"}):
        return False
    steps[at] = stub
    return True


def _of_examples(document: Any, facts: Facts) -> list[BadJourney]:
    """What is wrong with the examples, one by one."""
    found, given = [], document.get("examples", []) if isinstance(document, Mapping) else []
    for n, one in enumerate(given if isinstance(given, list) else []):
        try:
            examples_of({"examples": [*[FINE] * n, one]}, facts.vocabulary)
        except BadJourney as fault:
            found.append(fault)
    return found


FINE = {"name": "-", "events": [{"event": "page.viewed", "at": "0d"}], "expect": []}


def _told(text: str, fault: BadJourney) -> Finding:
    """A refusal of the reader as a finding: in a condition with the column inside it, and with the nearest name."""
    place, said, expected = (str(fault.values.get(name, "")) for name in ("place", "fault", "expected"))
    within = 0
    if isinstance(cause := fault.__cause__, BadCondition):
        within, said, expected = int(str(cause.values["column"])), str(cause.values["fault"]), str(cause.values["expected"])
    said, _, meant = said.partition(" Did you mean ")
    named = re.search(r"“(\w{3,})”", said)
    near = get_close_matches(named[1], re.findall(r"\w+", expected), n=1, cutoff=0.6) if named else []
    mend = f"Did you mean {meant}" if meant else f"Did you mean “{near[0]}”?" if near else f"Expected: {expected}."
    line, column = position(text, place, within)
    return Finding("error", place, said.rstrip("."), mend, line, column)


def _placed(text: str, finding: Finding) -> Finding:
    line, column = position(text, finding.place)
    return Finding(finding.level, finding.place, finding.said, finding.mend, line, column)


# What is odd --------------------------------------------------------------------------------------------------------------


def _odd(journey: Journey, document: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    for place, node, event in conditions(journey):
        yield from _of_truth(place, node, facts.vocabulary, event)
        yield from _of_weight(place, node, journey, facts)
    sending = {key: step for key, step in journey.steps.items() if isinstance(step, Send)}
    for key, send in sending.items():
        yield from _of_message(key, send, journey, facts)
    yield from _of_holdouts(journey, document, sending, facts)
    yield from _of_lots(journey)
    yield from _of_calls(journey, facts)
    yield from _of_company(journey, document, facts)
    if journey.copy_to and not any({"email", ANY_CHANNEL} & set(send.channel.split(",")) for send in sending.values()):
        said = f"asks for copies to {journey.copy_to}, and sends no mail: only mails are copied"
        yield Finding("warning", "copy_to", said, "Take copy_to out, or send something by e-mail.")


def conditions(journey: Journey) -> Iterator[tuple[str, Node, str]]:
    """Every condition of a journey: where it stands, what it asks, the event at hand."""
    trigger = journey.trigger
    heard = [(f"exit_on[{n}]", one) for n, one in enumerate(journey.exit_on)] + ([("goal", journey.goal.hears)] if journey.goal else [])
    if trigger.where is not None:
        yield "trigger.where", trigger.where, trigger.event
    for key, step in journey.steps.items():
        if isinstance(step, Branch):
            yield from ((f"steps.{key}.branch.{name}", node, trigger.event) for name, node, _ in step.cases)
        if isinstance(step, WaitFor):
            several = len(step.events) > 1
            heard += [(f"steps.{key}.wait_for" + (f".any[{n}]" if several else ""), one) for n, one in enumerate(step.events)]
    yield from ((f"{place}.where", one.where, one.event) for place, one in heard if one.where is not None)


def _of_truth(place: str, node: Node, vocabulary: Vocabulary, event: str) -> Iterator[Finding]:
    for never, whole, why in oddities(node, vocabulary, event):
        said = f"“{why}” can never be true" if never else f"“{why}” is always true"
        if never:
            mend = "Nobody would come through here. Look at the values: what can they be?"
        else:
            mend = "Leave it out: it asks nothing." if not whole or place == "trigger.where" else "Whatever comes after it is never asked."
        yield Finding("error" if never and whole else "warning", place, said, mend)


def _of_weight(place: str, node: Node, journey: Journey, facts: Facts) -> Iterator[Finding]:
    """What a condition would have to read: each moment that asks looks at all of the customer's events of that name."""
    moments = facts.volumes.get(journey.trigger.event, 0)
    for fold in dict.fromkeys(n for n in walk(node) if isinstance(n, Agg)):
        rows = moments * facts.volumes.get(fold.event, 0) / max(1, facts.people)
        narrow = f'Say how far back it matters, such as {fold.fn}({fold.event}, …, last="90d")'
        if rows >= HEAVY:
            said = f"asks {moments:,} times and reads some {rows:,.0f} “{fold.event}” in all"
            yield Finding("error" if rows >= TOO_HEAVY else "warning", place, said, f"{narrow}, or choose a rarer event to begin with.")
        elif fold.event in FREQUENT and fold.last is None:
            yield Finding("warning", place, f"reads every “{fold.event}” of a customer's whole life", f"{narrow}.")


def _of_message(key: str, send: Send, journey: Journey, facts: Facts) -> Iterator[Finding]:
    place = f"steps.{key}.send"
    if send.message not in facts.categories:
        near = get_close_matches(send.message, list(facts.categories), n=1, cutoff=0.5)
        mend = f"Did you mean “{near[0]}”?" if near else "Expected: one of " + ", ".join(facts.categories) + "."
        yield Finding("error", f"{place}.message", f"there is no message “{send.message}”", mend)
        return
    category = facts.categories[send.message]
    asked = [one for one in send.channel.split(",") if one != ANY_CHANNEL and one not in facts.consents]
    if category == "marketing" and asked:
        said = f"“{send.message}” is marketing, and nobody can say yes to {asked[0]}"
        yield Finding("error", f"{place}.channel", said, "Send it over one of " + ", ".join(sorted(facts.consents)) + ".")
    if (own := facts.ways.get(send.message)) and send.channel in own:
        said = f"“{send.message}” is to be tried by {', '.join(own)}, and this step sends it by {send.channel} alone"
        yield Finding("warning", f"{place}.channel", said, f"Write channel: {ANY_CHANNEL}, and its own order holds.")
    for kind, locale, what in facts.gaps(send.message):
        yield _of_gap(place, send.message, kind, locale, what)
    waits = [journey.steps[one] for one, ways in journey.edges.items() if key in ways.values()]
    at_a_good_hour = bool(waits) and all(isinstance(step, Wait) and step.clock for step in waits)
    if category != "transactional" and send.useful_for < facts.quiet_for and not at_a_good_hour:
        said = f"is of use for {spoken(send.useful_for)}, and quiet hours can hold it for {spoken(facts.quiet_for)}"
        yield Finding("warning", f"{place}.useful_for", said, "Let it be of use for longer, or wait for a good hour before it (at: 09:00).")


def _of_gap(place: str, message: str, kind: str, locale: str, what: str) -> Finding:
    if kind == "language":
        said = f"“{message}” has no words in {locale}, which a store speaks; it would go in {what}"
        return Finding("warning", f"{place}.message", said, f"Translate it: add its words to locale/{locale}.po.")
    if kind == "fallback":
        said = f"in “{message}” ({locale}), {what}, which may be missing"
        return Finding("error", f"{place}.message", said, "Write a twin of that text, <key>.plain, for when it is not known.")
    return Finding("error", f"{place}.message", f"in “{message}”, {what}, which no message knows", "Name something that messages know.")


def _of_holdouts(journey: Journey, document: Mapping[str, Any], sending: Mapping[str, Send], facts: Facts) -> Iterator[Finding]:
    sent = {key: facts.categories.get(send.message) for key, send in sending.items()}
    for key, step in journey.steps.items():
        behind = [one for one in _reached(journey, key) if sent.get(one) == "transactional"] if isinstance(step, Holdout) else []
        if behind:
            said = f"would keep “{sending[behind[0]].message}” from people, who need it: it is about their order"
            yield Finding("error", f"steps.{key}.holdout", said, "Take the holdout out, or send that message from a journey of its own.")
    if sent and set(sent.values()) == {"marketing"} and not any(isinstance(step, Holdout) for step in journey.steps.values()):
        said = "sends nothing but marketing and leaves nobody alone, so nobody can tell what it earns"
        yield Finding("warning", "holdout" if "holdout" in document else "steps", said, "Leave a share alone: holdout: 10%.")


def _of_lots(journey: Journey) -> Iterator[Finding]:
    """Two steps that draw by one salt: whoever falls early in the one falls early in the other."""
    seen: dict[str, str] = {}
    for key, step in journey.steps.items():
        if isinstance(step, Split | Holdout):
            if step.salt in seen:
                said = f"draws the same lots as “{seen[step.salt]}”: who is in the one arm there is in the same one here"
                yield Finding("warning", f"steps.{key}.{step.kind}.salt", said, "Take `salt` out, and it draws lots of its own.")
            seen.setdefault(step.salt, key)


def _of_calls(journey: Journey, facts: Facts) -> Iterator[Finding]:
    """Calls to nobody: they would be given up, each of them."""
    for key, step in journey.steps.items():
        to = str(step.settings.get("to", "")) if isinstance(step, Errand) and step.name == "webhook" else ""
        if to and facts.endpoints is not None and to not in facts.endpoints:
            near = get_close_matches(to, sorted(facts.endpoints), n=1, cutoff=0.5)
            mend = f"Did you mean “{near[0]}”?" if near else "Add it in Settings, under Endpoints."
            yield Finding("warning", f"steps.{key}.webhook", f"there is no open endpoint “{to}”", mend)


def _reached(journey: Journey, key: str) -> list[str]:
    """The steps that somebody may come to from here. Edges point forward, so one reading in order finds them all."""
    found = {key}
    for one in journey.steps:
        if one in found:
            found |= set(journey.edges.get(one, {}).values())
    return [one for one in journey.steps if one in found and one != key]


def _of_company(journey: Journey, document: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Other journeys that begin with the same event: which goes first must be said in one of them at least."""
    beside = [key for key, (event, said) in facts.others.items() if key != journey.key and event == journey.trigger.event and not said]
    if beside and "priority" not in document:
        said = f"begins with {journey.trigger.event}, as “{beside[0]}” does, and neither says which goes first"
        yield Finding("warning", "trigger.event", said, "Say priority: high, normal or low, here or there.")


def failing(findings: Sequence[Finding]) -> bool:
    """Whether anything found keeps a document from being published."""
    return any(one.level == "error" for one in findings)
