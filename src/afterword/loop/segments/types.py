"""What crosses the door of segments: a segment, one of its revisions, how it changed, and what can be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from afterword.kernel.errors import Refused


class NoSuchSegment(Refused):
    """There is no segment “{key}”."""


class BadSegment(Refused):
    """{place}: {fault}; expected {expected}."""


class TooHeavy(Refused):
    """This condition takes longer than {seconds} seconds to ask of everybody. Read fewer events, or a shorter time."""


class Busy(Refused):
    """Others are counting just now. Try again in a moment."""


@dataclass(frozen=True)
class Compiled:
    """A condition as statements for PostgreSQL.

    `everybody` answers for all at `%(until)s`: customer_id, inside, again. `some` answers for the rows of `segment_asked`
    (customer_id, moment) and repeats those. `parts` answers for the same rows with each part's truth and value.
    """

    text: str
    everybody: str
    some: str
    parts: str
    reads: tuple[str, ...]
    spoken: tuple[dict[str, str], ...]
    pins: dict[str, int]


@dataclass(frozen=True)
class Line:
    """A segment in the list: how many are in it, how many more or fewer than a week ago, and its size on each of the last days.

    A new one began within the week, so that what it was a week ago says nothing.
    """

    key: str
    name: str
    about: str
    text: str
    is_on: bool
    size: int
    change: int
    days: tuple[tuple[date, int], ...]
    fault: str
    changed_at: datetime
    is_new: bool


@dataclass(frozen=True)
class Revision:
    """What a segment meant from an instant on."""

    number: int
    text: str
    at: datetime
    by: str
    pins: dict[str, int]


@dataclass(frozen=True)
class Known:
    """One segment with everything it ever meant, the newest first."""

    id: int
    key: str
    name: str
    about: str
    is_on: bool
    fault: str
    asked_until: datetime | None
    revisions: tuple[Revision, ...]

    @property
    def text(self) -> str:
        """The condition as it stands."""
        return self.revisions[0].text

    @property
    def number(self) -> int:
        """The number of the revision that stands."""
        return self.revisions[0].number


@dataclass(frozen=True)
class Person:
    """Somebody in a segment, since when."""

    customer_id: UUID
    since: datetime


@dataclass(frozen=True)
class Part:
    """One part of a condition as it was for somebody at a moment: its text, whether it was true, and the value that was seen."""

    text: str
    holds: bool
    value: Any
    type: str


@dataclass(frozen=True)
class Why:
    """Why somebody is in a segment or not, at a moment."""

    inside: bool
    there: bool
    moment: datetime
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Counted:
    """How many customers fulfil a condition, of how many, and some of them, always the same ones."""

    inside: int
    of: int
    sample: tuple[UUID, ...]
