"""What other rooms may ask of orders."""

from __future__ import annotations

from .actions.project import rebuild
from .queries import letters

__all__ = ["letters", "rebuild"]
