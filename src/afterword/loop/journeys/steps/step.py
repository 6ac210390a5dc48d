"""What a step is: it declares what it listens to and what it asks, and decides in columns. The composer alone joins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from afterword.kernel.doors import Late
from afterword.loop.conditions.types import Node

from ..types import Hears

ibis: Any = Late("ibis")


@dataclass(frozen=True)
class Anchor:
    """A date that a wait follows: of the order while it changes, or of the event that began the run; plus so many seconds."""

    attribute: str
    offset: int = 0
    owner: str = "order"


@dataclass(frozen=True)
class Decision:
    """When a visit ends (null: not yet known) and with which outcome, as columns."""

    at: Any
    outcome: Any


@dataclass(frozen=True)
class Step:
    """One kind of step. Its fields are its settings; form, reference page and JSON Schema are printed from them.

    An *instant* step leaves at `entered_at` and asks questions of that moment. A *lasting* step hears events in
    `(entered_at, min(due_at, until)]`; what was known at `entered_at` is look-back.
    """

    kind: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    about: ClassVar[str] = ""  # what it does, for whoever draws a journey
    lasting: ClassVar[bool] = False
    intent: ClassVar[str] = ""

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The ways out."""
        return ("done",)

    @property
    def listens(self) -> tuple[Hears, ...]:
        """The events it waits for; the first of them is `heard_0` in the row."""
        return ()

    @property
    def woken_by(self) -> tuple[str, ...]:
        """Names of events after which somebody must look again although they are not waited for."""
        return ()

    @property
    def look_back(self) -> int:
        """For how many seconds before `entered_at` an event counts as heard."""
        return 0

    @property
    def asks(self) -> Mapping[str, Node]:
        """The questions whose answers it needs, by column."""
        return {}

    @property
    def clock(self) -> str:
        """The local clock to which its time is moved on, such as `09:00`; empty for none."""
        return ""

    @property
    def anchor(self) -> Anchor | None:
        """The date that it follows."""
        return None

    @property
    def sent_by(self) -> str:
        """The sending step whose message's going it must know, as `told_at` and `went`; empty for none."""
        return ""

    def base(self, row: Any) -> Any:
        """The instant at which a lasting step is over by itself, before it is moved on to a local clock."""
        return row.entered_at

    def decide(self, row: Any) -> Decision:
        """When the visit ends and how. The row has `entered_at`, `due_at`, `heard_…`, `asked_…`, `dice`, `customer_dice`."""
        return Decision(row.entered_at, ibis.literal("done"))

    def spoken(self) -> str:
        """The step in one line, for the flow."""
        return self.kind.replace("_", " ")


def later(instant: Any, length: int) -> Any:
    """An instant plus so many seconds. Seconds only: days would follow the session's zone on PostgreSQL."""
    return instant + ibis.interval(seconds=length)
