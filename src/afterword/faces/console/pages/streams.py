"""The result of a backtest made ready to be drawn: streams between steps, messages a day, what was not sent and why.

Nodes are the steps; where a run ends or still waits stands a node of its own. Kinds: 1 sent, 2 kept back or held out, 3 on the way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from afterword.loop.journeys import door as journeys


@dataclass(frozen=True)
class Stream:
    """So many went from one place to another; `share` is their part of all that entered, in per cent."""

    source: str
    target: str
    count: int
    kind: int
    share: float

    @property
    def to(self) -> str:
        """Where it leads, in a list that names the source beside it."""
        return self.target.removeprefix(f"{self.source}: ")


@dataclass(frozen=True)
class Told:
    """A backtest in words and figures. `under_way`: so many had not come to an end when its time did."""

    entered: int
    under_way: int
    sent: int
    people: int
    nodes: list[tuple[str, int]]
    streams: list[Stream]
    days: list[tuple[date, int]]
    most: tuple[date, int] | None
    reasons: list[tuple[str, str, int]]
    waiting: int
    dropped: int
    per_person: list[tuple[int, int, float]]
    seconds: float

    @property
    def too_short(self) -> bool:
        """Whether so many are still under way that what comes late in the journey is hardly seen."""
        return self.under_way * 5 >= self.entered > 0

    def drawing(self) -> dict[str, Any]:
        """What the charts are drawn from, as JSON."""
        return {
            "nodes": [list(node) for node in self.nodes],
            "links": [[one.source, one.target, one.count, one.kind] for one in self.streams],
            "days": [[date_format(day, "j M"), count] for day, count in self.days],
            "people": [[n, count] for n, count, _share in self.per_person],
        }


def told(result: Mapping[str, Any], drawing: journeys.Drawing) -> Told:
    """A result (as `Backtest.plain` gives it) told for people."""
    verdicts = [(step, state, reason, count) for step, state, reason, count in result["verdicts"]]
    nodes, streams = _streams(result["flow"], verdicts, drawing, int(result["entered"]))
    days = _every_day([(date.fromisoformat(day), count) for day, count in result["per_day"]])
    people = [(int(n), int(count)) for n, count in result["per_person"]]
    most_people = max((count for _n, count in people), default=1)
    return Told(
        entered=int(result["entered"]), under_way=sum(count for _s, outcome, _f, count in result["flow"] if outcome is None),
        sent=sum(n * count for n, count in people), people=sum(count for _n, count in people), nodes=nodes,
        streams=streams, days=days, most=max(days, key=lambda day: day[1]) if days else None, reasons=_reasons(verdicts),
        waiting=sum(count for _s, state, _r, count in verdicts if state in ("hold", "planned")),
        dropped=sum(count for _s, state, _r, count in verdicts if state == "drop"),
        per_person=[(n, count, 100 * count / most_people) for n, count in people], seconds=sum(result["seconds"].values()),
    )  # fmt: skip


def _reasons(verdicts: list[tuple[str, str, str, int]]) -> list[tuple[str, str, int]]:
    """(reason, waiting or not sent, how many), the most frequent first."""
    found: Counter[tuple[str, str]] = Counter()
    for _step, state, reason, count in verdicts:
        if state in ("hold", "drop"):
            found[reason, "waiting" if state == "hold" else "not sent"] += count
    return [(reason, state, count) for (reason, state), count in found.most_common()]


def _streams(
    flow: list[list[Any]], verdicts: list[tuple[str, str, str, int]], drawing: journeys.Drawing, entered: int
) -> tuple[list[tuple[str, int]], list[Stream]]:
    names = _names(drawing)
    went: Counter[tuple[str, str, int]] = Counter()
    for step, outcome, following, count in flow:
        if step == journeys.TRIGGER:
            continue  # everybody who entered stands at the first step: a stream of its own would say nothing
        source = names.get(step, step)
        if following and following in names:
            went[source, names[following], _kind(drawing, following)] += count
        elif outcome is None:
            went[source, _("still waiting"), 3] += count
        elif drawing.steps.get(step) is not None and drawing.steps[step].kind == "send":
            continue
        elif drawing.steps.get(step) is not None and drawing.steps[step].kind != "exit":
            went[source, journeys.spoken_outcome(outcome), 2] += count
    ends = {"go": (_("sent"), 1), "drop": (_("not sent"), 2)}
    for step, state, _reason, count in verdicts:  # a run goes on whatever the guard says; where a sending is the end, it says how
        if step in drawing.steps and not any(following in names for following in drawing.steps[step].follows):
            target, kind = ends.get(state, (_("still waiting"), 3))
            went[names.get(step, step), target, kind] += count
    return _in_order(went, drawing, names, entered)


def _in_order(
    went: Counter[tuple[str, str, int]], drawing: journeys.Drawing, names: Mapping[str, str], entered: int
) -> tuple[list[tuple[str, int]], list[Stream]]:
    """Nodes in the order of the steps, ends after them; each end belongs to its step, so that streams do not cross."""
    place = {name: n for n, name in enumerate(names.values())}
    streams = [
        Stream(source, target if target in place else f"{source}: {target}", count, kind, 100 * count / entered if entered else 0)
        for (source, target, kind), count in went.items()
        if count
    ]
    streams.sort(key=lambda one: (place.get(one.source, 99), place.get(one.target, 99), -one.count))
    kinds = {names[key]: _kind(drawing, key) for key in names}
    used = dict.fromkeys([name for one in streams for name in (one.source, one.target)])
    kinds |= {one.target: one.kind for one in streams if one.target not in place}
    order = sorted(used, key=lambda name: place.get(name, 99))
    return [(name, kinds.get(name, 3)) for name in order], streams


def _kind(drawing: journeys.Drawing, key: str) -> int:
    return 1 if drawing.steps[key].kind == "send" else 3


def _names(drawing: journeys.Drawing) -> dict[str, str]:
    """Step → what it is called in the drawing; two steps of one name get their numbers, for a node is known by its name."""
    found: dict[str, str] = {}
    seen = Counter[str]()
    for key, step in drawing.steps.items():
        if key == journeys.TRIGGER or step.kind == "exit":
            continue
        seen[step.name] += 1
        found[key] = step.name if seen[step.name] == 1 else f"{step.name} ({seen[step.name]})"
    return found


def _every_day(days: list[tuple[date, int]]) -> list[tuple[date, int]]:
    """Days without a message are days too."""
    if not days:
        return []
    by_day = dict(days)
    first, last = min(by_day), max(by_day)
    return [(first + timedelta(days=n), by_day.get(first + timedelta(days=n), 0)) for n in range((last - first).days + 1)]
