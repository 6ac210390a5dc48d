"""What other rooms may ask of intake."""

from __future__ import annotations

from .actions.files import import_file
from .actions.quarantine import discard, keep, replay
from .actions.take import Parcel, read, take
from .queries import quarantined, quarantined_body, stores_of_bodies, waiting
from .rules.mapping import read_mapping

__all__ = [
    "Parcel", "discard", "import_file", "keep", "quarantined", "quarantined_body", "read", "read_mapping", "replay", "stores_of_bodies",
    "take", "waiting",
]  # fmt: skip
