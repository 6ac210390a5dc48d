"""What other rooms may ask of the lake."""

from __future__ import annotations

from .actions.export import Exported, export, forget, lake_folder
from .queries import mount

__all__ = ["Exported", "export", "forget", "lake_folder", "mount"]
