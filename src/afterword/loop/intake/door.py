"""What other rooms may ask of intake."""

from __future__ import annotations

from .actions.quarantine import discard, keep, replay
from .actions.take import Parcel, read, take
from .queries import quarantined, waiting

__all__ = ["Parcel", "discard", "keep", "quarantined", "read", "replay", "take", "waiting"]
