"""What a shop to live through must be able to tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Protocol
from uuid import UUID

from afterword.kernel.errors import Refused
from afterword.loop.events.types import Told


class NoSuchShop(Refused):
    """There is no shop called “{shop}”. Known are: {known}."""


class NoData(Refused):
    """The data of “{shop}” are not at {place}: {missing} is missing."""


class OtherShop(Refused):
    """This installation lives through “{there}” already. Start “{shop}” with another AFTERWORD_HOME, or leave the sample behind first."""


class NothingLived(Refused):
    """No sample shop was lived through in this installation, so there is none to leave behind."""


@dataclass(frozen=True)
class Sent:
    """A message that reached a customer, for whoever plays the customer."""

    id: UUID
    message: str
    category: str
    journey: str
    run: UUID
    store: str
    customer_id: UUID
    external_id: str
    order: UUID | None
    reference: str  # the shop's own number of that order, "" where there is none
    sent_at: datetime


@dataclass(frozen=True)
class StoreSetup:
    """How the store of this shop presents itself."""

    key: str
    name: str
    currency: str
    languages: tuple[str, ...]
    zone: str
    brand: Mapping[str, str]
    quiet: tuple[time, time] | None = None  # local times from and until which nobody is disturbed


class Source(Protocol):
    """A shop's history, told in order. It is deterministic: the same window always tells the same events."""

    name: str
    starts_at: datetime
    ends_at: datetime
    stores: tuple[StoreSetup, ...]
    # What the data lack, by a sentence each: shown to people, and part of the truth of a replay.
    left_out: Mapping[str, int]
    # For how long after a message something may follow from it; zero where nothing ever does.
    reacts_for: timedelta
    customers: int  # 0 where the data decide

    def told(self, since: datetime, until: datetime) -> Iterable[Told]:
        """What happened in `(since, until]`, in order of time."""
        ...

    def react(self, sent: Sequence[Sent]) -> Iterable[Told]:
        """What the customers do about these messages, each at its own later instant; the same for the same messages, in any order."""
        ...


@dataclass
class Progress:
    """How far a replay is."""

    shop: str
    starts_at: datetime
    ends_at: datetime
    at: datetime
    events: int
    messages: int
    paused: bool
    done: bool
    left_out: Mapping[str, Any]

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        whole = (self.ends_at - self.starts_at).total_seconds()
        return 1.0 if self.done or whole <= 0 else max(0.0, min(1.0, (self.at - self.starts_at).total_seconds() / whole))
