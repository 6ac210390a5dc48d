"""Values that cross the door."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from afterword.kernel.errors import Refused

from .rules.words import Words, plainly

Result = Literal["done", "again", "never"]


class NoSuchEndpoint(Refused):
    """There is no endpoint called “{key}”. Add it in Settings, or with `afterword errands endpoint`."""


class NotAnAddress(Refused):
    """“{url}” cannot be called: {fault}."""


class BadSettings(Refused):
    """{place}: {fault}; expected {expected}."""


@dataclass(frozen=True)
class Errand:
    """One thing to be done. `id` follows from (journey, run, step), so whoever does it twice can tell."""

    id: UUID
    kind: str
    settings: Mapping[str, Any]
    origin: str
    run: UUID
    step: str
    store: str
    customer_id: UUID
    order_id: UUID | None
    planned_at: datetime
    attempts: int


@dataclass(frozen=True)
class Outcome:
    """What became of an errand: done, to be tried again, or never (with the reason); `said` is what the other side answered."""

    id: UUID
    result: Result
    said: str = ""


Performer = Callable[[Sequence[Errand], datetime], Sequence[Outcome]]


@dataclass(frozen=True)
class Kind:
    """A kind of errand, registered by the room that carries it out.

    Args:
        name: the word in a journey's document.
        title: what people call it.
        icon: of the vendored set.
        schema: the JSON Schema of its settings, from which forms and the reference are printed.
        check: settings as written, and their place → settings as kept; raises BadSettings.
        perform: carries out many at once.
        leaves: whether it reaches outside, and so waits until its journey is live.
        speak: settings as written → what the step is called, and its settings in words, as a journey is drawn.
        about: what it does, for whoever draws a journey; the title where nothing is said.
    """

    name: str
    title: str
    icon: str
    schema: Mapping[str, Any]
    check: Callable[[Any, str], dict[str, Any]]
    perform: Performer = field(compare=False)
    leaves: bool = False
    speak: Callable[[Any], Words] = field(default=plainly, compare=False)
    about: str = ""
