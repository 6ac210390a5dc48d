"""What the command line, the worker and experiments may ask of the sample shops."""

from __future__ import annotations

from .actions.live import go_live, is_living, leave_behind, trickle
from .actions.replay import begin, progress, replay, set_pace
from .actions.write import simulated, source, write_events
from .rules.truth import effect, mean_stars

__all__ = [
    "begin",
    "effect",
    "go_live",
    "is_living",
    "leave_behind",
    "mean_stars",
    "progress",
    "replay",
    "set_pace",
    "simulated",
    "source",
    "trickle",
    "write_events",
]
