"""What crosses the door of consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from afterword.kernel.errors import Complaint, Refused

Ground = Literal["opt_in", "double_opt_in", "soft_opt_in"]


@dataclass(frozen=True)
class Imported:
    """What became of a file of consents. `unproven`: grants that say nothing, because no words and no place prove them."""

    granted: int
    withdrawn: int
    suppressed: int
    repeated: int
    unproven: int
    refused: tuple[Complaint, ...]


@dataclass(frozen=True)
class Allowed:
    """What a customer said (`granted`, `soft`, `unproven`, `withdrawn`, `unknown`), and whether nothing is sent to their address anyway."""

    state: str
    suppressed: bool


class NoWish(Refused):
    """“{wish}” is not a wish: hours look like 20:00-10:00, and how often is a number from 1 to 9 a week."""


class NotAhead(Refused):
    """A pause ends on a day to come."""


class NoColumns(Refused):
    """The file needs the columns {needed}; it has {found}."""
