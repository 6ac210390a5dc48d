"""What crosses the door of intake."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from afterword.kernel.errors import Complaint, Refused
from afterword.loop.events.types import Told


@dataclass(frozen=True)
class Understood:
    """What a foreign body says in our words, and what in it could not be understood."""

    told: tuple[Told, ...] = ()
    complaints: tuple[Complaint, ...] = ()


@dataclass(frozen=True)
class Taken:
    """What became of a batch: `refused` are (place in the batch, its complaints)."""

    accepted: int = 0
    repeated: int = 0
    refused: tuple[tuple[int, tuple[Complaint, ...]], ...] = ()


class Kept(NamedTuple):
    """One body for quarantine. `browser`: it came with a browser key, and is tried again with its rights."""

    source: str
    store: str
    body: bytes
    complaints: tuple[Complaint, ...]
    browser: bool = False


@dataclass(frozen=True)
class Tried:
    """What became of trying bodies again."""

    understood: int
    still_wrong: int


@dataclass
class Imported:
    """What became of a file."""

    rows: int = 0
    accepted: int = 0
    repeated: int = 0
    refused: int = 0
    report: str = ""
    complaints: list[Complaint] = field(default_factory=list)


class UnknownFormat(Refused):
    """“{path}” is no file that can be imported. Give one that ends in .jsonl, .csv or .parquet (a .gz may follow)."""


class BadMapping(Refused):
    """The mapping cannot be used: {fault}."""


class NoSuchBody(Refused):
    """There is no body {id} in quarantine."""
