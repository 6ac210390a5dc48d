"""What people call the origins of messages, as the rooms that send them know: a journey, a campaign, each with its name and its page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Source = Callable[[], dict[str, "Origin"]]
_sources: dict[str, Source] = {}


@dataclass(frozen=True)
class Origin:
    """Where messages come from: its name, and its page in the console, below the installation's own address."""

    name: str
    page: str


def register_origins(name: str, source: Source) -> None:
    """Have pages and mails to the team ask this room too: origin → what it is called. Registering again changes nothing."""
    _sources[name] = source


def origins() -> dict[str, Origin]:
    """Every origin that a room knows. A statement a room."""
    return {origin: found for source in _sources.values() for origin, found in source().items()}


def origin_of(origin: str) -> Origin:
    """One of them; called by its key where no room knows it any more."""
    return origins().get(origin) or Origin(origin, "")
