"""From a document (YAML or JSON, already read into plain values) to a journey, with errors that name place, fault and expectation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast, get_args

from afterword.kernel import durations
from afterword.kernel.errors import Refused
from afterword.kernel.shapes import Vocabulary, readable
from afterword.loop.channels.types import ANY_CHANNEL, CHANNELS
from afterword.loop.conditions.door import ATTRIBUTES, Scope, parse
from afterword.loop.conditions.types import Node
from afterword.loop.errands.types import BadSettings

from ..steps import Anchor, Branch, Errand, Exit, Holdout, Send, Split, Step, Wait, WaitFor
from ..steps.wait import WAKES
from ..types import END, BadJourney, Goal, Hears, Journey, Reentry, SubjectKind, Trigger
from .clocks import knows_holidays

_KEY = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
_ADDRESS = re.compile(r"^[^\s@<>\"(),:;\[\]\\]+@[^\s@<>\"(),:;\[\]\\]+\.[^\s@<>\"(),:;\[\]\\]+$")
_ANCHOR = re.compile(r"^\s*(order|event)\.(\w+)\s*(?:([+-])\s*(\w+))?\s*$")
_CLOCK = re.compile(r"^(?:(mon|tue|wed|thu|fri|sat|sun)(?:-(mon|tue|wed|thu|fri|sat|sun))?\s+)?([01]\d|2[0-3]):[0-5]\d$")
MOST_BUSINESS_DAYS = 60
Check = Callable[[Any, str], dict[str, Any]]
TOP = {
    "holdout", "journey", "name", "about", "subject", "trigger", "exit_on", "goal", "steps", "priority", "base", "examples", "on", "tags",
    "copy_to",
}  # fmt: skip


def read(
    document: Mapping[str, Any], vocabulary: Vocabulary, *, default_zone: str = "UTC", segments: Mapping[str, str] | None = None,
    errands: Mapping[str, Check] | None = None,
) -> Journey:  # fmt: skip
    """The journey that a document describes, or a `BadJourney` for the first thing that is wrong with it.

    Args:
        segments: the condition of each segment that `in_segment` may name; it stands in the journey from now on.
        errands: the kinds of errand by name, and what reads their settings.
    """
    return _Document(document, vocabulary, default_zone, segments or {}, errands or {}).journey()


class _Document:
    def __init__(
        self, document: Mapping[str, Any], vocabulary: Vocabulary, default_zone: str, segments: Mapping[str, str],
        errands: Mapping[str, Check],
    ) -> None:  # fmt: skip
        self.document, self.vocabulary, self.default_zone, self.segments = document, vocabulary, default_zone, segments
        self.errands = errands
        self.sends: dict[str, int] = {}  # the sending steps read so far, and for how long their message is of use

    def journey(self) -> Journey:
        d = self.document
        if not isinstance(d, Mapping):
            raise BadJourney(place="document", fault="is not a mapping", expected="journey, subject, trigger and steps")
        only(d, TOP, "document")
        key = text(d, "journey", "document")
        if not _KEY.match(key):
            raise BadJourney(place="journey", fault=f"is “{key}”", expected="lower case letters, digits and _")
        subject = d.get("subject", "order")
        if subject not in get_args(SubjectKind):
            raise BadJourney(place="subject", fault=f"is “{subject}”", expected="customer, order or shipment")
        trigger = self.trigger(d.get("trigger"))
        steps, edges, titles = self.steps(key, trigger, d.get("steps"))
        return Journey(
            key=key,
            name=str(d.get("name", key.replace("_", " ").capitalize())),
            about=str(d.get("about", "")).strip(),
            subject=cast(SubjectKind, subject),
            trigger=trigger,
            steps=steps,
            edges=edges,
            titles=titles,
            exit_on=tuple(self.hears(h, f"exit_on[{i}]") for i, h in enumerate(listed(d.get("exit_on"), "exit_on"))),
            goal=self.goal(d["goal"]) if d.get("goal") is not None else None,
            priority=cast(Any, one_of(d, "priority", "document", ("high", "normal", "low"), "normal")),
            default_zone=self.default_zone,
            copy_to=address(d, "copy_to", "document"),
        )

    def goal(self, d: Any) -> Goal:
        d = mapping(d, "goal")
        return Goal(self.hears(d, "goal", extra={"within"}), duration(d, "within", "goal", "30d"))

    def trigger(self, d: Any) -> Trigger:
        d = mapping(d, "trigger")
        only(d, {"event", "where", "max_age", "reentry"}, "trigger")
        event = self.event(text(d, "event", "trigger"), "trigger.event")
        where = str(d.get("where", "")).strip()
        return Trigger(
            event=event,
            where=self.condition(where, event, "trigger.where") if where else None,
            text=where,
            max_age=duration(d, "max_age", "trigger") if "max_age" in d else None,
            reentry=self.reentry(d.get("reentry", "once")),
        )

    def reentry(self, d: Any) -> Reentry:
        if d in ("once", "once_per_customer", "every"):
            return Reentry(d)
        if isinstance(d, Mapping) and set(d) == {"quiet"}:
            return Reentry("quiet", duration(d, "quiet", "trigger.reentry"))
        raise BadJourney(place="trigger.reentry", fault=f"is “{d}”", expected="once, once_per_customer, every or {quiet: 30d}")

    def event(self, name: str, place: str) -> str:
        try:
            return self.vocabulary.definition(name).name
        except Refused as error:
            raise BadJourney(place=place, fault=str(error).rstrip("."), expected="an event of the vocabulary") from error

    def condition(self, condition: str, event: str, place: str, *, bare: bool = False) -> Node:
        try:
            return parse(condition, Scope(self.vocabulary, event, bare=bare, segments=self.segments))
        except Refused as error:
            raise BadJourney(place=place, fault=str(error).rstrip("."), expected="a condition") from error

    def hears(self, d: Any, place: str, *, extra: set[str] = frozenset()) -> Hears:  # type: ignore[assignment]
        d = {"event": d} if isinstance(d, str) else mapping(d, place)
        only(d, {"event", "where", "same"} | extra, place)
        event = self.event(text(d, "event", place), f"{place}.event")
        where = str(d.get("where", "")).strip()
        node = self.condition(where, event, f"{place}.where", bare=True) if where else None
        return Hears(event, node, one_of(d, "same", place, ("", "order", "customer"), ""), where)

    def steps(self, journey: str, trigger: Trigger, d: Any) -> tuple[dict[str, Step], dict[str, dict[str, str]], dict[str, str]]:
        items = listed(d, "steps")
        if not items:
            raise BadJourney(place="steps", fault="is empty", expected="at least one step")
        keys = [text(mapping(s, f"steps[{i}]"), "id", f"steps[{i}]") for i, s in enumerate(items)]
        for key in keys:
            if not _KEY.match(key) or key in (END, "trigger") or keys.count(key) > 1:
                raise BadJourney(place=f"steps.{key}", fault="cannot be the name of a step", expected="a name of its own in lower case")
        steps: dict[str, Step] = {}
        for key, item in zip(keys, items, strict=True):
            steps[key] = self.step(journey, trigger, key, item)
            if isinstance(sending := steps[key], Send):
                self.sends[key] = sending.useful_for
        edges = {key: self.edges(key, i, keys, steps[key], item) for i, (key, item) in enumerate(zip(keys, items, strict=True))}
        reached = {keys[0]} | {target for ways in edges.values() for target in ways.values()}
        for key in keys:
            if key not in reached:
                raise BadJourney(
                    place=f"steps.{key}", fault="is reached by no other step", expected="a step that leads here, or no such step"
                )
        return steps, edges, {k: str(item["title"]) for k, item in zip(keys, items, strict=True) if item.get("title")}

    def edges(self, key: str, index: int, keys: list[str], step: Step, item: Mapping[str, Any]) -> dict[str, str]:
        following = keys[index + 1] if index + 1 < len(keys) else END
        then = item.get("then", following)
        if isinstance(then, str):
            main = [o for o in step.outcomes if o not in ("timed_out", "held_out")] if len(step.outcomes) < 3 else list(step.outcomes)
            ways = dict.fromkeys(main if len(step.outcomes) > 1 else step.outcomes, then)
        else:
            ways = {str(k): str(v) for k, v in mapping(then, f"steps.{key}.then").items()}
        for outcome, target in ways.items():
            if outcome not in step.outcomes:
                raise BadJourney(place=f"steps.{key}.then", fault=f"has “{outcome}”", expected="one of " + ", ".join(step.outcomes))
            if target != END and target not in keys:
                raise BadJourney(place=f"steps.{key}.then.{outcome}", fault=f"leads to “{target}”", expected="the id of a step, or end")
            if target != END and keys.index(target) <= index:
                raise BadJourney(
                    place=f"steps.{key}.then.{outcome}", fault=f"leads back to “{target}”", expected="a later step: journeys have no loops"
                )
        return {o: t for o, t in ways.items() if t != END}

    def step(self, journey: str, trigger: Trigger, key: str, item: Mapping[str, Any]) -> Step:
        place = f"steps.{key}"
        kinds = [k for k in item if k not in ("id", "then", "title", "note")]
        makers = {
            "wait": self.wait, "wait_for": self.wait_for, "branch": self.branch, "split": self.split, "holdout": self.holdout,
            "send": self.send, "exit": self.exit, **dict.fromkeys(self.errands, self.errand),
        }  # fmt: skip
        if len(kinds) != 1 or kinds[0] not in makers:
            raise BadJourney(place=place, fault="has " + (", ".join(kinds) or "no kind"), expected="one of " + ", ".join(makers))
        return makers[kinds[0]](item[kinds[0]], f"{place}.{kinds[0]}", f"{journey}.{key}", trigger)

    def wait(self, d: Any, place: str, salt: str, trigger: Trigger) -> Step:
        d = {"for": d} if isinstance(d, str | int) else mapping(d, place)
        only(d, {"for", "until", "limit", "at", "business_days", "holidays"}, place)
        at = str(d.get("at", "")).strip().lower()
        if at and not _CLOCK.match(at):
            raise BadJourney(place=f"{place}.at", fault=f"is “{at}”", expected="an hour such as 09:00 or mon-fri 09:00")
        business = self.business(d, place, at)
        if "until" in d:
            if "for" in d:
                raise BadJourney(place=place, fault="has both for and until", expected="one of them")
            if "limit" not in d:
                raise BadJourney(
                    place=f"{place}.limit", fault="is missing", expected="how long to wait for a date that never comes, such as 60d"
                )
            return Wait(until=self.anchor(str(d["until"]), f"{place}.until", trigger.event), limit=duration(d, "limit", place), **business)
        if "for" not in d and not at and not business["business_days"]:
            expected = "for: 3d, until: order.delivered_at + 3d, business_days: 2, or at: 09:00"
            raise BadJourney(place=place, fault="says no time", expected=expected)
        return Wait(for_=duration(d, "for", place, "0s"), **business)

    def business(self, d: Mapping[str, Any], place: str, at: str) -> dict[str, Any]:
        """The clock of a wait: an hour, or so many business days later at an hour."""
        days, calendar = d.get("business_days", 0), str(d.get("holidays", ""))
        if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= MOST_BUSINESS_DAYS:
            raise BadJourney(place=f"{place}.business_days", fault=f"is “{days}”", expected=f"a whole number up to {MOST_BUSINESS_DAYS}")
        if calendar and not days:
            raise BadJourney(place=f"{place}.holidays", fault="stands alone", expected="business_days beside it")
        if days and " " in at:
            raise BadJourney(place=f"{place}.at", fault=f"is “{at}”", expected="an hour without days, such as 09:00, after business days")
        if calendar and not knows_holidays(calendar):
            raise BadJourney(place=f"{place}.holidays", fault=f"is “{calendar}”", expected="the code of a country, such as RO")
        return {"at": at or ("09:00" if days else ""), "business_days": days, "holidays": calendar}

    def anchor(self, given: str, place: str, event: str) -> Anchor:
        own = [p.name for p in readable(self.vocabulary.definition(event)) if p.kind == "instant"]
        dates = {"order": [name for name in WAKES if ATTRIBUTES["order"].get(name) == "instant"], "event": own}
        found = _ANCHOR.match(given)
        if not found or found.group(2) not in dates[found.group(1)]:
            theirs = f"; dates of {event} are " + ", ".join(f"event.{name}" for name in own) if own else ""
            expected = "a date of the order such as order.delivered_at + 3d; dates are " + ", ".join(WAKES) + theirs
            raise BadJourney(place=place, fault=f"is “{given}”", expected=expected)
        length = duration({"offset": found.group(4) or "0s"}, "offset", place)
        return Anchor(found.group(2), -length if found.group(3) == "-" else length, found.group(1))

    def wait_for(self, d: Any, place: str, salt: str, trigger: Trigger) -> Step:
        d = mapping(d, place)
        only(d, {"event", "where", "same", "any", "within", "look_back", "from"}, place)
        if "within" not in d:
            raise BadJourney(place=f"{place}.within", fault="is missing", expected="a limit such as 7d")
        if "any" in d:
            events = tuple(self.hears(h, f"{place}.any[{i}]") for i, h in enumerate(listed(d["any"], f"{place}.any")))
        else:
            events = (self.hears({k: v for k, v in d.items() if k in ("event", "where", "same")}, place),)
        if not events:
            raise BadJourney(place=f"{place}.any", fault="is empty", expected="at least one event")
        sent = self.sending(d["from"], f"{place}.from") if "from" in d else ""
        return WaitFor(events, duration(d, "within", place), duration(d, "look_back", place, "0s"), sent, self.sends.get(sent, 0))

    def sending(self, given: Any, place: str) -> str:
        """The sending step from whose message's going a limit counts: `sent` is the nearest one above."""
        key = next(reversed(self.sends), "") if given == "sent" else given
        if key not in self.sends:
            raise BadJourney(
                place=place,
                fault=f"is “{given}”",
                expected="sent, or the id of a step above that sends: " + (", ".join(self.sends) or "none"),
            )
        return str(key)

    def branch(self, d: Any, place: str, salt: str, trigger: Trigger) -> Step:
        cases = mapping(d, place)
        if not cases or "otherwise" in cases:
            raise BadJourney(
                place=place,
                fault="has no case" if not cases else "has a case “otherwise”",
                expected="name: condition; otherwise is implied",
            )
        return Branch(tuple((str(n), self.condition(str(c), trigger.event, f"{place}.{n}"), str(c)) for n, c in cases.items()))

    def split(self, d: Any, place: str, salt: str, trigger: Trigger) -> Step:
        d = mapping(d, place)
        by = d.get("by", "subject")
        arms = mapping(d["arms"], f"{place}.arms") if "arms" in d else {k: v for k, v in d.items() if k not in ("by", "salt")}
        if by not in ("subject", "customer") or len(arms) < 2 or not all(isinstance(v, int | float) and v > 0 for v in arms.values()):
            raise BadJourney(
                place=place, fault="cannot be divided so", expected="at least two arms with positive weights, by subject or customer"
            )
        return Split(tuple((str(k), float(v)) for k, v in arms.items()), str(d.get("salt", salt)), by)

    def holdout(self, d: Any, place: str, salt: str, trigger: Trigger) -> Step:
        share = d.get("share") if isinstance(d, Mapping) else d
        if isinstance(share, str) and share.endswith("%"):
            share = float(share[:-1]) / 100
        if not isinstance(share, int | float) or not 0 < share < 1:
            raise BadJourney(place=place, fault=f"is “{share}”", expected="a share such as 10%")
        return Holdout(float(share), str(d.get("salt", salt)) if isinstance(d, Mapping) else salt)

    def send(self, d: Any, place: str, salt: str, trigger: Trigger) -> Step:
        d = {"message": d} if isinstance(d, str) else mapping(d, place)
        only(d, {"message", "channel", "useful_for", "on_drop"}, place)
        return Send(
            text(d, "message", place),
            channels_of(d, f"{place}.channel"),
            duration(d, "useful_for", place, "3d"),
            one_of(d, "on_drop", place, ("go_on", "end"), "go_on"),
        )

    def errand(self, d: Any, place: str, salt: str, trigger: Trigger) -> Step:
        name = place.rpartition(".")[2]
        try:
            return Errand(name, self.errands[name](d, place))
        except BadSettings as refused:
            place, fault, expected = (str(refused.values[name]) for name in ("place", "fault", "expected"))
            raise BadJourney(place=place, fault=fault, expected=expected) from refused

    def exit(self, d: Any, place: str, salt: str, trigger: Trigger) -> Step:
        return Exit(str(d.get("reason", "")) if isinstance(d, Mapping) else str(d or ""))


