"""What crosses the door of consent."""

from __future__ import annotations

from dataclasses import dataclass

from afterword.kernel.errors import Complaint, Refused


@dataclass(frozen=True)
class Imported:
    """What became of a file of consents."""

    granted: int
    withdrawn: int
    suppressed: int
    repeated: int
    refused: tuple[Complaint, ...]


@dataclass(frozen=True)
class Allowed:
    """What a customer said (`granted`, `withdrawn`, `unknown`), and whether nothing is sent to their address anyway."""

    state: str
    suppressed: bool


class NotAhead(Refused):
    """A pause ends on a day to come."""


class NoColumns(Refused):
    """The file needs the columns {needed}; it has {found}."""
