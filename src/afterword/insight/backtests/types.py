"""What a backtest says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from afterword.kernel.errors import Refused


class NoSuchBacktest(Refused):
    """There is no such backtest."""


class NothingKnown(Refused):
    """There is no history yet to ask."""


class Stopped(Refused):
    """The backtest was stopped."""


@dataclass(frozen=True)
class Stay:
    """One visit of a run."""

    run: UUID
    step: str
    entered_at: datetime
    left_at: datetime | None
    outcome: str | None


@dataclass
class Backtest:
    """How a journey would have gone in a period.

    `flow` counts (step, outcome, next step); an open stay has outcome None. `verdicts` counts (step, outcome, reason) of the
    intents; `per_day` the messages that would have gone out; `per_person` how many people would have got how many.
    """

    journey: str
    since: datetime
    until: datetime
    entered: int
    flow: list[tuple[str, str | None, str | None, int]]
    verdicts: list[tuple[str, str, str, int]] = field(default_factory=list)
    per_day: list[tuple[date, int]] = field(default_factory=list)
    per_person: list[tuple[int, int]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "journey": self.journey, "since": self.since.isoformat(), "until": self.until.isoformat(), "entered": self.entered,
            "flow": [list(row) for row in self.flow], "verdicts": [list(row) for row in self.verdicts],
            "per_day": [[day.isoformat(), count] for day, count in self.per_day],
            "per_person": [list(row) for row in self.per_person], "seconds": {name: round(s, 3) for name, s in self.seconds.items()},
        }  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A backtest that somebody asked for: how far it is, and `result` (as `Backtest.plain` gives it) once it is done."""

    id: int
    journey: str
    version: int | None
    since: datetime
    until: datetime
    asked_by: str
    asked_at: datetime
    heard_at: datetime
    state: str
    doing: str
    steps_done: int
    steps: int
    said: str
    result: dict[str, Any] | None
