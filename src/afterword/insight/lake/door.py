"""What other rooms may ask of the lake."""

from __future__ import annotations

from .actions.copy import copy
from .actions.export import SNAPSHOTS, Exported, event_types, export, files, forget, lake_folder
from .queries import mount

__all__ = ["SNAPSHOTS", "Exported", "copy", "event_types", "export", "files", "forget", "lake_folder", "mount"]
