"""Who sends which message, as the rooms that send them know, and whether what they send speaks of an order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Source = Callable[[], Iterable["Use"]]
_sources: dict[str, Source] = {}


@dataclass(frozen=True)
class Use:
    """A message, what sends it by the name that people know, whether that always has an order, and whether it goes to many at once."""

    message: str
    sender: str
    of_order: bool
    to_many: bool = False


def register_uses(name: str, source: Source) -> None:
    """Have lint ask this room too. Registering again changes nothing."""
    _sources[name] = source


def uses() -> list[Use]:
    """Every use that a room knows. A statement a room."""
    return [use for source in _sources.values() for use in source()]
