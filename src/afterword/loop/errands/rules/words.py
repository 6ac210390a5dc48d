"""Errands as they are shown in a journey: settings as written → what it is called, and its settings in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from afterword.kernel import durations
from afterword.kernel.errors import Refused

Words = tuple[str, tuple[tuple[str, str], ...]]


def plainly(given: Any) -> Words:
    """For a kind that says nothing of its own: the first text of its settings, and the others as they stand."""
    if not isinstance(given, Mapping):
        return str(given or ""), ()
    told = [(str(name), str(value)) for name, value in given.items() if isinstance(value, str | int | float) and value != ""]
    return (told[0][1], tuple((name.replace("_", " ").capitalize(), value) for name, value in told[1:])) if told else ("", ())


def task(given: Any) -> Words:
    """What is to be done, by whom, until when."""
    d = given if isinstance(given, Mapping) else {"title": given}
    due = [("Due", f"{_length(d['due_in'])} later")] if d.get("due_in") else []
    return str(d.get("title") or ""), (("For", str(d.get("for", "support"))), *due)


def tag(given: Any) -> Words:
    """The tag."""
    return str(given or ""), ()


def webhook(given: Any) -> Words:
    """Which system, and as what."""
    d = given if isinstance(given, Mapping) else {"to": given}
    return str(d.get("to") or ""), ((("As", str(d["name"])),) if d.get("name") else ())


def _length(given: Any) -> str:
    try:
        return durations.spoken(durations.seconds(given.strip() if isinstance(given, str) else given))
    except (Refused, TypeError):
        return str(given)
