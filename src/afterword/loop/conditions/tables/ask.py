"""Ask conditions of a whole table of moments: one row in, the same row out with a true or false column for each question.

One join brings every event that any question folds over; one group by answers them all; what is
read of orders, customers and the event at hand joins afterwards, as it was known at the moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import ibis

from afterword.kernel.shapes import wide_name

from ..types import INSTANT, Age, Agg, Among, Arith, Attr, Compare, Has, Lit, Logic, Node, Turn, walk
from .world import World, customers, orders, until

MINOR = 100
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
Column = Callable[[Attr | Agg], Any]


def ask(
    moments: Any,
    questions: Mapping[str, Node],
    world: World,
    *,
    moment: str,
    each: Sequence[str],
    event: str = "",
    turns: Mapping[str, Sequence[Turn]] | None = None,
    values: Mapping[str, Node] | None = None,
) -> Any:
    """Add a boolean column for each question.

    Args:
        moments: a table with `customer_id`, `order_id`, `run` (the id of the event at hand) and the moment; attributes that it
            brings along (`customer__country`) are not looked up.
        questions: column name → condition.
        moment: the name of the column that holds the moment; empty where all are asked at `until()`, each customer once.
        each: the columns, never null, that together tell one row from every other.
        event: the name of the event whose id is `run`, for conditions that read `event.…`.
        turns: column name → instants: the column is the first of them that lies after the moment.
        values: column name → node: the column is what the node is worth.
    """
    turns, values = turns or {}, values or {}
    nodes = [*questions.values(), *values.values(), *(t.of for each in turns.values() for t in each)]
    folds = list(dict.fromkeys(n for q in nodes for n in walk(q) if isinstance(n, Agg)))
    attrs = list(dict.fromkeys(n for q in nodes for n in walk(q) if isinstance(n, Attr)))
    keep = tuple(moments.columns)
    if folds:
        moments = _folded(moments, folds, world, moment, each) if moment else _folded_of_all(moments, folds, world)
    rows = _with_attributes(moments, attrs, world, moment, event)
    names: dict[Node, str] = {**{f: f"fold_{i}" for i, f in enumerate(folds)}, **{a: f"{a.owner}__{a.name}" for a in attrs}}

    def column(node: Attr | Agg) -> Any:
        return rows[names.get(node, f"{node.owner}__{node.name}" if isinstance(node, Attr) else "")]

    at = _at(rows, moment)
    answers = {name: truth(q, column, at, currency=_currency(rows)) for name, q in questions.items()}
    answers |= {name: _next(each, column, at) for name, each in turns.items()}
    answers |= {name: value(node.of if isinstance(node, Age) else node, column) for name, node in values.items()}
    return rows.select(*keep, **answers)


def _at(rows: Any, moment: str) -> Any:
    return rows[moment] if moment else until()


def _next(turns: Sequence[Turn], column: Column, at: Any) -> Any:
    """The first of these instants after the moment. What is true up to and with an instant turns a microsecond later."""
    soon = []
    for turn in turns:
        then = value(turn.of, column) + ibis.interval(seconds=turn.after)
        later = then + ibis.interval(microseconds=1)
        soon.append(ibis.cases((then > at, then), (later > at, later)))
    return ibis.least(*soon) if soon else ibis.null(INSTANT)


def _currency(rows: Any) -> Callable[[Attr], Any]:
    return lambda attr: rows[f"{attr.owner}__currency"]


def _folded(moments: Any, folds: list[Agg], world: World, moment: str, each: Sequence[str]) -> Any:
    """Only rows of which something was told are grouped, by what tells them apart; the others fold nothing.

    The join is full although a left one would say the same: PostgreSQL cannot make it a loop over loops, which it else does
    wherever it thinks that a step has few visits.
    """
    told = told_of([(f.event, f.where, f.prop) for f in folds], world.recalled)
    seen = [told.seen_from <= moments[moment], told.forgotten_at > moments[moment]]
    heard = moments.inner_join(told, [moments.customer_id == told.customer_id, *seen])
    order = moments.order_id if "order_id" in moments.columns else None
    answers = {f"fold_{n}": _fold(f, told, moments[moment], order) for n, f in enumerate(folds)}
    found = heard.group_by([moments[c] for c in each]).aggregate(**answers).view()
    joined = moments.outer_join(found, [moments[c] == found[c] for c in each])
    return joined.select(*[moments[c] for c in moments.columns], **_worth(found, folds)).view()


def _folded_of_all(moments: Any, folds: list[Agg], world: World) -> Any:
    """The same where the moment is one for all: each customer's events are folded first, and found by their customer afterwards."""
    told = told_of([(f.event, f.where, f.prop) for f in folds], world.recalled)
    told = told.filter(told.seen_from <= until(), told.forgotten_at > until(), _in_reach(told, folds))
    found = told.group_by("customer_id").aggregate(**{f"fold_{n}": _fold(f, told, until(), None) for n, f in enumerate(folds)}).view()
    joined = moments.left_join(found, moments.customer_id == found.customer_id)
    return joined.select(*[moments[c] for c in moments.columns], **_worth(found, folds)).view()


