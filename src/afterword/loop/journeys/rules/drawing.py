"""A journey's document as it is drawn: each step in words, its ways out, where each leads. Light: nothing is compiled for it.

A published document has been read with all care before (`rules.document`), so what is not understood here is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from afterword.kernel import durations
from afterword.kernel.errors import Refused
from afterword.kernel.marks import gettext_noop
from afterword.loop.channels.types import ANY_CHANNEL, CHANNELS
from afterword.loop.errands.types import Kind

from ..types import END, ENTERED, EXITED, TRIGGER

ICONS = {
    TRIGGER: "lightning", "wait": "hourglass-medium", "wait_for": "cursor-click", "branch": "arrows-split", "split": "arrows-split",
    "holdout": "hand-palm", "send": "paper-plane-tilt", "exit": "flag",
}  # fmt: skip
KINDS = {
    TRIGGER: gettext_noop("Trigger"),
    "wait": gettext_noop("Wait"),
    "wait_for": gettext_noop("Wait for"),
    "branch": gettext_noop("Branch"),
    "split": gettext_noop("Split"),
    "holdout": gettext_noop("Holdout"),
    "send": gettext_noop("Send"),
    "exit": gettext_noop("End"),
}
SHARED = ("id", "then", "title", "note")
QUIET = ("timed_out", "held_out")
ONCE = {
    "once": "once for each {subject}", "once_per_customer": "once for each customer", "every": "every time",
}  # fmt: skip
DATES = {
    "delivered": "delivery", "shipped": "shipping", "placed": "the order", "promised to": "the promised day",
    "promised from": "the first promised day", "runs out": "it runs out",
}  # fmt: skip
Facts = tuple[tuple[str, str], ...]
Spoken = tuple[str, str, Facts, tuple[str, ...]]  # label, name, facts, outcomes
_errands: Callable[[], Mapping[str, Kind]] = dict


@dataclass(frozen=True)
class Drawn:
    """A step as it is shown. `ways` says for each outcome which step follows (None: it ends); `facts` are its settings in words."""

    key: str
    kind: str
    icon: str
    label: str
    name: str
    ways: Mapping[str, str | None]
    facts: Facts = ()
    message: str = ""
    asks: tuple[tuple[str, str], ...] = ()

    @property
    def follows(self) -> tuple[str, ...]:
        """The steps that follow, each once, in the order of the outcomes."""
        return tuple(dict.fromkeys(key for key in self.ways.values() if key is not None))


@dataclass(frozen=True)
class Drawing:
    """A journey as it is shown: its steps by key, the trigger first, in the order in which they are written."""

    key: str
    name: str
    about: str
    subject: str
    steps: Mapping[str, Drawn]
    exits: tuple[str, ...]
    goal: str

    def called(self, key: str | None) -> str:
        """What a step is called among people; one of another version by its key."""
        step = self.steps.get(key or "")
        return step.name if step else (key or "").replace("_", " ")

    def messages(self) -> tuple[str, ...]:
        """The messages it may send."""
        return tuple(dict.fromkeys(step.message for step in self.steps.values() if step.message))


def drawn(document: Mapping[str, Any]) -> Drawing:
    """The drawing of a document in plain values."""
    items = [item for item in document.get("steps") or () if isinstance(item, Mapping) and item.get("id")]
    keys = [str(item["id"]) for item in items]
    steps = {TRIGGER: _trigger(document, keys[0] if keys else None)}
    for number, item in enumerate(items):
        following = keys[number + 1] if number + 1 < len(keys) else None
        step = _step(item, keys[number], following)
        if step is not None:
            steps[step.key] = step
    key = str(document.get("journey", ""))
    goal = document.get("goal")
    return Drawing(
        key=key, name=str(document.get("name") or key.replace("_", " ").capitalize()), about=str(document.get("about") or "").strip(),
        subject=str(document.get("subject", "order")), steps=steps, exits=tuple(_heard(one) for one in document.get("exit_on") or ()),
        goal=f"{_heard(goal)}, within {_length(goal.get('within', '30d'))}" if isinstance(goal, Mapping) else "",
    )  # fmt: skip


def spoken_event(name: str) -> str:
    """`order.delivered` → `order delivered`."""
    return name.replace(".", " ").replace("_", " ")


def spoken_outcome(outcome: str) -> str:
    """An outcome as people say it."""
    known = {
        ENTERED: "entered", EXITED: "left early", "timed_out": "time passed", "held_out": "held out", "in": "let in", "ended": "ended",
    }  # fmt: skip
    return known.get(outcome, outcome.replace("_", " "))


def _trigger(document: Mapping[str, Any], first: str | None) -> Drawn:
    given = document.get("trigger") or {}
    event, where = str(given.get("event", "")), str(given.get("where") or "").strip()
    rule, subject = given.get("reentry", "once"), str(document.get("subject", "order"))
    again = f"after {_length(rule.get('quiet'))} of quiet" if isinstance(rule, Mapping) else ONCE.get(str(rule), "").format(subject=subject)
    facts = [("Starts when", spoken_event(event)), ("Runs", again)]
    if given.get("max_age"):
        facts.append(("No use if older than", _length(given["max_age"])))
    asks = (("if", where),) if where else ()
    name = _sentence(spoken_event(event))
    return Drawn(TRIGGER, TRIGGER, ICONS[TRIGGER], KINDS[TRIGGER], name, {ENTERED: first}, tuple(facts), asks=asks)


def _step(item: Mapping[str, Any], key: str, following: str | None) -> Drawn | None:
    kinds = [kind for kind in item if kind not in SHARED]
    if len(kinds) != 1 or (spoken := _spoken(kinds[0], item[kinds[0]])) is None:
        return None
    kind, given = kinds[0], item[kinds[0]]
    icon, (label, words, facts, outcomes) = spoken
    asks = tuple((str(n), str(c)) for n, c in given.items()) if kind == "branch" and isinstance(given, Mapping) else ()
    message = str(given.get("message", "") if isinstance(given, Mapping) else given) if kind == "send" else ""
    return Drawn(
        key, kind, icon, label, str(item.get("title") or _sentence(words)), _ways(outcomes, item.get("then"), following),
        facts, message, asks,
    )  # fmt: skip


def _spoken(kind: str, given: Any) -> tuple[str, Spoken] | None:
    """The icon and the words of a kind of step, its own or registered by the room that carries it out."""
    if kind in SPEAK:
        return ICONS[kind], SPEAK[kind](given)
    errand = _errands().get(kind)
    if errand is None:
        return None
    words, facts = errand.speak(given)
    return errand.icon, (errand.title, words, facts, ("done",))


def ask_errands(ask: Callable[[], Mapping[str, Kind]]) -> None:
    """Where the registered kinds of errand are asked for, each time a journey is drawn."""
    global _errands
    _errands = ask


def _ways(outcomes: tuple[str, ...], then: Any, following: str | None) -> dict[str, str | None]:
    """Where each outcome leads, as `rules.document` reads it: a bare `then` is for all but running out of time and being held out."""
    if isinstance(then, Mapping):
        ways = {str(outcome): str(target) for outcome, target in then.items()}
    else:
        target = str(then) if then else following
        main = [o for o in outcomes if o not in QUIET] if len(outcomes) == 2 else list(outcomes)
        ways = dict.fromkeys(main, target) if target else {}
    return {outcome: None if ways.get(outcome) in (None, END) else ways[outcome] for outcome in outcomes}


# Each kind in words: label, name, facts, outcomes ---------------------------------------------------------------------------


def _wait(given: Any) -> Spoken:
    d = given if isinstance(given, Mapping) else {"for": given}
    facts: list[tuple[str, str]] = []
    if "until" in d:
        facts.append(("Until", _anchor(str(d["until"]))))
        facts.append(("Without a date, at most", _length(d.get("limit"))))
    elif d.get("for"):
        facts.append(("For", _length(d["for"])))
    if d.get("business_days"):
        by = f" by the holidays of {d['holidays']}" if d.get("holidays") else ""
        facts.append(("Then for", f"{d['business_days']} business day{'s' if d['business_days'] != 1 else ''}{by}"))
    if d.get("at"):
        facts.append(("Then until", f"{d['at']} in the customer’s own zone"))
    words = ", then ".join([facts[0][1] if facts else "", *([f"{d['at']} their time"] if d.get("at") and len(facts) > 1 else [])])
    return KINDS["wait"], words, tuple(facts), ("done", "timed_out") if "until" in d else ("done",)


def _wait_for(given: Any) -> Spoken:
    d = given if isinstance(given, Mapping) else {}
    events = [_heard(one) for one in d.get("any") or [d]]
    facts = [("Listens for", " or ".join(events)), ("At most", _length(d.get("within")))]
    if d.get("from"):
        facts.append(("Counted from", "when the message above went" if d["from"] == "sent" else f"when “{d['from']}” went"))
    if d.get("look_back"):
        facts.append(("Also counts what came", f"{_length(d['look_back'])} before"))
    return KINDS["wait_for"], f"{' or '.join(events)}, within {_length(d.get('within'))}", tuple(facts), ("happened", "timed_out")


def _branch(given: Any) -> Spoken:
    cases = tuple(str(name) for name in given) if isinstance(given, Mapping) else ()
    return KINDS["branch"], ", ".join(cases), (("Ways", ", ".join([*map(spoken_outcome, cases), "otherwise"])),), (*cases, "otherwise")


def _split(given: Any) -> Spoken:
    d = given if isinstance(given, Mapping) else {}
    arms = d.get("arms") or {name: share for name, share in d.items() if name not in ("by", "salt")}
    total = sum(arms.values()) or 1
    facts = tuple((spoken_outcome(str(name)), f"{share / total:.0%}") for name, share in arms.items())
    return KINDS["split"], ", ".join(f"{name} {share}" for name, share in facts), facts, tuple(str(name) for name in arms)


def _holdout(given: Any) -> Spoken:
    share = given.get("share") if isinstance(given, Mapping) else given
    said = f"{share:.0%}" if isinstance(share, int | float) else str(share)
    said = said.replace("%", "\u202f%")
    facts = (("Left alone", f"{said} of customers, drawn by lot"),)
    return f"{KINDS['holdout']}, {said}", "left alone, to compare", facts, ("in", "held_out")


def _channels(given: Any) -> str:
    wanted = [str(one) for one in given] if isinstance(given, list) else [one.strip() for one in str(given).split(",")]
    return ", then ".join("the customer's choice" if one == ANY_CHANNEL else CHANNELS.get(one, one) for one in wanted)


def _send(given: Any) -> Spoken:
    d = given if isinstance(given, Mapping) else {"message": given}
    drop = "the journey ends" if d.get("on_drop") == "end" else "the journey goes on"
    facts = (
        ("Channel", _channels(d.get("channel", "email"))),
        ("No use after", _length(d.get("useful_for", "3d"))), ("If it is not sent", drop),
    )  # fmt: skip
    return KINDS["send"], str(d.get("message", "")).replace("_", " "), facts, ("done",)


def _exit(given: Any) -> Spoken:
    reason = str(given.get("reason", "") if isinstance(given, Mapping) else given or "")
    return KINDS["exit"], reason or "ends", (), ()


SPEAK = {
    "wait": _wait, "wait_for": _wait_for, "branch": _branch, "split": _split, "holdout": _holdout, "send": _send, "exit": _exit,
}  # fmt: skip


def _heard(one: Any) -> str:
    return spoken_event(str(one.get("event", "")) if isinstance(one, Mapping) else str(one))


def _anchor(text: str) -> str:
    """`order.delivered_at + 3d` → `3 days after delivery`."""
    name, sign, offset = (*text.partition("+" if "+" in text else "-"),)
    noun = name.strip().removeprefix("order.").removeprefix("event.").removesuffix("_at").replace("_", " ")
    noun = DATES.get(noun, noun)
    return f"{_length(offset)} {'after' if sign == '+' else 'before'} {noun}" if sign else noun


def _length(given: Any) -> str:
    try:
        return durations.spoken(durations.seconds(given.strip() if isinstance(given, str) else given))
    except (Refused, TypeError):
        return str(given or "")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
