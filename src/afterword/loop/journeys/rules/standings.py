"""Who stands where, reckoned from how many took each way: what arrived at a step and has not left it is there.

The counts are written together with the visits, so this is exact at every moment and costs the same however many runs there are.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..types import MOVED, TRIGGER
from .drawing import Drawing

Counts = Mapping[str, Mapping[str, int]]


def here(drawing: Drawing, counts: Counts) -> dict[str, int]:
    """For each step how many stand there now.

    `counts` is step → outcome → how many left so; under `moved`, how many came to a step from another version.
    """
    arrived = dict.fromkeys(drawing.steps, 0)
    for key, step in drawing.steps.items():
        for outcome, target in step.ways.items():
            if target in arrived:
                arrived[target] += counts.get(key, {}).get(outcome, 0)
    moved = counts.get(MOVED, {})
    return {key: max(0, arrived[key] + moved.get(key, 0) - sum(counts.get(key, {}).values())) for key in drawing.steps if key != TRIGGER}


def entered(counts: Counts) -> int:
    """How many runs have begun."""
    return sum(counts.get(TRIGGER, {}).values())


def under_way(drawing: Drawing, counts: Counts) -> int:
    """How many runs have begun and not ended."""
    return sum(here(drawing, counts).values())
