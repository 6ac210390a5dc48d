"""What other rooms may ask of customers."""

from __future__ import annotations

from .actions import NAMES as TOLD_OF
from .actions import rebuild
from .queries import contacts, search

__all__ = ["TOLD_OF", "contacts", "rebuild", "search"]
