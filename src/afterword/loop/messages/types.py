"""What crosses the door of the messages room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Category = Literal["transactional", "service", "marketing"]
Outcome = Literal["go", "hold", "drop"]


@dataclass(frozen=True)
class StateGuard:
    """A reason not to send that lies in the state of things, registered by the room that knows it.

    `when` is a condition, asked of the customer and order at the moment. Empty `only` means every message but those in
    `never`. A hold is asked again when one of `wakes` becomes known, or when it is of no use any more.
    """

    name: str
    when: str
    reason: str
    outcome: Literal["hold", "drop"] = "drop"
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    wakes: tuple[str, ...] = ()


# The questions of the guard, in the order in which they are asked, with the words that people read.
CHECKS = ("state", "consent", "suppression", "age", "quiet", "caps", "arbitration")
