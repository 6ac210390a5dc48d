"""Wait for the first of some events, within a limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from afterword.kernel.doors import Late
from afterword.kernel.durations import spoken
from afterword.kernel.marks import gettext_noop

from ..types import Hears
from .step import Decision, Step, later

ibis: Any = Late("ibis")
SENT, NEVER_SENT = "message.sent", ("message.dropped", "message.failed")


@dataclass(frozen=True)
class WaitFor(Step):
    """Wait until one of some events becomes known, at most for `within`.

    An event that becomes known exactly when the time is up still counts. `back` also counts what became known so many
    seconds before arrival, except the event that brought the run here; such a visit ends at once.

    With `sent` (the key of a sending step) the limit begins when that message went, not on arrival: the guard may have held
    it. If it was dropped or failed, the time is up at that moment; `patience` is how long it could have been held.
    """

    events: tuple[Hears, ...]
    within: int
    back: int = 0
    sent: str = ""
    patience: int = 0

    kind: ClassVar[str] = "wait_for"
    icon: ClassVar[str] = "cursor-click"
    about: ClassVar[str] = gettext_noop("Waits until something happens, such as an answer or a click, and no longer than you say.")
    lasting: ClassVar[bool] = True

    @property
    def outcomes(self) -> tuple[str, ...]:
        return ("happened", "timed_out")

    @property
    def listens(self) -> tuple[Hears, ...]:
        return self.events

    @property
    def look_back(self) -> int:
        return self.back

    @property
    def sent_by(self) -> str:
        return self.sent

    @property
    def woken_by(self) -> tuple[str, ...]:
        return (SENT, *NEVER_SENT) if self.sent else ()

    def base(self, row: Any) -> Any:
        if not self.sent:
            return later(row.entered_at, self.within)
        latest = later(row.entered_at, self.patience + self.within)
        due = ibis.ifelse(row.went, later(row.told_at, self.within), row.told_at)
        return ibis.ifelse((row.told_at <= latest).fill_null(False), due, latest)

    def decide(self, row: Any) -> Decision:
        heard = [row[f"heard_{i}"] for i in range(len(self.events))]
        first = ibis.least(*heard) if len(heard) > 1 else heard[0]
        return Decision(ibis.coalesce(first, row.due_at), ibis.ifelse(first.notnull(), "happened", "timed_out"))

    def spoken(self) -> str:
        names = " or ".join(h.event.replace(".", " ").replace("_", " ") for h in self.events)
        return f"{names}, within {spoken(self.within)}" + (f" of the sending of {self.sent.replace('_', ' ')}" if self.sent else "")
