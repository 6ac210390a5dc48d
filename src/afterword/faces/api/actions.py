"""Writing together what comes in together: requests that wait at the same time share one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

import structlog
from django.db import Error, OperationalError

from afterword.kernel.errors import Complaint
from afterword.kit import clock
from afterword.kit.env import env_int
from afterword.loop.intake import door as intake
from afterword.loop.intake.types import Kept, Taken

from .rules import Allowance, Bucket, full
from .types import Busy, TooMany

MOST_WAITING = 50_000
RETRY_AFTER = 1
log = structlog.get_logger("afterword.api")


@dataclass
class _Ticket:
    """One request's batch, and what became of it."""

    parcel: intake.Parcel
    received_at: datetime
    taken: Taken | None = None
    error: Exception | None = None


class Commits:
    """The one that writes writes for everybody who waits; the others find their work done."""

    def __init__(self) -> None:
        self._turn, self._door = Lock(), Lock()
        self._waiting: list[_Ticket] = []
        self._events = 0

    def submit(self, parcel: intake.Parcel, received_at: datetime) -> Taken:
        """Write this batch down, durably, before returning. Raises `Busy` when too much waits already."""
        ticket, size = _Ticket(parcel, received_at), len(parcel.raws)
        with self._door:
            if self._events and self._events + size > MOST_WAITING:
                raise Busy(seconds=RETRY_AFTER)
            self._events += size
            self._waiting.append(ticket)
        try:
            with self._turn:
                if ticket.taken is None and ticket.error is None:
                    self._write()
        finally:
            with self._door:
                self._events -= size
        if ticket.taken is None:
            raise ticket.error or Busy(seconds=RETRY_AFTER)
        return ticket.taken

    def _write(self) -> None:
        with self._door:
            tickets, self._waiting = self._waiting, []
        at = max(ticket.received_at for ticket in tickets)
        try:
            taken = intake.take([ticket.parcel for ticket in tickets], received_at=at)
        except OperationalError as error:
            for ticket in tickets:
                ticket.error = error
        except Error as error:
            self._write_apart(tickets, error)
        else:
            for ticket, one in zip(tickets, taken, strict=True):
                ticket.taken = one

    def _write_apart(self, tickets: Sequence[_Ticket], error: Exception) -> None:
        """One of them is refused by the database: each on its own, and the culprit whole into quarantine."""
        for ticket in tickets:
            try:
                (ticket.taken,) = intake.take([ticket.parcel], received_at=ticket.received_at)
            except OperationalError as gone:
                ticket.error = gone
            except Error as fault:
                log.error("the database refused a batch", fault=str(fault), source=ticket.parcel.source)
                complaint = (Complaint("", "was refused by the database", "an event that can be stored"),)
                kept = [
                    Kept(ticket.parcel.source, ticket.parcel.store, bytes(raw), complaint, ticket.parcel.browser)
                    for raw in ticket.parcel.raws
                ]
                intake.keep(kept, received_at=ticket.received_at)
                ticket.taken = Taken(0, 0, tuple((place, complaint) for place in range(len(kept))))


commits = Commits()


class Limits:
    """How much each key has told lately. Kept in the one process that serves the web; a restart begins anew."""

    MOST_KEYS = 10_000

    def __init__(self) -> None:
        self._lock = Lock()
        self._buckets: dict[str, Bucket] = {}

    def ask(self, key: str, events: int, *, browser: bool = False) -> dict[str, str]:
        """Count so many events for this key; the headers to answer with. Raises TooMany, and then nothing has been counted."""
        allowed = allowance(browser)
        if allowed is None:
            return {}
        now = clock.elapsed()
        with self._lock:
            if len(self._buckets) > self.MOST_KEYS:
                self._buckets.clear()
            bucket, standing = (self._buckets.get(key) or full(now, allowed)).ask(events, now, allowed)
            self._buckets[key] = bucket
        if standing.wait:
            raise TooMany(seconds=standing.wait, headers=standing.headers())
        return standing.headers()


def allowance(browser: bool = False) -> Allowance | None:
    """What each key may tell: AFTERWORD_KEY_RATE events a second, AFTERWORD_KEY_BURST at once. A rate of 0 is no limit.

    A browser key, which everybody can read and all visitors share, may tell a tenth of that.
    """
    rate, part = env_int("AFTERWORD_KEY_RATE", 5000, least=0), 10 if browser else 1
    return Allowance(max(1, rate // part), max(1, env_int("AFTERWORD_KEY_BURST", 300_000, least=1) // part)) if rate else None


limits = Limits()
