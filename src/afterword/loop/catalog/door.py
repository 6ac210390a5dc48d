"""What other rooms may ask of the catalog."""

from __future__ import annotations

from .actions import rebuild

__all__ = ["rebuild"]
