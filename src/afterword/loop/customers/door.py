"""What other rooms may ask of customers."""

from __future__ import annotations

from .actions import rebuild
from .queries import contacts, search

__all__ = ["contacts", "rebuild", "search"]
