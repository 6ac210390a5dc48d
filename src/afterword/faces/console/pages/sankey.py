"""The streams of a backtest drawn as SVG, from the figures alone: steps stand in columns, each as tall as it has people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap

WIDE, HIGH, LEFT_OF_LABEL, BAR, GAP, LEAST = 1000.0, 440.0, 150.0, 9.0, 34.0, 1.2
LETTERS, LABEL, COLUMN = 21, 50.0, 150.0
MOST_COLUMNS = 24  # beyond which a drawing is no help any more, and the list says it better


@dataclass(frozen=True)
class Node:
    """A step or an end: where it stands, how many came, of which kind."""

    name: str
    count: int
    kind: int
    x: float
    y: float
    high: float

    @property
    def label_x(self) -> float:
        """Where its name begins."""
        return self.x + BAR + 6

    @property
    def lines(self) -> list[str]:
        """What it is called, in lines that fit: an end belongs to its step, which it need not name again."""
        return wrap(self.name.rpartition(": ")[2], LETTERS, max_lines=2, placeholder=" …")

    @property
    def top(self) -> float:
        """The height of the first line, its count, so that all of them stand in the middle."""
        return max(9.0, self.y + self.high / 2 - 8 * len(self.lines))


@dataclass(frozen=True)
class Band:
    """A stream between two of them as the outline of a shape."""

    path: str
    kind: int
    title: str


@dataclass(frozen=True)
class Sankey:
    """The whole drawing, in units of its own."""

    wide: float
    high: float
    nodes: tuple[Node, ...]
    bands: tuple[Band, ...]
    bar: float = BAR
    columns: int = 1

    @property
    def legible(self) -> bool:
        """Whether anybody could follow it."""
        return self.columns <= MOST_COLUMNS

    @property
    def long(self) -> bool:
        """Whether it is wider than a page, so that names keep clear of each other."""
        return self.wide > WIDE


def drawn(nodes: Sequence[tuple[str, int]], streams: Sequence[tuple[str, str, int, int]]) -> Sankey:
    """Lay out nodes (name, kind) and streams (source, target, how many, kind), which lead forward in the order of the nodes."""
    column = _columns([name for name, _ in nodes], streams)
    into: dict[str, int] = defaultdict(int)
    out: dict[str, int] = defaultdict(int)
    for source, target, count, _ in streams:
        out[source] += count
        into[target] += count
    size = {name: max(into[name], out[name]) for name, _ in nodes}
    rows: dict[int, list[str]] = defaultdict(list)
    for name, _ in nodes:
        rows[column[name]].append(name)
    for place in sorted(rows)[1:]:
        rows[place] = _untangled(rows[place], rows, streams, column)
    last = max(rows, default=0)
    fullest = max((sum(size[n] for n in names) for names in rows.values()), default=1) or 1
    most = max((len(names) for names in rows.values()), default=1)
    high = max(HIGH, most * 56.0)
    scale = (high - GAP * (most - 1) - 8) / fullest
    wide = max(WIDE, last * COLUMN + LEFT_OF_LABEL + BAR)
    step = (wide - LEFT_OF_LABEL - BAR) / last if last else 0
    kinds = dict(nodes)
    placed: dict[str, Node] = {}
    for place, names in rows.items():
        y = 4.0
        for name in names:
            tall = max(LEAST, size[name] * scale)
            placed[name] = Node(name, size[name], kinds[name], place * step, y, tall)
            y += max(tall + GAP, LABEL)
    high = max(one.y + max(one.high, LABEL) for one in placed.values()) if placed else high
    return Sankey(wide, high, tuple(placed.values()), tuple(_bands(placed, streams, scale)), columns=last + 1)


def _columns(names: Sequence[str], streams: Sequence[tuple[str, str, int, int]]) -> dict[str, int]:
    """How many steps a node lies behind the first, at the longest."""
    column = dict.fromkeys(names, 0)
    for name in names:
        for source, target, _, _ in streams:
            if source == name:
                column[target] = max(column[target], column[name] + 1)
    return column


def _untangled(
    names: list[str], rows: dict[int, list[str]], streams: Sequence[tuple[str, str, int, int]], column: dict[str, int]
) -> list[str]:
    """In the order of where their people come from, so that few streams cross."""
    order = {name: n for place in rows for n, name in enumerate(rows[place])}

    def weight(name: str) -> float:
        from_ = [(order[source], count) for source, target, count, _ in streams if target == name]
        whole = sum(count for _, count in from_) or 1
        return sum(place * count for place, count in from_) / whole

    return sorted(names, key=lambda name: (weight(name), names.index(name)))


def _bands(placed: dict[str, Node], streams: Sequence[tuple[str, str, int, int]], scale: float) -> list[Band]:
    left: dict[str, float] = defaultdict(float)
    right: dict[str, float] = defaultdict(float)
    found = []
    for source, target, count, kind in sorted(streams, key=lambda one: (placed[one[0]].x, placed[one[0]].y, placed[one[1]].y)):
        a, b = placed[source], placed[target]
        tall = max(LEAST, count * scale)
        y1, y2 = a.y + right[source], b.y + left[target]
        right[source] += count * scale
        left[target] += count * scale
        x1, x2 = a.x + BAR, b.x
        bend = (x1 + x2) / 2
        path = (
            f"M{x1:.1f} {y1:.1f}C{bend:.1f} {y1:.1f} {bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
            f"V{y2 + tall:.1f}C{bend:.1f} {y2 + tall:.1f} {bend:.1f} {y1 + tall:.1f} {x1:.1f} {y1 + tall:.1f}Z"
        )
        found.append(Band(path, kind, f"{source} → {target.removeprefix(f'{source}: ')}: {count:,}"))
    return found


@dataclass(frozen=True)
class Day:
    """One bar of the drawing of days."""

    x: float
    y: float
    wide: float
    high: float
    title: str


def days_drawn(days: Sequence[tuple[date, int]], *, wide: float = 600.0, high: float = 200.0) -> list[Day]:
    """Messages per day as bars."""
    most = max((count for _, count in days), default=1) or 1
    step = wide / max(1, len(days))
    return [
        Day(n * step, high - high * count / most, max(0.6, step * 0.8), high * count / most, f"{day:%-d %b %Y}: {count:,}")
        for n, (day, count) in enumerate(days)
        if count
    ]
