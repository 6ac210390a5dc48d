"""Expressions of Liquid as expressions of Python; filters, one line each."""

from __future__ import annotations

from typing import Any

from liquid import Environment, Expression
from liquid.builtin.expressions import FilteredExpression, Path, StringLiteral, TernaryFilteredExpression
from liquid.builtin.expressions.filtered import Filter
from liquid.builtin.expressions.logical import (
    BooleanExpression,
    ContainsExpression,
    EqExpression,
    GeExpression,
    GtExpression,
    LeExpression,
    LogicalAndExpression,
    LogicalNotExpression,
    LogicalOrExpression,
    LtExpression,
    NeExpression,
)
from liquid.builtin.expressions.primitive import (
    Blank,
    Empty,
    FalseLiteral,
    FloatLiteral,
    IntegerLiteral,
    Nil,
    RangeLiteral,
    TrueLiteral,
)
from liquid.context import _segments_str
from markupsafe import Markup

from .code import Code, Mark
from .names import FORLOOP, Names, NeedsContext, reads_of


class Expressions:
    """Writes expressions. What it does not know, python-liquid evaluates against its context."""

    def __init__(self, code: Code, names: Names, env: Environment, context: bool) -> None:
        self.code, self.names, self.env, self.context = code, names, env, context
        self.held = 0  # results that wait to be written; their variables are used again afterwards

    # -- values ---------------------------------------------------------------------------------------------------------

    def value(self, one: Expression) -> str:
        """A primitive as an expression of Python."""
        kind = type(one)
        if kind is Path:
            return self.path(one)  # type: ignore[arg-type]
        if kind is StringLiteral:
            text = one.value  # type: ignore[attr-defined]
            return self.code.constant(Markup(text) if self.env.autoescape else text)
        if kind in (IntegerLiteral, FloatLiteral):
            return self.code.constant(one.value)  # type: ignore[attr-defined]
        if kind in (Nil, TrueLiteral, FalseLiteral):
            return {Nil: "None", TrueLiteral: "True", FalseLiteral: "False"}[kind]
        if kind in (Empty, Blank):
            return self.code.constant(one)
        if kind is RangeLiteral:
            return f"SPAN({self.value(one.start)}, {self.value(one.stop)})"  # type: ignore[attr-defined]
        if kind is BooleanExpression:
            return self.truth(one)
        return self.foreign(one)

    def foreign(self, one: Expression) -> str:
        if not self.context:
            raise NeedsContext
        return f"{self.code.constant(one)}.evaluate(ctx)"

    def path(self, one: Path) -> str:
        """What stands at a path: step by step, a dict first, for a dict is what it nearly always is."""
        head = one.path[0]
        if not isinstance(head, str):
            return self.foreign(one)
        keys = [key for key in one.path[1:] if isinstance(key, str)]
        if not self.names.lenient or len(keys) < len(one.path) - 1:
            rest = "".join(f", {self.segment(key)}" for key in one.path[1:])
            return f"PATH({self.names.root(head)}, ({self.code.constant(head)}{rest},), {self.code.constant(one.token)})"
        bound = self.names.bound(head)
        if bound and bound.turns and keys and keys[0] in FORLOOP:
            value, start = FORLOOP[keys[0]].format(bound.variable, bound.turns), 1
        else:
            value, start = self.names.root(head), 0
        for n in range(start, len(keys)):
            hint = f"{_segments_str([head, *keys[: n + 1]])} is undefined"
            value = self.step(value, keys[n], self.names.undefined(head, hint, one.token))
        return value

    def step(self, value: str, key: str, otherwise: str) -> str:
        name = self.code.constant(key)
        if key == "size":
            return f"(len(t) if type(t := {value}) is list else ITEM(t, {name}, {otherwise}))"
        if key in ("first", "last"):
            return f"ITEM({value}, {name}, {otherwise})"
        return f"(t.get({name}, {otherwise}) if type(t := {value}) is dict else ITEM(t, {name}, {otherwise}))"

    def segment(self, key: str | int | Path) -> str:
        return self.path(key) if isinstance(key, Path) else self.code.constant(key)

    # -- truth ----------------------------------------------------------------------------------------------------------

    def truth(self, one: Expression) -> str:
        """Whether Liquid holds an expression for true, as an expression of Python that is a bool."""
        if isinstance(one, BooleanExpression):
            return self.truth(one.expression)
        if isinstance(one, LogicalNotExpression):
            return f"(not {self.truth(one.right)})"
        if isinstance(one, LogicalAndExpression | LogicalOrExpression):
            word = "and" if isinstance(one, LogicalAndExpression) else "or"
            return f"({self.truth(one.left)} {word} {self.truth(one.right)})"
        if isinstance(one, EqExpression | NeExpression):
            equal = self.equal(one.left, one.right)
            return equal if isinstance(one, EqExpression) else f"(not {equal})"
        if isinstance(one, LtExpression | GtExpression):
            left, right = (one.left, one.right) if isinstance(one, LtExpression) else (one.right, one.left)
            return f"LESS({self.code.constant(one.token)}, {self.value(left)}, {self.value(right)})"
        if isinstance(one, LeExpression | GeExpression):
            word = "UPTO" if isinstance(one, LeExpression) else "FROM"
            return f"{word}({self.value(one.left)}, {self.value(one.right)})"
        if isinstance(one, ContainsExpression):
            return f"CONTAINS({self.code.constant(one.token)}, {self.value(one.left)}, {self.value(one.right)})"
        if isinstance(one, Path):
            return f"(type(v := {self.value(one)}) in PLAIN or TRUTH(v))"
        return f"TRUTH({self.value(one)})"

    def equal(self, left: Expression, right: Expression) -> str:
        """`==`. Against a text, and against what is blank, the usual case is answered at its place."""
        one, other = self.value(left), self.value(right)
        if isinstance(right, StringLiteral):
            return f"(v == {other} if type(v := {one}) in PLAIN else EQUAL(v, {other}))"
        if type(right) is Blank:
            return f"((not v or v.isspace()) if type(v := {one}) is str else EQUAL(v, {other}))"
        if type(right) in (IntegerLiteral, FloatLiteral):
            return f"(v == {other} if type(v := {one}) is int else EQUAL(v, {other}))"
        return f"EQUAL({one}, {other})"

    # -- filters --------------------------------------------------------------------------------------------------------

    def filtered(self, one: Expression) -> str:
        """An expression with its filters: lines that work it out, and the expression that holds the result."""
        if type(one) is FilteredExpression:
            return self._through(self.value(one.left), one.filters)
        if type(one) is TernaryFilteredExpression:
            return self._either(one)
        return self.value(one)

    def _through(self, value: str, filters: list[Filter] | None) -> str:
        if not filters:
            return value
        held = self._hold()
        self.code.line(f"{held} = {value}")
        for filter_ in filters:
            self._filter(held, filter_)
        return held

    def _hold(self) -> str:
        self.held += 1
        return f"x{self.held}"

    def _either(self, one: TernaryFilteredExpression) -> str:
        held = self._hold()
        with self.code.under(f"if {self.truth(one.condition)}:"):
            self.code.line(f"{held} = {self.filtered(one.left)}")
        with self.code.under("else:"):
            if one.alternative:
                self.code.line(f"{held} = {self._through(self.value(one.alternative), one.filters)}")
            else:
                self.code.line(f"{held} = None")
        for filter_ in one.tail_filters or ():
            self._filter(held, filter_)
        return held

    def _filter(self, held: str, one: Filter) -> None:
        if (function := self.env.filters.get(one.name)) is None:
            if self.env.strict_filters:
                self.code.line(f"NO_FILTER({held}, {self.code.constant(one.name)}, {self.code.constant(one.token)})")
            return
        mark = Mark(self.code.node, one.name, one.token)
        self.code.line(f"{held} = {self.code.constant(function)}({', '.join([held, *self._arguments(one, function)])})", mark)

    def _arguments(self, one: Filter, function: Any) -> list[str]:
        given, named = [], []
        for arg in one.args:
            name = getattr(arg, "name", None)
            if name is None:
                given.append(self.value(arg.value))
            else:
                named.append(f"{self.code.constant(str(name))}: {self.value(arg.value)}")
        if getattr(function, "with_context", False):
            reads = reads_of(function)
            if reads is None and not self.context:
                raise NeedsContext
            named.append(f"{self.code.constant('context')}: {self.names.here(reads or ())}")
        if getattr(function, "with_environment", False):
            named.append(f"{self.code.constant('environment')}: {self.code.constant(self.env)}")
        return [*given, f"**{{{', '.join(named)}}}"] if named else given
