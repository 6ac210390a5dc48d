"""What the command line and the worker may ask of the sample shops."""

from __future__ import annotations

from .actions.live import go_live, trickle
from .actions.replay import begin, progress, replay, set_pace
from .actions.write import simulated, source, write_events

__all__ = ["begin", "go_live", "progress", "replay", "set_pace", "simulated", "source", "trickle", "write_events"]
