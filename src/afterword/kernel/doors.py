"""Doors that open only when somebody goes through: what is heavy behind them is imported at its first use.

The web process must stay small, so a room's door may not drag table expressions into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazily(package: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a door: name → the module, relative to the room, that has it.

    Args:
        package: the room's package, such as `afterword.loop.journeys`.
    """

    def opened(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {package}.door has no attribute {name!r}")
        return getattr(import_module(f"{package}.{names[name]}"), name)

    return opened


class Late:
    """A library that is imported when something of it is first used. Reading a journey needs no table expressions, asking it does."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)
