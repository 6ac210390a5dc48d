"""What is different between two documents of a journey, step by step, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ..types import END, TRIGGER
from .drawing import Drawing, Drawn, spoken_outcome

Kind = Literal["new", "gone", "changed"]


@dataclass(frozen=True)
class Difference:
    """A step that is new, gone or changed: its name, its icon, and what is different about it."""

    kind: Kind
    key: str
    name: str
    icon: str
    details: tuple[str, ...] = ()


def differences(before: Drawing, after: Drawing) -> list[Difference]:
    """What became of each step, in the order of the later document; what is gone comes last."""
    found, others = [], renamed(before, after)
    for key, step in after.steps.items():
        old = before.steps.get(others.get(key, key))
        if old is None:
            found.append(Difference("new", key, step.name, step.icon, (step.label, *(f"{name}: {said}" for name, said in step.facts))))
        else:
            more = tuple(_whole(before, after)) if key == TRIGGER else ()
            details = (*_changed(old, step), *more, *_leads(before, after, old, step, others))
            if details:
                found.append(Difference("changed", key, step.name, step.icon, details))
    gone = [(key, old) for key, old in before.steps.items() if key not in after.steps and key not in others.values()]
    return found + [Difference("gone", key, old.name, old.icon) for key, old in gone]


def renamed(before: Drawing, after: Drawing) -> dict[str, str]:
    """New key → old key of the steps that have but another key: one of that kind and name came, and one went."""
    come = [(key, step) for key, step in after.steps.items() if key not in before.steps]
    gone = [(key, step) for key, step in before.steps.items() if key not in after.steps]
    found = {}
    for key, step in come:
        alike = [was for was, old in gone if (old.kind, old.name, old.message) == (step.kind, step.name, step.message)]
        if len(alike) == 1 and sum((one.kind, one.name, one.message) == (step.kind, step.name, step.message) for _, one in come) == 1:
            found[key] = alike[0]
    return found


def _changed(old: Drawn, new: Drawn) -> Iterator[str]:
    """Settings that say something else."""
    if old.key != new.key:
        yield f"its id is {new.key}, was {old.key}"
    if old.label != new.label:
        yield f"{old.label} → {new.label}"
    if old.name != new.name:
        yield f"called “{new.name}”, was “{old.name}”"
    if old.message != new.message:
        yield f"sends “{new.message.replace('_', ' ')}”, was “{old.message.replace('_', ' ')}”"
    facts, former = dict(new.facts), dict(old.facts)
    for name in dict.fromkeys([*former, *facts]):
        if former.get(name) != facts.get(name):
            yield f"{name}: {former.get(name) or '–'} → {facts.get(name) or '–'}"
    asks, asked = dict(new.asks), dict(old.asks)
    for name in dict.fromkeys([*asked, *asks]):
        if asked.get(name) != asks.get(name):
            yield f"{spoken_outcome(name)}: {asked.get(name) or '–'} → {asks.get(name) or '–'}"


def _leads(before: Drawing, after: Drawing, old: Drawn, new: Drawn, others: Mapping[str, str]) -> Iterator[str]:
    """Ways that lead elsewhere; a step with another key is no other step."""
    for outcome, target in new.ways.items():
        if outcome in old.ways and old.ways[outcome] != others.get(target or "", target):
            was, now = old.ways[outcome], target
            words = "then" if outcome in ("done", "entered") else f"on “{spoken_outcome(outcome)}”"
            yield f"{words} {_called(after, now)}, was {_called(before, was)}"


def _called(drawing: Drawing, key: str | None) -> str:
    step = drawing.steps.get(key or END)
    return f"“{step.name}”" if step else "the end"


def _whole(before: Drawing, after: Drawing) -> Iterator[str]:
    """What concerns the journey as a whole."""
    if before.name != after.name:
        yield f"the journey is called “{after.name}”, was “{before.name}”"
    if before.subject != after.subject:
        yield f"a run is about one {after.subject}, was {before.subject}"
    if before.exits != after.exits:
        yield f"ends everywhere on: {', '.join(after.exits) or '–'}; was: {', '.join(before.exits) or '–'}"
    if before.goal != after.goal:
        yield f"goal: {before.goal or '–'} → {after.goal or '–'}"
