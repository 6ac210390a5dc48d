"""What a backtest says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID


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
