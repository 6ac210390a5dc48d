"""Go one of several ways, by the first condition that is true at the moment of arrival."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from afterword.kernel.doors import Late
from afterword.kernel.marks import gettext_noop
from afterword.loop.conditions.types import Node

from .step import Decision, Step

ibis: Any = Late("ibis")


@dataclass(frozen=True)
class Branch(Step):
    """The first case whose condition is true at the visit's moment; else “otherwise”."""

    cases: tuple[tuple[str, Node, str], ...]

    kind: ClassVar[str] = "branch"
    icon: ClassVar[str] = "tree-structure"
    about: ClassVar[str] = gettext_noop("Asks questions in order; each person goes the way of the first that is true of them.")

    @property
    def outcomes(self) -> tuple[str, ...]:
        return (*(name for name, _, _ in self.cases), "otherwise")

    @property
    def asks(self) -> Mapping[str, Node]:
        return {f"asked_{i}": node for i, (_, node, _) in enumerate(self.cases)}

    def decide(self, row: Any) -> Decision:
        ways = [(row[f"asked_{i}"], ibis.literal(name)) for i, (name, _, _) in enumerate(self.cases)]
        return Decision(row.entered_at, ibis.cases(*ways, else_="otherwise"))

    def spoken(self) -> str:
        return "; ".join(text for _, _, text in self.cases)
