"""Where a name's value stands in the function: in a loop's variable, in a variable of its own, or in the context."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from liquid import Environment, Token

from .code import Code
from .survey import Survey

# What a loop knows of itself, by its object and its number of turns.
FORLOOP = {
    "index": "({0}._index + 1)", "index0": "{0}._index", "rindex": "({1} - {0}._index)", "rindex0": "({1} - {0}._index - 1)",
    "first": "({0}._index == 0)", "last": "({0}._index == {1} - 1)", "length": "{1}",
}  # fmt: skip


class NeedsContext(Exception):
    """The template can only be compiled against a whole context of python-liquid."""


@dataclass(frozen=True)
class Bound:
    """The variable that holds what a name stands for inside of a loop; for `forloop` also the variable with its number of turns."""

    variable: str
    turns: str = ""


class Names:
    """The names of a template whose whole scope is known from its text: every root is a variable, filled once from what is given."""

    def __init__(self, code: Code, env: Environment, survey: Survey, lenient: bool) -> None:
        self.code, self.env, self.survey, self.lenient = code, env, survey, lenient
        self.loops: list[Mapping[str, Bound]] = [{"partial": Bound("False")}]
        self.roots: dict[str, str] = {}
        self.whole: set[str] = set()  # the loops whose own object is used, not only what it says of the turn

    @contextmanager
    def inside(self, bound: Mapping[str, Bound]) -> Iterator[None]:
        """The names that a loop gives, in front of all others."""
        self.loops.append(bound)
        yield
        self.loops.pop()

    def bound(self, name: str) -> Bound | None:
        """The loop's variable of that name that is nearest."""
        return next((loop[name] for loop in reversed(self.loops) if name in loop), None)

    def variable(self, name: str) -> str:
        """The template's own variable for a name, whether it is given or assigned."""
        return self.roots.setdefault(name, f"g{len(self.roots)}")

    def root(self, name: str) -> str:
        """The value of a name: MISSING where strictness wants to know the place, else what is undefined."""
        if found := self.bound(name):
            if found.turns:
                self.whole.update(one.variable for loop in self.loops for one in loop.values() if one.turns)
            return found.variable
        variable = self.variable(name)
        otherwise = self.undefined(name) if self.lenient else "MISSING"
        if name in self.survey.counters:
            otherwise = f"counters.get({self.code.constant(name)}, {otherwise})"
        if name in ("now", "today"):
            otherwise = f"NOW[{self.code.constant(name)}]"
        return f"({variable} if {variable} is not MISSING else {otherwise})" if self.late(name) else variable

    def late(self, name: str) -> bool:
        """Whether it is only known at its place what stands there when nobody gave it."""
        return not self.lenient or name in self.survey.counters or name in ("now", "today")

    def undefined(self, name: str, hint: str = "", token: Token | None = None) -> str:
        """A constant: what is undefined, under this name."""
        return self.code.constant(self.env.undefined(name, hint=hint or f"{name!r} is undefined", token=token))

    def head(self) -> list[str]:
        """The lines that fill the variables."""
        lines = []
        for name, variable in self.roots.items():
            otherwise = "MISSING" if self.late(name) else self.undefined(name)
            lines.append(f" {variable} = given({self.code.constant(name)}, {otherwise})")
        return lines

    def assign(self, name: str, value: str) -> None:
        """Lines that give a name its value, and count how much is kept."""
        self.code.line(f"{self.variable(name)} = {value}")
        if self.env.local_namespace_limit:
            self.code.line(f"kept[{self.code.constant(name)}] = SIZE({self.variable(name)}, 1)")
            self.code.line(f"if sum(kept.values()) > {int(self.env.local_namespace_limit)}: TOO_MUCH_KEPT()")

    def here(self, reads: tuple[str, ...]) -> str:
        """What a filter that reads these names is handed: the place, with those in front that the template itself has given."""
        own = []
        for name in reads:
            if found := self.bound(name):
                own.append(f"{self.code.constant(name)}: {found.variable}")
            elif name in self.survey.assigned or name in self.survey.counters or name in ("now", "today"):
                own.append(f"{self.code.constant(name)}: {self.root(name)}")
        return f"here.over({{{', '.join(own)}}})" if own else "here"


class ContextNames(Names):
    """The names of a template that shares its scope with others: they are asked for at python-liquid's context."""

    def root(self, name: str) -> str:
        otherwise = self.undefined(name) if self.lenient else "MISSING"
        return f"ROOT(ctx, {self.code.constant(name)}, {otherwise})"

    def bound(self, name: str) -> Bound | None:
        return None

    def head(self) -> list[str]:
        return []

    def assign(self, name: str, value: str) -> None:
        self.code.line(f"ctx.assign({self.code.constant(name)}, {value})")

    def here(self, reads: tuple[str, ...]) -> str:
        return "ctx"


def reads_of(function: Any) -> tuple[str, ...] | None:
    """The names that a filter with a context reads of it, where it says so."""
    found = getattr(function, "reads", None)
    return tuple(found) if found is not None else None