def _worth(found: Any, folds: list[Agg]) -> dict[str, Any]:
    """The folds' columns; where nothing was told, what is counted or added up is nothing and the rest is missing."""
    nothing: dict[str, Any] = {"count": 0, "ever": False, "sum": 0.0}
    named = [(f"fold_{n}", f) for n, f in enumerate(folds)]
    return {name: found[name].fill_null(nothing[f.fn]) if f.fn in nothing else found[name] for name, f in named}


def _in_reach(told: Any, folds: list[Agg]) -> Any:
    """Whether any fold can count an event at all: it is not older than the longest window over its name."""
    longest: dict[str, int | None] = {}
    for f in folds:
        known = longest.get(f.event, 0)
        longest[f.event] = None if known is None or f.last is None else max(known, f.last)
    reach = ibis.literal(False)
    for event, last in sorted(longest.items()):
        mine = told.name == event
        reach = reach | (mine if last is None else mine & (told.occurred_at > until() - ibis.interval(seconds=last)))
    return reach


def told_of(wanted: Iterable[tuple[str, Node | None, str]], events: Callable[[Iterable[tuple[str, str]]], Any]) -> Any:
    """All events of the wanted names, with the properties that conditions (or a fold) read of them.

    `events` is the world's `any` or `recalled`: what is told now, or what may be remembered.
    """
    wanted = list(wanted)
    reads = {(event, prop) for event, _, prop in wanted if prop and prop != "occurred_at"}
    reads |= {(event, n.name) for event, where, _ in wanted if where is not None for n in walk(where) if isinstance(n, Attr)}
    told = events(reads)
    return told.filter(told.name.isin(sorted({event for event, _, _ in wanted})))


def is_told(told: Any, event: str, where: Node | None) -> Any:
    """Whether a row is this event and fits this condition on its own properties."""
    mine = told.name == event
    return mine if where is None else mine & truth(where, lambda node: told[wide_name(event, _own(node))], None)


def _own(node: Attr | Agg) -> str:
    assert isinstance(node, Attr)
    return node.name


def of_event(events: Any) -> Column:
    """How a condition on an event's own properties finds its columns in the typed view."""
    return lambda node: events[_own(node)]


def _fold(f: Agg, told: Any, at: Any, order: Any) -> Any:
    where = is_told(told, f.event, f.where)
    if f.last is not None:
        where &= told.occurred_at > at - ibis.interval(seconds=f.last)
    if f.same == "order":
        where &= told.order_id == order
    value = _read(f, told)
    match f.fn:
        case "count":
            return told.id.count(where=where)
        case "ever":
            return told.id.count(where=where) > 0
        case "sum":
            return value.sum(where=where).fill_null(0.0)
        case "avg":
            return value.mean(where=where)
        case "min" | "max":
            return getattr(value, f.fn)(where=where)
        case _:
            pick = value.argmax if f.fn == "last" else value.argmin
            found = pick(told.known_at, where=where & value.notnull())
            return found == 1 if f.type == "bool" else found


