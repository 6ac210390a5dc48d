"""What other rooms may ask of errands."""

from __future__ import annotations

from .actions.call import close_endpoint, open_endpoint, retire_former_secret
from .actions.inside import close_task, reopen_task
from .actions.perform import end_runs, intend, kinds, perform, put_to_sleep, register_kind, replay, wake_up
from .queries import counts, dead, endpoints, errands_of, tasks
from .types import BadSettings, Errand, Kind, NoSuchEndpoint, NotAnAddress, Outcome

__all__ = [
    "BadSettings", "Errand", "Kind", "NoSuchEndpoint", "NotAnAddress", "Outcome", "close_endpoint", "close_task", "counts", "dead",
    "end_runs", "endpoints", "errands_of", "intend", "kinds", "open_endpoint", "perform", "put_to_sleep", "register_kind", "reopen_task",
    "replay", "retire_former_secret", "tasks", "wake_up",
]  # fmt: skip
