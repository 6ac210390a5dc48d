"""Conditions that can never be true, or always are: found by reckoning with what values a thing can have at all.

Only comparisons with constants are looked at, so whatever is said here is certain; much that is impossible is not noticed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, inf
from typing import NamedTuple, TypeAlias

from afterword.kernel.shapes import Vocabulary, props

from ..types import Age, Agg, Among, Attr, Compare, Lit, Logic, Node, walk
from .text import text_of

# What no definition says: the ends of scales.
SCALES = {("survey.answered", "score"): (0.0, 10.0), ("review.submitted", "rating"): (1.0, 5.0)}
WORDS = {
    ("order", "status"): ("placed", "paid", "shipped", "delivered", "cancelled", "refunded"),
    ("order", "product_life"): ("consumable", "durable", "experience"),
}  # fmt: skip
AHEAD = ("promised_from", "promised_to", "runs_out_at")  # dates that may lie in the future, so that their age is negative
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


class Verdict(NamedTuple):
    """Whether a condition can be true, and whether it can be false; `why` is the part that decides."""

    can_be_true: bool
    can_be_false: bool
    why: str = ""


@dataclass(frozen=True)
class Numbers:
    """A set of numbers: spans (low, whether it belongs, high, whether it belongs)."""

    spans: tuple[tuple[float, bool, float, bool], ...] = ((-inf, True, inf, True),)

    def meet(self, other: Numbers) -> Numbers:
        found = []
        for a, a_in, b, b_in in self.spans:
            for c, c_in, d, d_in in other.spans:
                low, low_in = max((a, not a_in), (c, not c_in))
                high, high_in = min((b, b_in), (d, d_in))
                if low < high or (low == high and not low_in and high_in):
                    found.append((low, not low_in, high, high_in))
        return Numbers(tuple(found))

    @property
    def empty(self) -> bool:
        return not self.spans


@dataclass(frozen=True)
class Words:
    """A set of words, or of all words but some."""

    of: frozenset[object] = frozenset()
    but: bool = True

    def meet(self, other: Words) -> Words:
        if self.but and other.but:
            return Words(self.of | other.of)
        if self.but or other.but:
            kept, without = (other, self) if self.but else (self, other)
            return Words(kept.of - without.of, but=False)
        return Words(self.of & other.of, but=False)

    @property
    def empty(self) -> bool:
        return not self.but and not self.of


Values: TypeAlias = Numbers | Words


@dataclass(frozen=True)
class Atom:
    """A comparison with a constant: which thing, the values with which it is true and false, and whether it may be missing."""

    of: Node
    true: Values
    false: Values
    may_lack: bool


def judged(node: Node, vocabulary: Vocabulary, event: str) -> Verdict:
    """Whether a condition can be true and can be false, as far as can be told. `event` is the event at hand."""
    atom = _atom(node, vocabulary, event)
    if atom is not None:
        return Verdict(not atom.true.empty, atom.may_lack or not atom.false.empty, text_of(node))
    if isinstance(node, Logic) and node.op == "not":
        inner = judged(node.of[0], vocabulary, event)
        return Verdict(inner.can_be_false, inner.can_be_true, text_of(node))
    if isinstance(node, Logic):
        return _many(node, vocabulary, event)
    return Verdict(True, True)


def _many(node: Logic, vocabulary: Vocabulary, event: str) -> Verdict:
    """`and`: false as soon as one part is, or two parts about one thing exclude each other. `or`: the same, the other way round."""
    whole = node.op == "and"
    parts = [judged(part, vocabulary, event) for part in node.of]
    stuck = next((p for p in parts if not (p.can_be_true if whole else p.can_be_false)), None)
    clash = "" if stuck else _clash(node.of, vocabulary, event, whole=whole)
    decided = stuck is not None or bool(clash)
    why = stuck.why if stuck else clash or text_of(node)
    if whole:
        return Verdict(not decided, decided or any(p.can_be_false for p in parts), why)
    return Verdict(decided or any(p.can_be_true for p in parts), not decided, why)


def _clash(parts: Sequence[Node], vocabulary: Vocabulary, event: str, *, whole: bool) -> str:
    """The parts about one thing that leave it no value: none with which all are true (`and`), or none with which all are false (`or`)."""
    denied = next((part for part in parts if Logic("not", (part,)) in parts), None)
    if denied is not None:
        return f"{text_of(denied)} {'and' if whole else 'or'} not {text_of(denied)}"
    left: dict[Node, tuple[Values, list[str]]] = {}
    for part in parts:
        atom = _atom(part, vocabulary, event)
        if atom is None or (atom.may_lack and not whole):
            continue
        values = atom.true if whole else atom.false
        before, texts = left.get(atom.of, (values, []))
        left[atom.of] = (_met(before, values), [*texts, text_of(part)])
        if left[atom.of][0].empty:
            return f" {'and' if whole else 'or'} ".join(left[atom.of][1])
    return ""


def _met(one: Values, other: Values) -> Values:
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        return one.meet(other)
    return one.meet(other) if isinstance(one, Words) and isinstance(other, Words) else one


# One comparison -----------------------------------------------------------------------------------------------------------


def _atom(node: Node, vocabulary: Vocabulary, event: str) -> Atom | None:
    match node:
        case Compare(left=Lit(), right=right) if not isinstance(right, Lit):
            return _atom(Compare(FLIPPED[node.op], right, node.left), vocabulary, event)
        case Compare(right=Lit() as lit) if not isinstance(node.left, Lit) and not lit.currency:
            return _compared(node.op, node.left, lit, vocabulary, event)
        case Among(of=of) if of.type in ("text", "number"):
            listed: Values = (
                Words(frozenset(v.value for v in node.values), but=False) if of.type == "text"
                else Numbers(tuple((float(v.value), True, float(v.value), True) for v in node.values))
            )  # fmt: skip
            domain = _domain(of, vocabulary, event)
            # Of the numbers only what is listed is known exactly; what is not listed is taken to be possible.
            rest = domain.meet(Words(listed.of)) if isinstance(listed, Words) and isinstance(domain, Words) else domain
            return Atom(of, _met(domain, listed), rest, _may_lack(of))
        case Attr() | Agg() if node.type == "bool":
            return Atom(node, Words(frozenset({True}), but=False), Words(frozenset({False}), but=False), _may_lack(node))
        case Logic(op="not") if (inner := _atom(node.of[0], vocabulary, event)) is not None and not inner.may_lack:
            return Atom(inner.of, inner.false, inner.true, False)
    return None


def _compared(op: str, of: Node, lit: Lit, vocabulary: Vocabulary, event: str) -> Atom | None:
    domain = _domain(of, vocabulary, event)
    if isinstance(domain, Words):
        if op not in ("==", "!="):
            return None
        same, other = Words(frozenset({lit.value}), but=False), Words(frozenset({lit.value}))
        true, false = (same, other) if op == "==" else (other, same)
        return Atom(of, domain.meet(true), domain.meet(false), _may_lack(of))
    if isinstance(lit.value, bool) or not isinstance(lit.value, int | float):
        return None
    true_n, false_n = _sides(op, float(lit.value), whole=_whole(of))
    return Atom(of, domain.meet(true_n), domain.meet(false_n), _may_lack(of))


def _sides(op: str, n: float, *, whole: bool) -> tuple[Numbers, Numbers]:
    """The numbers with which `x op n` is true, and those with which it is false. Of whole numbers, `> 3` is `>= 4`."""
    below, above = Numbers(((-inf, True, n, False),)), Numbers(((n, False, inf, True),))
    if whole:
        below = Numbers(((-inf, True, n - 1 if n == floor(n) else float(floor(n)), True),))
        above = Numbers(((floor(n) + 1.0, True, inf, True),))
    at = Numbers(((n, True, n, True),)) if not whole or n == floor(n) else Numbers(())
    up_to, from_on, others = Numbers((*below.spans, *at.spans)), Numbers((*at.spans, *above.spans)), Numbers((*below.spans, *above.spans))
    return {
        "<": (below, from_on), "<=": (up_to, above), ">": (above, up_to), ">=": (from_on, below), "==": (at, others), "!=": (others, at),
    }[op]  # fmt: skip


def _domain(of: Node, vocabulary: Vocabulary, event: str) -> Values:
    """Every value that a thing can have."""
    if of.type == "bool":
        return Words(frozenset({True, False}), but=False)
    name, prop = (of.event, of.prop) if isinstance(of, Agg) else (event, of.name) if isinstance(of, Attr) else ("", "")
    if of.type == "text":
        words = WORDS.get((of.owner, of.name)) if isinstance(of, Attr) and of.owner != "event" else _choices(vocabulary, name, prop)
        return Words(frozenset(words), but=False) if words else Words()
    if isinstance(of, Agg) and of.fn == "count":
        return Numbers(((0.0, True, inf, True),))
    if isinstance(of, Agg) and of.fn not in ("last", "first", "min", "max", "avg"):
        return Numbers()
    if isinstance(of, Age):
        ahead = isinstance(of.of, Attr) and of.of.name in AHEAD
        return Numbers() if ahead else Numbers(((0.0, True, inf, True),))
    low, high = SCALES.get((name, prop), (-inf, inf)) if not isinstance(of, Attr) or of.owner == "event" else (-inf, inf)
    if isinstance(of, Attr) and (of.owner, of.name) in (("order", "items"), ("order", "total")):
        low = 0.0
    return Numbers(((low, True, high, True),))


def _choices(vocabulary: Vocabulary, event: str, prop: str) -> tuple[str, ...]:
    found = next((p for p in props(vocabulary.definition(event)) if p.name == prop), None) if event in vocabulary else None
    return found.choices if found else ()


def _whole(of: Node) -> bool:
    return (isinstance(of, Agg) and of.fn == "count") or (isinstance(of, Attr) and (of.owner, of.name) == ("order", "items"))


def _may_lack(of: Node) -> bool:
    """Whether there may be no value at all, with which every comparison is false."""
    return not (isinstance(of, Agg) and of.fn in ("count", "ever", "sum"))


# A whole condition --------------------------------------------------------------------------------------------------------


def oddities(node: Node, vocabulary: Vocabulary, event: str) -> Iterator[tuple[bool, bool, str]]:
    """What is odd about a condition: (whether it is never true rather than always, whether all of it, the part that says so)."""
    verdict = judged(node, vocabulary, event)
    if not verdict.can_be_true or not verdict.can_be_false:
        yield not verdict.can_be_true, True, verdict.why
        return
    for part in walk(node):
        if isinstance(part, Logic) and part.op != "not":
            for inner in part.of:
                found = judged(inner, vocabulary, event)
                if not found.can_be_true or not found.can_be_false:
                    yield not found.can_be_true, False, found.why
        if isinstance(part, Agg) and part.where is not None:
            yield from ((never, False, why) for never, _, why in oddities(part.where, vocabulary, part.event))
