"""What other rooms may ask of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afterword.kernel.doors import lazily

from .actions import NAMES as TOLD_OF
from .actions import rebuild
from .queries import contacts, search

if TYPE_CHECKING:
    from .tables import customer_history
else:
    __getattr__ = lazily(__package__, {"customer_history": "tables"})

__all__ = ["TOLD_OF", "contacts", "customer_history", "rebuild", "search"]