def _read(f: Agg, told: Any) -> Any:
    """What is folded: text and instants as they are, numbers as doubles, true and false as 1 and 0."""
    if f.prop == "occurred_at":
        return told.occurred_at
    if not f.prop:
        return None
    column = told[wide_name(f.event, f.prop)]
    if f.type in ("text", "instant"):
        return column.cast("string") if f.type == "text" else column
    return ibis.cases((column, 1.0), (~column, 0.0)) if f.type == "bool" else column.cast("float64")


def _with_attributes(rows: Any, attrs: list[Attr], world: World, moment: str, event: str) -> Any:
    for owner in ("customer", "order", "event"):
        wanted = {a.name for a in attrs if a.owner == owner and f"{owner}__{a.name}" not in rows.columns}
        if wanted:
            rows = _joined(rows, owner, wanted, world, moment, event)
    return rows


def _joined(rows: Any, owner: str, wanted: set[str], world: World, moment: str, event: str) -> Any:
    if owner == "event":
        side = world.events(event).view()
        match = [rows.run == side.id]
        columns = {name: side[name] for name in wanted}
        if "currency" in side.columns:
            columns["currency"] = side.currency
    else:
        side = (customers() if owner == "customer" else orders()).view()
        key = f"{owner}_id"
        match = [rows[key] == side[key], side.known_from <= _at(rows, moment), _at(rows, moment) < side.known_to]
        columns = {name: side["total_base_minor" if name == "total" else name] for name in wanted}
        if "total" in wanted:
            columns |= {"currency": side.currency, "total_own": side.total_minor}
    return rows.left_join(side, match).select(*[rows[c] for c in rows.columns], **{f"{owner}__{n}": c for n, c in columns.items()}).view()


def truth(node: Node, column: Column, moment: Any, *, currency: Callable[[Attr], Any] | None = None) -> Any:
    """The condition as a boolean column that is never null. `column` gives the column of an attribute or fold."""
    match node:
        case Logic(op="not"):
            return ~truth(node.of[0], column, moment, currency=currency)
        case Logic():
            parts = [truth(n, column, moment, currency=currency) for n in node.of]
            whole = parts[0]
            for part in parts[1:]:
                whole = (whole & part) if node.op == "and" else (whole | part)
            return whole
        case Compare():
            return _compared(node, column, moment, currency).fill_null(False)
        case Among():
            return value(node.of, column).isin([_constant(v) for v in node.values]).fill_null(False)
        case Has():
            of = node.of
            return (value(of.of, column) if isinstance(of, Age) else value(of, column)).notnull()
        case _:
            return value(node, column).fill_null(False)


def _compared(node: Compare, column: Column, moment: Any, currency: Callable[[Attr], Any] | None) -> Any:
    left, right, op = node.left, node.right, node.op
    if isinstance(left, Lit) and not isinstance(right, Lit):
        left, right, op = right, left, FLIPPED[op]
    if isinstance(left, Age) and isinstance(right, Lit):
        return _relate(FLIPPED[op], value(left.of, column), moment - ibis.interval(seconds=int(right.value)))
    if isinstance(right, Lit) and right.currency and isinstance(left, Attr) and currency is not None:
        own = column(Attr("order", "total_own", "money")) if (left.owner, left.name) == ("order", "total") else column(left)
        return (currency(left) == right.currency) & _relate(op, own, value(right, column))
    return _relate(op, value(left, column), value(right, column))


def _relate(op: str, left: Any, right: Any) -> Any:
    match op:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "==":
            return left == right
        case _:
            return left != right


def _constant(node: Lit) -> Any:
    return round(node.value * MINOR) if node.type == "money" else node.value


def value(node: Node, column: Column) -> Any:
    """The value of a node as a column; missing is null."""
    match node:
        case Lit():
            return ibis.literal(_constant(node))
        case Attr() | Agg():
            return column(node)
        case Arith():
            left, right = value(node.left, column), value(node.right, column)
            if node.op == "/":
                return left.cast("float64") / right.nullif(0)
            return {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right}[node.op]()
        case _:
            return truth(node, column, None)
