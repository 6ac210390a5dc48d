"""A history that is told from memory: events in order of time, cut at any instant."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from afterword.loop.events.types import Told

from ..types import Sent, StoreSetup


class History:
    """A `Source` that holds all its events and whose customers do nothing but what is recorded of them."""

    reacts_for = timedelta(0)
    customers = 0

    def __init__(self, name: str, stores: tuple[StoreSetup, ...], told: Iterable[Told], left_out: Mapping[str, int]) -> None:
        self.name, self.stores = name, stores
        self.left_out: Mapping[str, int] = dict(left_out)
        self._told = sorted(told, key=lambda t: (t.occurred_at, t.source_id))
        self._at = [t.occurred_at for t in self._told]
        self.starts_at = _hour(self._at[0]) - timedelta(hours=1)
        self.ends_at = _hour(self._at[-1]) + timedelta(hours=2)

    def __len__(self) -> int:
        return len(self._told)

    def told(self, since: datetime, until: datetime) -> Sequence[Told]:
        """What happened in `(since, until]`."""
        return self._told[bisect_right(self._at, since) : bisect_right(self._at, until)]

    def react(self, sent: Sequence[Sent]) -> Sequence[Told]:
        """Nothing: what these customers did is in the record already."""
        return ()


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
