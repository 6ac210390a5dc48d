"""A journey as values: an acyclic graph of steps, what starts it, what ends it, what it is for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from afterword.kernel.errors import Refused
from afterword.loop.conditions.types import Node

if TYPE_CHECKING:
    from .steps.step import Step

SubjectKind = Literal["customer", "order", "shipment"]
ENTERED, EXITED, END = "entered", "exited", "end"
TRIGGER = "trigger"
EVERYWHERE = "@global_holdout"  # beside the pinned segments: the share of the global holdout when a version was published
MOVED, STOPPED, TAKEN_OUT = "moved", "stopped", "taken_out"


class BadJourney(Refused):
    """{place}: {fault}; expected {expected}."""


class NotSo(Refused):
    """“{name}” {fault}."""


class NoSuchJourney(Refused):
    """There is no journey called “{key}”."""


class NoSuchVersion(Refused):
    """There is no version {number} of “{name}”."""


class KeyTaken(Refused):
    """There is a journey “{key}” already. Give this one another key in its first line."""


class WrongDocuments(Refused):
    """Nothing was applied. {said}"""


class AnotherKey(Refused):
    """The document says “journey: {found}”, and this is “{key}”: a journey keeps its key. Begin a new journey for another."""


class NeedsApproval(Refused):
    """“{name}” must be approved by a second person before it is published. Ask for it on the journey's page."""


class NotAsked(Refused):
    """The draft of “{name}” is not the one about which it was asked. Look at it as it stands now."""


@dataclass(frozen=True)
class Enrol:
    """A wish to let in who did since then what a journey waits for; how many people that was, how many would be written to at once."""

    since: datetime
    people: int | None = None
    reached: int | None = None


class NothingToSpeakOf(Refused):
    """There is no order yet that the letters could speak of."""


class DraftMoved(Refused):
    """Somebody kept another draft of “{name}” since you began. Yours is still here, and theirs is shown beside it: saving again puts yours in its place."""  # noqa: E501


class DraftMovedOn(Refused):
    """Somebody kept another draft of “{name}” since you began, so nothing was changed. Keep yours to see theirs beside it, or load the page again."""  # noqa: E501


@dataclass(frozen=True)
class Hears:
    """An event that a visit waits for or ends on: its name, a condition on its own properties, whose it must be.

    `same` is empty (the run's own subject where the event carries one, else the customer), `order` or `customer`.
    """

    event: str
    where: Node | None = None
    same: str = ""
    text: str = ""


@dataclass(frozen=True)
class Reentry:
    """Who may come back: `once` a subject, `once_per_customer`, `every` time, or `quiet` for some seconds."""

    rule: Literal["once", "once_per_customer", "every", "quiet"] = "once"
    quiet_for: int = 0


@dataclass(frozen=True)
class Trigger:
    """The event that starts a run, if a condition is true at that moment and it is not too old to matter."""

    event: str
    where: Node | None = None
    text: str = ""
    max_age: int | None = None
    reentry: Reentry = Reentry()


@dataclass(frozen=True)
class Goal:
    """What counts as success, in both arms, within so many seconds of entering. It ends nothing."""

    hears: Hears
    within: int = 30 * 86400


@dataclass(frozen=True)
class Journey:
    """One version of a journey, ready to be asked.

    `steps` stand in the order in which they are written; `edges` says for each step and outcome which step follows, and
    every edge points forward, so one pass in this order moves every visit as far as the horizon allows. A colleague at `copy_to` gets
    a copy of each of its mails, in which nothing is counted.
    """

    key: str
    name: str
    subject: SubjectKind
    trigger: Trigger
    steps: dict[str, Step]
    edges: dict[str, dict[str, str]]
    exit_on: tuple[Hears, ...] = ()
    goal: Goal | None = None
    about: str = ""
    priority: Literal["high", "normal", "low"] = "normal"
    default_zone: str = "UTC"
    copy_to: str = ""
    titles: dict[str, str] = field(default_factory=dict)

    @property
    def first(self) -> str:
        """The step that follows the trigger."""
        return next(iter(self.steps))

    def wakes(self) -> dict[str, list[str]]:
        """For each event that may move a run, the steps at which it does: whoever stands elsewhere need not be looked at."""
        found: dict[str, list[str]] = {}
        ends = [h.event for h in self.exit_on] + (
            ["message.dropped"] if any(getattr(s, "on_drop", "") == "end" for s in self.steps.values()) else []
        )
        for key, step in self.steps.items():
            if step.lasting:
                for name in dict.fromkeys([*(h.event for h in step.listens), *step.woken_by, *ends]):
                    found.setdefault(name, []).append(key)
        return found

    def clocks(self) -> tuple[str, ...]:
        """The local clocks that its waits ask for."""
        return tuple(dict.fromkeys(s.clock for s in self.steps.values() if s.clock))


@dataclass(frozen=True)
class Part:
    """One part of a condition as it was at a moment: its text, whether it was true, and the value that was seen."""

    text: str
    holds: bool
    value: Any
    type: str


@dataclass(frozen=True)
class Entering:
    """An event that could have begun a run, and what became of it.

    `verdict` is entered, or the first thing that spoke against it: imported, no_subject, not_on, paused, too_old, condition,
    already; unseen where nothing did and no pass has come that far yet.
    """

    event_id: UUID
    event: str
    known_at: datetime
    occurred_at: datetime
    order_id: UUID | None
    version: int
    verdict: str
    words: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why a stay ended as it did. `computed` is the outcome that follows from what was seen, where it can be asked again."""

    step: str
    kind: str
    entered_at: datetime
    left_at: datetime | None
    outcome: str | None
    words: str
    computed: str = ""
    cases: tuple[tuple[str, bool, tuple[Part, ...]], ...] = ()


@dataclass(frozen=True)
class Explained:
    """Why somebody is, was or was not in a journey: every event that could have begun it, and each run (id, version, its stays)."""

    key: str
    name: str
    is_on: bool
    event: str
    entering: tuple[Entering, ...]
    runs: tuple[tuple[UUID, int, tuple[Reason, ...]], ...]
