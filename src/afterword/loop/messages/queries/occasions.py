"""What an origin invites to, as the room that sends it knows: an event with a name, a beginning and a place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Source = Callable[[set[str]], Mapping[str, dict[str, Any]]]
_sources: dict[str, Source] = {}


def register_occasions(name: str, source: Source) -> None:
    """Have letters ask this too: origins → what each invites to (`name`, `starts_at`, `place`). Registering again changes nothing."""
    _sources[name] = source


def occasions(origins: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What these origins invite to; most invite to nothing."""
    wanted = set(origins)
    return {origin: found for source in _sources.values() for origin, found in source(wanted).items()} if wanted else {}
