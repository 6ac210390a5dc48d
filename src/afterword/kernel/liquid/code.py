"""The source that is being written: lines with their depth, constants with names of ours, and what of the template a line stands for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from liquid import Token


class Mark(NamedTuple):
    """Which node of the template a line stands for, and which filter it calls."""

    node: Token | None
    filter: str | None = None
    at: Token | None = None


@dataclass
class Line:
    depth: int
    text: str
    mark: Mark


class Code:
    """Python in the making. What comes from the template enters as a constant: it is never part of the source."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.constants: dict[str, object] = {}
        self.depth = 1
        self.node: Token | None = None
        self._texts: dict[str, str] = {}
        self._count = 0

    def line(self, text: str, mark: Mark | None = None) -> None:
        """Add a line at the depth that stands."""
        self.lines.append(Line(self.depth, text, mark or Mark(self.node)))

    @contextmanager
    def under(self, head: str) -> Iterator[None]:
        """Lines inside of a head such as `if x:`; never empty."""
        self.line(head)
        before = len(self.lines)
        self.depth += 1
        yield
        if len(self.lines) == before:
            self.line("pass")
        self.depth -= 1

    def constant(self, value: object) -> str:
        """The name that a value goes by."""
        if type(value) is str:
            if value not in self._texts:
                self._texts[value] = self._keep(value)
            return self._texts[value]
        return self._keep(value)

    def _keep(self, value: object) -> str:
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def fresh(self, letter: str) -> str:
        """A name that nothing else has."""
        self._count += 1
        return f"{letter}{self._count}"

    def source(self, head: list[str]) -> tuple[str, dict[int, Mark]]:
        """The whole source under these first lines, and what each of its lines stands for."""
        texts, marks = list(head), {}
        for line in self.lines:
            marks[len(texts) + 1] = line.mark
            texts.append(" " * line.depth + line.text)
        return "\n".join(texts) + "\n", marks
