"""A walk through a journey: which steps one passes who takes certain ways, and how long each would take.

Nothing has happened to whoever walks, so dates are imagined: a wait that follows a date finds it on arriving, or at the beginning
where that date is what began the journey; what is waited for comes after half of the time there is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from afterword.kernel import durations
from afterword.kernel.errors import Refused

from ..types import TRIGGER
from .clocks import business_clock, strikes
from .drawing import Drawn, drawn

LONGEST = 200  # steps
FARTHEST = timedelta(days=120)  # no clock strikes later than that
ANCHOR = re.compile(r"^\s*(?:order|event)\.(\w+?)(?:_at)?\s*(?:([+-])\s*(\w+))?\s*$")
Imagined = Literal["", "half", "date"]


@dataclass(frozen=True)
class Stride:
    """One step of a walk: the way that is taken there, and for how many seconds it would be waited. `imagined`: what had to be."""

    step: Drawn
    taken: str | None
    length: int = 0
    imagined: Imagined = ""


def strides(document: Mapping[str, Any], choices: Mapping[str, str], begin: datetime, zone: str) -> list[Stride]:
    """The steps that one passes who takes these ways; where nothing was chosen, the first way of a step.

    Args:
        document: in plain values.
        begin: when the journey would begin.
        zone: whose hours a wait until an hour means.
    """
    steps = drawn(document).steps
    items = {str(item["id"]): item for item in document.get("steps") or () if isinstance(item, Mapping) and item.get("id")}
    event = str((document.get("trigger") or {}).get("event", ""))
    found: list[Stride] = []
    key: str | None = TRIGGER
    at = begin
    while key is not None and key in steps and len(found) < LONGEST:
        step = steps[key]
        chosen = choices.get(key)
        taken = chosen if chosen in step.ways else next(iter(step.ways), None)
        until, imagined = _leaves(step, items.get(key, {}), taken, at, begin, event, zone)
        found.append(Stride(step, taken, round((until - at).total_seconds()), imagined))
        at = until
        key = step.ways.get(taken) if taken is not None else None
    return found


def _leaves(
    step: Drawn, item: Mapping[str, Any], taken: str | None, at: datetime, begin: datetime, event: str, zone: str
) -> tuple[datetime, Imagined]:
    given = item.get(step.kind)
    if step.kind == "wait_for" and isinstance(given, Mapping):
        within = _length(given.get("within"))
        return (at + within, "") if taken == "timed_out" else (at + within / 2, "half")
    if step.kind != "wait":
        return at, ""
    d = given if isinstance(given, Mapping) else {"for": given}
    until, imagined = at + _length(d.get("for")), ""
    if "until" in d:
        until, imagined = _dated(str(d["until"]), _length(d.get("limit")), taken, at, begin, event)
    hour, days = str(d.get("at") or "").strip().lower(), d.get("business_days") or 0
    if days:
        hour = business_clock(int(days), str(d.get("holidays") or ""), hour or "09:00")
    return (_struck(zone, hour, until) if hour else until), imagined  # type: ignore[return-value]


def _dated(text: str, limit: timedelta, taken: str | None, at: datetime, begin: datetime, event: str) -> tuple[datetime, Imagined]:
    """When a wait that follows a date ends: the date is when the journey began where that is what it is, else now."""
    found = ANCHOR.match(text)
    if taken == "timed_out" or found is None:
        return at + limit, ""
    name, sign, offset = found.groups()
    known = event.rpartition(".")[2] == name
    until = (begin if known else at) + _length(offset) * (-1 if sign == "-" else 1)
    return max(at, until), "" if known else "date"


def _struck(zone: str, clock: str, at: datetime) -> datetime:
    try:
        days = strikes(zone, clock, at.date() - timedelta(days=1), (at + FARTHEST).date())
        return next((one.at for one in days if one.after < at <= one.asked_until), at)
    except (ValueError, NotImplementedError):  # no such hour, no such country: lint says so, and a walk goes on
        return at


def _length(given: Any) -> timedelta:
    try:
        return timedelta(seconds=durations.seconds(given)) if given else timedelta(0)
    except Refused:
        return timedelta(0)
