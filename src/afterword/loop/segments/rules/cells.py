"""What a cell of an exported table may hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> Any:
    """A value as it stands in a CSV. A text that a spreadsheet would run as a formula is marked as text; phone numbers too."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value
