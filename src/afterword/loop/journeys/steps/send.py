"""Mean to send a message. What becomes of it is the guard's business, so the run goes on at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from afterword.kernel.doors import Late
from afterword.kernel.marks import gettext_noop

from .step import Decision, Step

ibis: Any = Late("ibis")


@dataclass(frozen=True)
class Send(Step):
    """Make a message intent and go on at once. It is of no use after `useful_for`; `on_drop: end` ends the run if it is dropped."""

    message: str
    channel: str = "email"
    useful_for: int = 3 * 86400
    on_drop: str = "go_on"

    kind: ClassVar[str] = "send"
    icon: ClassVar[str] = "paper-plane-tilt"
    about: ClassVar[str] = gettext_noop("Sends a message, unless something speaks against it at that moment, and goes on at once.")
    intent: ClassVar[str] = "message"

    def decide(self, row: Any) -> Decision:
        return Decision(row.entered_at, ibis.literal("done"))

    def spoken(self) -> str:
        return self.message.replace("_", " ")


@dataclass(frozen=True)
class Exit(Step):
    """The end, with a reason."""

    reason: str = ""

    kind: ClassVar[str] = "exit"
    icon: ClassVar[str] = "flag"
    about: ClassVar[str] = gettext_noop("The journey is over here.")

    @property
    def outcomes(self) -> tuple[str, ...]:
        return ()

    def decide(self, row: Any) -> Decision:
        return Decision(row.entered_at, ibis.literal("ended"))

    def spoken(self) -> str:
        return self.reason or "ends"
