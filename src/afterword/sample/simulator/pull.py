"""The simulated shop as a source: what happened in a window, and what its customers do about messages."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from types import MappingProxyType

from afterword.loop.events.types import Told

from ..rules.lives import Terms, arrivals, purchases
from ..rules.people import person
from ..rules.reactions import reactions
from ..types import Sent, StoreSetup
from .payloads import AFTER, BEFORE, events, products
from .types import Purchase
from .words import LANGUAGES

CUSTOMERS, DAYS = 2000, 182
BLOCK = timedelta(days=21)  # what is worked out at once
CHUNK = 5000  # customers
STORE = StoreSetup(
    "main",
    "Lut & Boabe",
    "EUR",
    ("ro", *(language for language in LANGUAGES if language != "ro")),
    "Europe/Bucharest",
    {
        "colour": "#24508f",
        "voice": "warm",
        "sender_name": "Anca from Lut & Boabe",
        "sender_email": "salut@lutsiboabe.example",
        "postal_address": "Lut & Boabe SRL, Strada Matei Corvin 6, 400112 Cluj-Napoca, Romania",
        "site_url": "https://lutsiboabe.example",
    },
    (time(20), time(9)),
)


class Shop:
    """A `Source` that follows from its terms alone. It goes on living after `ends_at`, for as long as one asks."""

    name = "sample"
    stores: tuple[StoreSetup, ...] = (STORE,)
    left_out: Mapping[str, int] = MappingProxyType({})
    reacts_for = AFTER + timedelta(days=30)

    def __init__(self, *, seed: int, ends_at: datetime, customers: int = CUSTOMERS, days: int = DAYS) -> None:
        self.starts_at, self.ends_at = ends_at - timedelta(days=days), ends_at
        self.customers = customers
        self.terms = Terms(seed, customers, days, self.starts_at)
        self._placed: list[Purchase] = []
        self._known_until = self.starts_at
        self._since = self._until = self.starts_at
        self._block: list[Told] = []
        self._at: list[datetime] = []

    def told(self, since: datetime, until: datetime) -> Sequence[Told]:
        """What happened in `(since, until]`, in order of time."""
        if since < self._since or until > self._until or not self._block:
            self._since, self._until = since, max(until, since + BLOCK)
            self._block = self._told(self._since, self._until)
            self._at = [told.occurred_at for told in self._block]
        return self._block[bisect_right(self._at, since) : bisect_right(self._at, until)]

    def react(self, sent: Sequence[Sent]) -> Iterator[Told]:
        """What these messages lead to."""
        for one in sent:
            yield from reactions(self.terms, one)

    def purchases(self, since: datetime, until: datetime) -> list[Purchase]:
        """The orders of `(since, until]` that would have been placed without any message: the truth to measure against."""
        if until > self._known_until:
            self._known_until = max(until, self.ends_at) + BLOCK
            self._placed = sorted(
                (bought for n in range(arrivals(self.terms, self._known_until)) for bought in self.life(n, self._known_until)),
                key=lambda bought: (bought.at, bought.reference),
            )
        first, last = (bisect_right(self._placed, at, key=lambda bought: bought.at) for at in (since, until))
        return self._placed[first:last]

    def life(self, n: int, until: datetime) -> Iterator[Purchase]:
        """The orders of the `n`-th customer."""
        return purchases(self.terms, person(self.terms.seed, n), until)

    def in_chunks(self) -> Iterator[list[Told]]:
        """The whole history up to `ends_at`, some thousand customers at a time, each chunk in order of time. Holds one chunk."""
        yield list(products(self.starts_at + timedelta(minutes=1)))
        come = arrivals(self.terms, self.ends_at)
        for first in range(0, come, CHUNK):
            found: Iterable[Told] = (
                told
                for n in range(first, min(first + CHUNK, come))
                for bought in self.life(n, self.ends_at + BEFORE)
                for told in events(bought, self.terms.seed)
                if told.occurred_at <= self.ends_at
            )
            yield sorted(found, key=_order)

    def _told(self, since: datetime, until: datetime) -> list[Told]:
        found = [told for told in products(self.starts_at + timedelta(minutes=1)) if since < told.occurred_at <= until]
        for bought in self.purchases(since - AFTER, until + BEFORE):
            found += (told for told in events(bought, self.terms.seed) if since < told.occurred_at <= until)
        return sorted(found, key=_order)


def _order(told: Told) -> tuple[datetime, str]:
    return told.occurred_at, told.source_id
