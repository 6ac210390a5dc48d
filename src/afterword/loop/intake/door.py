"""What other rooms may ask of intake."""

from __future__ import annotations

from .actions.files import import_file
from .actions.quarantine import discard, keep, replay
from .actions.take import Parcel, read, take
from .queries import quarantined, waiting
from .rules import read_mapping

__all__ = ["Parcel", "discard", "import_file", "keep", "quarantined", "read", "read_mapping", "replay", "take", "waiting"]
