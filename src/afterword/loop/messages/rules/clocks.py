"""The local clocks that the guard asks for: the day, the week, and the hours of the law."""

from __future__ import annotations

from .law import CLOCKS

MIDNIGHT, MONDAY = "00:00", "mon 00:00"
GUARD_CLOCKS = (MIDNIGHT, MONDAY, *CLOCKS)
