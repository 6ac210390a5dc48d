"""What other rooms may ask of the catalog."""

from __future__ import annotations

from .actions import rebuild
from .queries import products

__all__ = ["products", "rebuild"]
