"""What a backtest says."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from afterword.kernel.errors import Refused


class NoSuchBacktest(Refused):
    """There is no such backtest."""


class NothingKnown(Refused):
    """There is no history yet to ask."""


class BadAssumption(Refused):
    """“{given}” cannot be assumed; expected {expected}."""


class NoSpark(Refused):
    """Spark is not installed here. Install it with: pip install "afterword[spark]"."""


class NoJava(Refused):
    """Spark wants Java 17 or newer, and {found}. Install it (openjdk-17-jre-headless), or set JAVA_HOME to where it is."""


class NoCluster(Refused):
    """The cluster at {master} did not do it: {said}."""


class NotOnSpark(Refused):
    """{option} is not asked on a cluster: it says who would have entered and which way each would have gone. Leave out --spark for it."""


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


@dataclass(frozen=True)
class Stated:
    """What somebody states of a reaction: the share of messages that bring it about, and after how many seconds half of them have."""

    rate: float
    delay: int | None = None


@dataclass(frozen=True)
class Assumption:
    """What is assumed of a reaction to a message that never went.

    `source` is `measured` (of `n` such messages that went), `stated` by somebody, or `default` where there is no history to
    speak of; `certain` of what the guard decides and no dice. `made` counts the reactions that were made up, `lived` the
    messages that really went out, whose reactions are taken as they were.
    """

    step: str
    message: str
    event: str
    rate: float
    delay: int
    n: int
    source: Literal["measured", "default", "stated", "certain"]
    made: int = 0
    lived: int = 0


@dataclass
class Backtest:
    """How a journey would have gone in a period.

    `flow` counts (step, outcome, next step); an open stay has outcome None. `verdicts` counts (step, outcome, reason) of the
    intents; `per_day` the messages that would have gone out; `per_person` how many people would have got how many.
    `assumptions` are what later steps rest upon; `people` the whole paths of some, always the same ones.
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
    assumptions: list[Assumption] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    beside: dict[str, Any] | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "journey": self.journey, "since": self.since.isoformat(), "until": self.until.isoformat(), "entered": self.entered,
            "flow": [list(row) for row in self.flow], "verdicts": [list(row) for row in self.verdicts],
            "per_day": [[day.isoformat(), count] for day, count in self.per_day],
            "per_person": [list(row) for row in self.per_person], "seconds": {name: round(s, 3) for name, s in self.seconds.items()},
            "assumptions": [asdict(one) for one in self.assumptions], "people": self.people, "beside": self.beside,
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
    against: str = ""
    stated: dict[str, Any] = field(default_factory=dict)
    purpose: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Tested:
    """An example of a journey that was lived through: what went otherwise than it says (nothing: it passes), and in how many seconds."""

    journey: str
    example: str
    place: str
    said: tuple[str, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether all went as it says, and nothing else."""
        return not self.said


@dataclass(frozen=True)
class LetIn:
    """Who would be let in of those who did since then what a journey waits for: runs, and people.

    `sent` messages would go out at once, to `reached` people; `waiting` would wait, for quiet hours or a cap.
    """

    since: datetime
    until: datetime
    entered: int
    people: int
    sent: int
    reached: int
    waiting: int

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "since": self.since.isoformat(), "until": self.until.isoformat()}


@dataclass(frozen=True)
class Differing:
    """A visit that is stored otherwise than it follows from the log, or stored and does not follow, or follows and is not stored."""

    run: UUID
    step: str
    entered_at: datetime
    stands: bool
    stored_at: datetime | None
    stored: str | None
    follows: bool
    left_at: datetime | None
    outcome: str | None

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {name: str(value) if isinstance(value, UUID | datetime) else value for name, value in asdict(self).items()}


@dataclass(frozen=True)
class DifferingVerdict:
    """A verdict of the guard that is stored otherwise than the guard says of that moment when it is asked again."""

    intent: UUID
    run: UUID
    step: str
    message: str
    moment: datetime
    stored: str
    stored_reason: str
    follows: str
    follows_reason: str

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {name: str(value) if isinstance(value, UUID | datetime) else value for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Checked:
    """What a check found of one version: how many visits of its last days were held against the log, how many differ, the first of them.

    The same of the guard's verdicts, which were asked again: `verdicts`, of which `otherwise` differ; `left_out` were sent anyway, or
    said of people who have turned out to be others since.
    """

    journey: str
    version_id: int
    number: int
    since: datetime
    until: datetime
    visits: int
    differing: int
    first: tuple[Differing, ...] = ()
    verdicts: int = 0
    otherwise: int = 0
    left_out: int = 0
    first_otherwise: tuple[DifferingVerdict, ...] = ()

    @property
    def is_fault(self) -> bool:
        """Whether anything differs."""
        return bool(self.differing or self.otherwise)
