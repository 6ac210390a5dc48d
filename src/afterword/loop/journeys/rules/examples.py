"""The examples in a journey's document: a small history, and the messages that are expected of it. They are the journey's tests.

    examples:
      - name: Whoever was let down hears from a person
        customer: {zone: Europe/Bucharest, consent: [marketing]}
        events:
          - {event: order.placed, at: 0d, with: {life: consumable}}
          - {event: order.delivered, at: 3d}
          - {event: survey.answered, after: 4d, with: {kind: csat, score: 1}}
        expect:
          - {message: csat, at: 6d 17:30}
          - {message: low_score_follow_up, after: 1d 2h}

An example is lived through in a store that keeps quiet from nine in the evening until eight, with the caps of a new one.
Times count from `starts`, nine o'clock in the morning of Monday 2 March 2026 where the customer lives, unless it is said
otherwise. `6d 17:30` is half past five in the afternoon of the sixth day after that day; `after` counts from the line above.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any

from afterword.kernel import durations
from afterword.kernel.errors import Refused
from afterword.kernel.ids import DICE_FACES, dice, edges, factors, uuid7_from
from afterword.kernel.shapes import Event, Vocabulary, complaints, props

from ..steps import Holdout, Split
from ..types import BadJourney, Journey
from .clocks import instant, place_of
from .document import listed, mapping, only, text

STARTS, MORNING = date(2026, 3, 2), time(9)
FILLED: dict[str, dict[str, Any]] = {"order.placed": {"currency": "EUR", "total_minor": 5000, "items": 1, "total_base_minor": 5000}}
RULES = ("21:00", "08:00", 2, 4)  # quiet from, quiet until, most a day, most a week
MOST, MOST_EVENTS, MOST_TRIES = 60, 300, 20_000
_CLOCK = re.compile(r"^([01]?\d|2[0-3]):[0-5]\d$")
TIMES = "a time such as 3d, 2d 4h or 3d 17:30"


@dataclass(frozen=True)
class Happening:
    """One event of an example. `known_at` is later than `at` where it was learned late."""

    event: str
    at: datetime
    known_at: datetime
    order: str
    shipment: str
    product: str
    properties: Mapping[str, Any]
    place: str


@dataclass(frozen=True)
class Expected:
    """A message that goes at `at`; or, where `dropped` says why, one that was meant and does not go."""

    message: str
    at: datetime | None
    dropped: str
    place: str


@dataclass(frozen=True)
class Example:
    """A history of one customer, and what it must lead to: these messages and no others."""

    name: str
    zone: str
    attributes: Mapping[str, str]
    consent: tuple[str, ...]
    lot: Mapping[str, str]
    starts: datetime
    happenings: tuple[Happening, ...]
    expected: tuple[Expected, ...]
    place: str

    @property
    def first(self) -> datetime:
        """When its history begins."""
        return min([self.starts, *(h.at for h in self.happenings)])

    @property
    def last(self) -> datetime:
        """The last instant of which it speaks."""
        return max([self.starts, *(h.known_at for h in self.happenings), *(e.at for e in self.expected if e.at)])


def examples_of(document: Mapping[str, Any], vocabulary: Vocabulary) -> tuple[Example, ...]:
    """The examples of a document, or a `BadJourney` for the first thing that is wrong with them."""
    given = listed(document.get("examples"), "examples")
    if len(given) > MOST:
        raise BadJourney(place="examples", fault=f"are {len(given)}", expected=f"at most {MOST}")
    return tuple(_example(one, f"examples[{n}]", vocabulary) for n, one in enumerate(given))


def _example(d: Any, place: str, vocabulary: Vocabulary) -> Example:
    d = mapping(d, place)
    only(d, {"name", "starts", "customer", "lot", "events", "expect"}, place)
    who = mapping(d.get("customer", {}), f"{place}.customer")
    only(who, {"zone", "country", "language", "consent"}, f"{place}.customer")
    zone = str(who.get("zone", "UTC"))
    if place_of(zone).key != zone:
        raise BadJourney(place=f"{place}.customer.zone", fault=f"is “{zone}”", expected="an IANA zone such as Europe/Bucharest")
    starts = _starts(d.get("starts"), zone, f"{place}.starts")
    events = listed(d.get("events"), f"{place}.events")
    if not events or len(events) > MOST_EVENTS:
        raise BadJourney(place=f"{place}.events", fault=f"are {len(events)}", expected=f"one to {MOST_EVENTS} events")
    if "expect" not in d:
        raise BadJourney(place=f"{place}.expect", fault="is missing", expected="the messages that go, or [] for none")
    told, said, moment = [], [], starts
    for n, one in enumerate(events):
        told.append(_happening(one, f"{place}.events[{n}]", starts, moment, zone, vocabulary))
        moment = told[-1].at
    moment = starts
    for n, one in enumerate(listed(d["expect"], f"{place}.expect")):
        said.append(_expected(one, f"{place}.expect[{n}]", starts, moment, zone))
        moment = said[-1].at or moment
    return Example(
        name=text(d, "name", place), zone=zone, attributes={k: str(who[k]) for k in ("country", "language") if k in who},
        consent=tuple(str(c) for c in listed(who.get("consent"), f"{place}.customer.consent")),
        lot={str(k): str(v) for k, v in mapping(d.get("lot", {}), f"{place}.lot").items()}, starts=starts,
        happenings=tuple(sorted(told, key=lambda h: h.at)), expected=tuple(said), place=place,
    )  # fmt: skip


def _starts(given: Any, zone: str, place: str) -> datetime:
    """The instant from which times count: a day, or a day and a time, where the customer lives."""
    if given is None:
        return instant(STARTS, MORNING, place_of(zone))
    try:
        if isinstance(given, date) and not isinstance(given, datetime):
            return instant(given, MORNING, place_of(zone))
        local = given if isinstance(given, datetime) else datetime.fromisoformat(str(given).strip())
    except ValueError as error:
        raise BadJourney(place=place, fault=f"is “{given}”", expected="a day such as 2026-03-02, or 2026-03-02 14:30") from error
    return instant(local.date(), local.time().replace(tzinfo=None), place_of(zone))


def _happening(d: Any, place: str, starts: datetime, before: datetime, zone: str, vocabulary: Vocabulary) -> Happening:
    d = mapping(d, place)
    only(d, {"event", "at", "after", "late", "order", "shipment", "product", "with"}, place)
    name = text(d, "event", place)
    try:
        definition = vocabulary.definition(name)
    except Refused as error:
        raise BadJourney(place=f"{place}.event", fault=str(error).rstrip("."), expected="an event of the vocabulary") from error
    at = moment(d, place, starts, before, zone)
    late = _length(str(d["late"]), f"{place}.late") if "late" in d else timedelta()
    about = definition.subject
    return Happening(
        event=name, at=at, known_at=at + late,
        order=str(d.get("order", "1" if about in ("order", "shipment", "product") else "")),
        shipment=str(d.get("shipment", "1" if about == "shipment" else "")),
        product=str(d.get("product", "1" if about == "product" else "")),
        properties=_properties(mapping(d.get("with", {}), f"{place}.with"), definition, starts, zone, f"{place}.with"), place=place,
    )  # fmt: skip


def _properties(given: Mapping[str, Any], definition: type[Event], starts: datetime, zone: str, place: str) -> dict[str, Any]:
    """What is said of an event; what it must have and is not said is filled in from its own example."""
    known = {p.name: p for p in props(definition)}
    found: dict[str, Any] = {p.name: definition.example[p.name] for p in known.values() if p.required and p.name in definition.example}
    found |= {k: v for k, v in FILLED.get(definition.name, {}).items() if k in known}
    for name, value in given.items():
        if name not in known:
            near = get_close_matches(str(name), list(known), n=1, cutoff=0.5)
            expected = f"{near[0]}, perhaps" if near else "one of " + ", ".join(known)
            raise BadJourney(place=f"{place}.{name}", fault=f"is no property of {definition.name}", expected=expected)
        if known[name].kind == "instant" and isinstance(value, str) and not value[:4].isdigit():
            value = moment({"at": value}, f"{place}.{name}", starts, starts, zone).isoformat()
        found[name] = value.isoformat() if isinstance(value, date | datetime) else value
    for complaint in complaints(definition, found, at=place):
        raise BadJourney(place=complaint.path, fault=complaint.fault, expected=complaint.expected)
    return found


def _expected(d: Any, place: str, starts: datetime, before: datetime, zone: str) -> Expected:
    d = mapping(d, place)
    only(d, {"message", "at", "after", "dropped"}, place)
    dropped = str(d.get("dropped", ""))
    return Expected(text(d, "message", place), None if dropped else moment(d, place, starts, before, zone), dropped, place)


# Times ------------------------------------------------------------------------------------------------------------------


def moment(d: Mapping[str, Any], place: str, starts: datetime, before: datetime, zone: str) -> datetime:
    """The instant that `at` (from the start) or `after` (from the line above) means."""
    if ("at" in d) == ("after" in d):
        raise BadJourney(place=f"{place}.at", fault="is said twice" if "at" in d else "is missing", expected=f"at: or after:, {TIMES}")
    where, given = ("at", starts) if "at" in d else ("after", before)
    words = str(d[where]).split()
    clock = words.pop() if words and _CLOCK.match(words[-1]) else ""
    since = given + sum((_length(word, f"{place}.{where}") for word in words), timedelta())
    if not clock:
        if not words:
            raise BadJourney(place=f"{place}.{where}", fault="is empty", expected=TIMES)
        return since
    hour, minute = clock.split(":")
    return instant(since.astimezone(place_of(zone)).date(), time(int(hour), int(minute)), place_of(zone))


def _length(word: str, place: str) -> timedelta:
    try:
        length = durations.seconds(word.removeprefix("-"))
    except Refused as error:
        raise BadJourney(place=place, fault=f"is “{word}”", expected=TIMES) from error
    return timedelta(seconds=-length if word.startswith("-") else length)


def spoken_moment(at: datetime, example: Example) -> str:
    """An instant as an example writes it: `6d 17:30`, with the weekday."""
    local, start = at.astimezone(place_of(example.zone)), example.starts.astimezone(place_of(example.zone))
    return f"{(local.date() - start.date()).days}d {local:%H:%M} ({local:%a %-d %b %Y})"


# Lots -------------------------------------------------------------------------------------------------------------------


def lots(journey: Journey, example: Example) -> tuple[int, int]:
    """Dice for the customer and for the subject with which the lots fall as the example wants: `in` for holdouts unless it says so."""
    wanted = {key: ("in" if isinstance(step, Holdout) else "") for key, step in journey.steps.items() if isinstance(step, Holdout | Split)}
    for key, arm in example.lot.items():
        if key not in wanted:
            raise BadJourney(place=f"{example.place}.lot.{key}", fault="draws no lots", expected="one of " + (", ".join(wanted) or "none"))
        if arm not in journey.steps[key].outcomes:
            outcomes = ", ".join(journey.steps[key].outcomes)
            raise BadJourney(place=f"{example.place}.lot.{key}", fault=f"is “{arm}”", expected=f"one of {outcomes}")
        wanted[key] = arm
    of_customer = {k: a for k, a in wanted.items() if _by_customer(journey, k)}
    of_subject = {k: a for k, a in wanted.items() if k not in of_customer}
    customer = _dice(journey, of_customer, example, "customer")
    return customer, customer if journey.subject == "customer" and not of_subject else _dice(journey, of_subject, example, "subject")


def _by_customer(journey: Journey, key: str) -> bool:
    step = journey.steps[key]
    return journey.subject == "customer" or isinstance(step, Holdout) or (isinstance(step, Split) and step.by == "customer")


def _dice(journey: Journey, wanted: Mapping[str, str], example: Example, whose: str) -> int:
    """The first throw, always in the same order, with which every lot falls as it is wanted."""
    for n in range(MOST_TRIES):
        thrown = dice(uuid7_from(example.starts, f"{journey.key}:{whose}:{n}".encode()))
        if all(not arm or _fallen(journey, key, thrown) == arm for key, arm in wanted.items()):
            return thrown
    raise BadJourney(place=f"{example.place}.lot", fault="can hardly fall together", expected="lots that somebody may draw")


def _fallen(journey: Journey, key: str, thrown: int) -> str:
    step = journey.steps[key]
    arms = (("held_out", step.share), ("in", 1 - step.share)) if isinstance(step, Holdout) else step.arms if isinstance(step, Split) else ()
    m, a = factors(getattr(step, "salt", ""))
    mixed = (thrown * m + a) % DICE_FACES
    ends = edges(tuple(share for _, share in arms))
    return next((name for (name, _), end in zip(arms, ends, strict=True) if mixed < end), arms[-1][0])


def longest(journey: Journey) -> timedelta:
    """For how long after its trigger a run may have something to do, and its messages may be held: how far an example must look."""
    total = 0
    for step in journey.steps.values():
        fields = ("for_", "limit", "within", "patience", "useful_for")
        total += sum(int(getattr(step, name, 0) or 0) for name in fields) + abs(getattr(getattr(step, "until", None), "offset", 0) or 0)
    return timedelta(seconds=min(total, 1500 * 86400), days=16)
