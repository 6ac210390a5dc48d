"""Durations as people write them: `90s`, `15m`, `36h`, `3d`, `2w`. Always seconds underneath.

Days are 24 hours: what must fall on a local day or hour is a wait *until* a clock, never a duration.
"""

from __future__ import annotations

import re

from .errors import Refused

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_FORM = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([smhdw])\s*$")


class NotADuration(Refused):
    """“{text}” is not a duration. Write a number and a unit: 90s, 15m, 36h, 3d or 2w."""


def seconds(text: str | int) -> int:
    """The length in whole seconds of a duration such as `3d`; a bare integer is taken as seconds."""
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    found = _FORM.match(str(text))
    if not found:
        raise NotADuration(text=text)
    return int(float(found.group(1)) * UNITS[found.group(2)])


def spoken(length: int) -> str:
    """A duration for people: `3 days`, `36 hours`. The largest unit that divides it."""
    for unit, word in (("w", "week"), ("d", "day"), ("h", "hour"), ("m", "minute")):
        if length and length % UNITS[unit] == 0:
            n = length // UNITS[unit]
            return f"{n} {word}" if n == 1 else f"{n} {word}s"
    return f"{length} second" if length == 1 else f"{length} seconds"


def written(length: int) -> str:
    """A duration as it is written in a journey: the shortest exact form."""
    for unit in ("w", "d", "h", "m"):
        if length and length % UNITS[unit] == 0:
            return f"{length // UNITS[unit]}{unit}"
    return f"{length}s"
