"""The steps of a journey changed in its text: put in, taken out, moved, set, renamed. Text in, text out; comments and order survive.

The graph is decided first: which step every outcome of every step shall lead to. Then the lines of the steps are put in an order in
which every edge points forward, and a `then` is written only where what stands there says something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.nodes import SequenceNode

from afterword.kernel.errors import Refused

from ..types import END, TRIGGER
from .drawing import QUIET, SHARED, drawn
from .renaming import arms_renamed, examples_renamed, lots_kept
from .sheet import MISSING, NotInPlace, assigned, composed, dash_line, found, last_line, written
from .yaml import loaded

Ways = dict[str, dict[str, str | None]]
STARTS: Mapping[str, Any] = {
    "wait": "1d", "wait_for": {"event": "message.clicked", "within": "3d"}, "branch": {"again": "count(order.placed) >= 2"},
    "split": {"a": 50, "b": 50}, "holdout": "10%", "exit": "",
}  # fmt: skip


class NoSuchStep(Refused):
    """There is no step “{key}”."""


class NotPossible(Refused):
    """{fault}."""


@dataclass(frozen=True)
class Edited:
    """A changed text, the step that one looks at next, and which steps went with the change."""

    text: str
    step: str = ""
    gone: tuple[str, ...] = field(default=())


def inserted(text: str, kind: str, value: Any, *, after: str, outcomes: Sequence[str] = ()) -> Edited:
    """A new step behind another one (or the trigger), on the way of these outcomes. What followed there follows the new one."""
    ways, order = _graph(text)
    target: str | None
    if after == TRIGGER:
        target = order[0] if order else None
    else:
        leaving = ways.get(after)
        if leaving is None or not outcomes or any(o not in leaving for o in outcomes):
            raise NoSuchStep(key=f"{after} {' '.join(outcomes)}".strip())
        target = leaving[outcomes[0]]
    key = free(kind, order)
    item = {"id": key, kind: value}
    leads = drawn({"steps": [item]}).steps.get(key)
    if leads is None:
        raise NotPossible(fault=f"“{kind}” cannot begin like that")
    if kind == "exit" and target is not None:
        target = None
    ways[key] = {o: None if o in QUIET and len(leads.ways) < 3 else target for o in leads.ways}
    for outcome in outcomes if after != TRIGGER else ():
        ways[after][outcome] = key
    near = after != TRIGGER and (target is None or len(ways[after]) == 1)
    at = 0 if after == TRIGGER else order.index(after) + 1 if near or target is None else order.index(target)
    new = [*order[:at], key, *order[at:]]
    gone = _unreached(ways, new, set()) if kind == "exit" else set()
    return _rewired(text, ways, [one for one in new if one not in gone], {key: item}, key, gone)


def removed(text: str, key: str) -> Edited:
    """Without a step: whatever led to it leads on by its first way. Steps that nothing leads to any more go with it."""
    ways, order = _graph(text)
    if key not in order:
        raise NoSuchStep(key=key)
    onward = next((t for o, t in ways[key].items() if o not in QUIET), None)
    lost_before = _unreached(ways, order, set())
    _redirect(ways, key, onward)
    del ways[key]
    order = [one for one in order if one != key]
    if onward and key == _graph(text)[1][0]:
        order = [onward, *(one for one in order if one != onward)]
    gone = _unreached(ways, order, lost_before)
    before = order.index(onward) if onward in order else len(order)
    chosen = onward or (order[before - 1] if order else TRIGGER)
    return _rewired(text, ways, [one for one in order if one not in gone], {}, chosen, {key} | gone)


def moved(text: str, key: str, *, earlier: bool) -> Edited:
    """A step one place earlier or later on its way; it changes places with its neighbour."""
    ways, order = _graph(text)
    if key not in order:
        raise NoSuchStep(key=key)
    if earlier:
        before = [one for one in order if key in ways[one].values()]
        if not before:
            raise NotPossible(fault="It is the first step already")
        upper, lower = before[-1], key
    else:
        upper, below = key, next((t for t in ways[key].values() if t), None)
        if below is None:
            raise NotPossible(fault="It is the last step of its way already")
        lower = below
    if len({t for t in ways[lower].values() if t}) > 1:
        raise NotPossible(fault="A step from which several ways go on cannot change places with the one above it")
    _exchanged(ways, order, upper, lower)
    return _rewired(text, ways, order, {}, key, set())


def _exchanged(ways: Ways, order: list[str], upper: str, lower: str) -> None:
    """Lower before upper: what led to the upper leads to the lower, the lower leads to the upper, and the upper on."""
    on = next((t for t in ways[lower].values() if t), None)
    first = order[0]
    leads_on = [o for o, t in ways[lower].items() if t] or [o for o in ways[lower] if o not in QUIET]
    if not leads_on:
        raise NotPossible(fault="Nothing can follow an end")
    for one, leaving in ways.items():
        if one not in (upper, lower):
            for outcome, target in leaving.items():
                if target == upper:
                    leaving[outcome] = lower
    for outcome, target in ways[upper].items():
        if target == lower:
            ways[upper][outcome] = on
    for outcome in leads_on:
        ways[lower][outcome] = upper
    order.remove(lower)
    order.insert(order.index(upper), lower)
    if first == upper:
        order.remove(lower)
        order.insert(0, lower)


def led(text: str, key: str, outcome: str, target: str) -> Edited:
    """Another step (or the end) behind an outcome."""
    ways, order = _graph(text)
    if key not in order or outcome not in ways[key] or (target != END and target not in order):
        raise NoSuchStep(key=f"{key} {outcome} {target}")
    if target != END and key in _reached(ways, target):
        raise NotPossible(fault=f"“{target}” comes before “{key}”: journeys have no loops")
    ways[key][outcome] = None if target == END else target
    gone = _unreached(ways, order, _unreached(_graph(text)[0], order, set()))
    return _rewired(text, ways, [one for one in order if one not in gone], {}, key, gone)


def renamed(text: str, key: str, new: str) -> Edited:
    """A step under another id, with everything that names it; whoever gets which arm of it still does."""
    ways, order = _graph(text)
    if key not in order:
        raise NoSuchStep(key=key)
    if new in (*order, TRIGGER, END):
        raise NotPossible(fault=f"There is a step “{new}” already" if new in order else f"“{new}” cannot be the id of a step")
    before = loaded(text)
    for item in before["steps"]:
        name = item["id"]
        then, kind = item.get("then"), next((k for k in item if k not in SHARED), "")
        if then == key:
            text = assigned(text, ["steps", name, "then"], new)
        elif isinstance(then, dict):
            for outcome in [o for o, t in then.items() if t == key]:
                text = assigned(text, ["steps", name, "then", outcome], new)
        if isinstance(item.get(kind), dict) and item[kind].get("from") == key:
            text = assigned(text, ["steps", name, kind, "from"], new)
    text = assigned(text, ["steps", order.index(key), "id"], new)
    text = examples_renamed(lots_kept(text, key, new), key, new)
    return Edited(
        _as_meant(text, {new if k == key else k: {o: new if t == key else t for o, t in w.items()} for k, w in ways.items()}), new
    )


def set_step(text: str, key: str, kind: str, value: Any, *, renames: Mapping[str, str] | None = None) -> Edited:
    """Other settings of a step. Outcomes that have another name now keep where they lead; new ones lead where the others do."""
    ways, order = _graph(text, whole=False)
    if found(composed(text), ["steps", key]) is None:
        raise NoSuchStep(key=key)
    if key not in ways:
        return Edited(assigned(text, ["steps", key, kind], value, ordered=kind == "branch"), key)
    lost_before = _unreached(ways, order, set())
    before = {(renames or {}).get(o, o): t for o, t in ways[key].items()}
    text = assigned(text, ["steps", key, kind], value, ordered=kind == "branch")
    text = arms_renamed(text, key, dict(renames or {}))
    now = drawn(loaded(text)).steps.get(key)
    if now is None:
        return Edited(text, key)
    main = next((t for o, t in before.items() if o not in QUIET), None)
    ways[key] = {o: before.get(o, None if o in QUIET else main) for o in now.ways}
    gone = _unreached(ways, order, lost_before)
    return _rewired(text, ways, [one for one in order if one not in gone], {}, key, gone)


def set_value(text: str, path: Sequence[str | int], value: Any) -> str:
    """Any other part of the document: its name, the trigger, what ends it, the title of a step. An empty value is taken away."""
    return assigned(text, path, MISSING if value in ("", None, [], {}) else value)


def free(wanted: str, taken: Sequence[str]) -> str:
    """An id that no step has."""
    return wanted if wanted not in (*taken, TRIGGER, END) else next(n for i in range(2, 10_000) if (n := f"{wanted}_{i}") not in taken)


# The graph ------------------------------------------------------------------------------------------------------------------


def _graph(text: str, *, whole: bool = True) -> tuple[Ways, list[str]]:
    """Where every outcome leads, and the order of the steps."""
    document = loaded(text)
    items = (document.get("steps") if isinstance(document, dict) else None) or []
    if not isinstance(items, list) or any(not isinstance(one, dict) or not isinstance(one.get("id"), str) for one in items):
        raise NotInPlace(fault="a step has no id")
    order = [one["id"] for one in items]
    ways: Ways = {key: dict(step.ways) for key, step in drawn(document).steps.items() if key != TRIGGER}
    if len(set(order)) < len(order) or (whole and set(ways) != set(order)):
        raise NotInPlace(fault="not every step can be read")
    return ways, order


def _redirect(ways: Ways, key: str, to: str | None) -> None:
    for leaving in ways.values():
        for outcome, target in leaving.items():
            if target == key:
                leaving[outcome] = to


def _reached(ways: Ways, start: str | None) -> set[str]:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        one = ahead.pop()
        if one is not None and one not in seen:
            seen.add(one)
            ahead += ways.get(one, {}).values()
    return seen


def _unreached(ways: Ways, order: Sequence[str], but: set[str]) -> set[str]:
    return set(order) - _reached(ways, order[0] if order else None) - but


def _forward(ways: Ways, order: Sequence[str]) -> list[str]:
    """An order in which every edge points forward, as near to the given one as there is; the first stays first."""
    left, out = list(order), list[str]()
    while left:
        ahead = {t for one in left for t in ways.get(one, {}).values()}
        one = next((one for one in left if one not in ahead), None)
        if one is None:
            raise NotPossible(fault="Journeys have no loops")
        out.append(one)
        left.remove(one)
    return out


# The text -------------------------------------------------------------------------------------------------------------------


def _rewired(text: str, ways: Ways, order: list[str], new: Mapping[str, Any], chosen: str, gone: set[str]) -> Edited:
    """The text in which the steps stand in this order and lead where they shall."""
    ways = {key: {o: t if t in order else None for o, t in leaving.items()} for key, leaving in ways.items() if key in order}
    order = _forward(ways, order)
    text = _ordered(text, order, new)
    document = loaded(text)
    for place, item in enumerate(document.get("steps") or []):
        following = order[place + 1] if place + 1 < len(order) else None
        then = _then(item, ways.get(item["id"], {}), following)
        if then is not item:
            text = assigned(text, ["steps", item["id"], "then"], then)
    return Edited(_as_meant(text, ways), chosen, tuple(sorted(gone)))


def _then(item: Mapping[str, Any], meant: Mapping[str, str | None], following: str | None) -> Any:
    """What to write under `then`: the item itself where it may stay, `MISSING` for nothing."""
    if not meant:
        return MISSING if "then" in item and item["then"] != END else item
    given = item.get("then", MISSING)
    targets = [t or END for t in dict.fromkeys(meant.values())]
    whole = {o: t for o, t in meant.items() if t is not None} or END
    tried: list[Any] = [given, *([whole] if isinstance(given, dict) else []), MISSING, *targets, END, whole]
    for then in tried:
        if _leads({**{k: v for k, v in item.items() if k != "then"}, **({} if then is MISSING else {"then": then})}, following) == meant:
            return item if then is given else then
    return whole


def _leads(item: Mapping[str, Any], following: str | None) -> Mapping[str, str | None]:
    more = [{"id": following, "exit": ""}] if following else []
    step = drawn({"steps": [item, *more]}).steps.get(str(item["id"]))
    return step.ways if step else {}


def _ordered(text: str, order: list[str], new: Mapping[str, Any]) -> str:
    """The steps of the text in this order: each with the comment lines right above it, new ones written, those not named left out."""
    node = found(composed(text), ["steps"])
    if not isinstance(node, SequenceNode) or node.flow_style or not node.value or not order:
        there = {one["id"]: one for one in (loaded(text).get("steps") or [])}
        return assigned(text, ["steps"], [new.get(key, there.get(key)) for key in order])
    lines = text.split("\n")
    first = dash_line(lines, node.value[0])
    margin = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    while lines[first - 1].lstrip().startswith("#") and lines[first - 1].startswith(margin):
        first -= 1
    gaps, blocks, heads, begin = list[list[str]](), dict[str, list[str]](), dict[str, list[str]](), first
    for item in node.value:
        dash, last = dash_line(lines, item), last_line(lines, item)
        head = dash
        while head > begin and lines[head - 1].lstrip().startswith("#"):
            head -= 1
        key = next(value.value for name, value in item.value if name.value == "id")
        gaps.append(lines[begin:head])
        heads[key], blocks[key] = lines[head:dash], lines[dash : last + 1]
        begin = last + 1
    stay = [key for key in blocks if key in order]
    if not new and stay == order and len(stay) == len(blocks):
        return text
    apart = [""] if 2 * sum(bool(gap) and not gap[-1].strip() for gap in gaps[1:]) > len(gaps) - 1 else []
    out = _laid(order, new, blocks, heads, gaps, apart, margin)
    return "\n".join([*lines[:first], *out, *lines[begin:]])


def _laid(
    order: list[str], new: Mapping[str, Any], blocks: Mapping[str, list[str]], heads: Mapping[str, list[str]], gaps: list[list[str]],
    apart: list[str], margin: str,
) -> list[str]:  # fmt: skip
    """The lines of the steps. What stands between two steps stays at its place in the list; what stood above one that is gone stays too."""
    slots, left = list[list[str]](), list[str]()
    for gap, old in zip(gaps, blocks, strict=True):
        if old in order:
            slots.append([*left, *gap])
            left = []
        else:
            left += [*(line for line in gap if line.strip()), *heads[old]]
    out: list[str] = []
    for place, key in enumerate(order):
        if key in new:
            out += [*(apart if place else []), *(margin + line for line in written([new[key]]))]
        else:
            out += [*slots.pop(0), *heads[key], *blocks[key]]
    return out + left


def _as_meant(text: str, ways: Ways) -> str:
    """The text, if it reads back as what was meant; else a refusal, and nothing is changed."""
    steps = drawn(loaded(text)).steps
    if {key: dict(step.ways) for key, step in steps.items() if key != TRIGGER and key in ways} != ways:
        raise NotInPlace(fault="the ways would not be as they should")
    return text