def mapping(d: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(d, Mapping):
        raise BadJourney(place=place, fault="is missing" if d is None else f"is “{d}”", expected="a mapping")
    return d


def listed(d: Any, place: str) -> list[Any]:
    if d is None:
        return []
    if not isinstance(d, list | tuple):
        raise BadJourney(place=place, fault=f"is “{d}”", expected="a list")
    return list(d)


def only(d: Mapping[str, Any], names: set[str], place: str) -> None:
    for name in d:
        if name not in names:
            raise BadJourney(place=f"{place}.{name}", fault="is not known", expected="one of " + ", ".join(sorted(names)))


def text(d: Mapping[str, Any], name: str, place: str) -> str:
    value = d.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadJourney(place=f"{place}.{name}", fault="is missing" if value is None else f"is “{value}”", expected="a text")
    return value.strip()


def address(d: Mapping[str, Any], name: str, place: str) -> str:
    """An e-mail address, or nothing."""
    value = d.get(name) or ""
    if value and not (isinstance(value, str) and _ADDRESS.match(value.strip()) and len(value) <= 254):
        raise BadJourney(place=f"{place}.{name}", fault=f"is “{value}”", expected="an e-mail address")
    return str(value).strip()


def channels_of(d: Mapping[str, Any], place: str) -> str:
    """A channel, `auto`, or several in the order in which they are tried, written with commas between them."""
    given = d.get("channel", "email")
    wanted = [str(one) for one in given] if isinstance(given, list) else str(given).split(",")
    wanted = [one.strip() for one in wanted]
    known = (*CHANNELS, *((ANY_CHANNEL,) if len(wanted) == 1 else ()))
    for one in wanted or [""]:
        if one not in known or wanted.count(one) > 1:
            raise BadJourney(place=place, fault=f"is “{one}”", expected="auto, or one or several of " + ", ".join(CHANNELS))
    return ",".join(wanted)


def one_of(d: Mapping[str, Any], name: str, place: str, choices: tuple[str, ...], default: str) -> str:
    value = d.get(name, default)
    if value not in choices:
        raise BadJourney(place=f"{place}.{name}", fault=f"is “{value}”", expected="one of " + ", ".join(choices))
    return str(value)


def duration(d: Mapping[str, Any], name: str, place: str, default: str | None = None) -> int:
    value = d.get(name, default)
    try:
        if value is None:
            raise durations.NotADuration(text="")
        return durations.seconds(value)
    except Refused as error:
        raise BadJourney(
            place=f"{place}.{name}", fault=f"is “{value}”" if value is not None else "is missing", expected="a duration such as 3d"
        ) from error
