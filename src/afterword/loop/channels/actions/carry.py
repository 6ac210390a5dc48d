"""Carries notes to a provider that is asked over HTTP: a few requests beside one another, each on a connection that stays open.

What the providers say and what it means is theirs (`<folder>/requests.py`, `words.py`); here are only bytes, threads and time. A
provider that asks for patience, or refuses us as a whole, is asked nothing more in this batch.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from uuid import UUID

from afterword.kernel.errors import Refused
from afterword.kit import beside, clock, http
from afterword.kit.env import env_bool

from ..types import Begin, Meaning, Note, Outcome, Provider, Request, Settings

PATIENCE = 20.0
LATER = (408, 425, 429, 500, 502, 503, 504)
Tell = Callable[[Outcome], None]


@dataclass
class Batch:
    """What is to be carried, until when any of it begins (`clock.elapsed`), and what stopped it before that."""

    provider: Provider
    settings: Settings
    now: datetime
    waiting: deque[Note]
    begin: Begin | None
    until: float
    stopped: Outcome | None = None

    def put_off(self, tell: Tell) -> None:
        """What waits never began, and says so."""
        while self.waiting:
            try:
                note = self.waiting.popleft()
            except IndexError:  # another line took it
                return
            tell(self._off(note.id))

    def _off(self, id: UUID) -> Outcome:
        if (why := self.stopped) is None:
            return Outcome(id, "deferred", "not_begun", said="there was no time to begin")
        return Outcome(id, "deferred", why.word, why.code, why.said, again_at=why.again_at, provider=why.provider)


def carry(
    provider: Provider, notes: Sequence[Note], settings: Settings, now: datetime, *, begin: Begin | None = None, within: float = math.inf,
    breath: float | None = None,
) -> Iterator[Outcome | None]:  # fmt: skip
    """One outcome for every note, in the order of the answers; None after each `breath` (seconds) without one.

    Args:
        now: the shown time, from which the provider's “ask again after” counts.
        begin: asked of every note that is `once`, just before its words leave; where it says no, all that is left is put off.
        within: seconds in which a note may begin; what has not begun by then is put off.
    """
    if not notes:
        return
    if provider.carrier is not None and (own := provider.carrier(notes, settings, now)) is not None:
        yield from (priced(outcome, settings) for outcome in own)
        return
    batch = Batch(provider, settings, now, deque(notes), begin, clock.elapsed() + within)
    try:
        yield from beside.answers(partial(_line, batch), lines=provider.at_once, many=len(notes), name=provider.name, breath=breath)
    finally:
        batch.until = -math.inf
        batch.waiting.clear()


def _line(batch: Batch, tell: Tell) -> None:
    line = http.Line(inside=env_bool("AFTERWORD_WEBHOOKS_INSIDE", False), patience=PATIENCE)
    try:
        while batch.waiting:
            if batch.stopped is not None or clock.elapsed() > batch.until:
                batch.put_off(tell)
                return
            try:
                note = batch.waiting.popleft()
            except IndexError:
                return
            outcome = _one(batch, line, note)
            if outcome is None:  # it may not leave now: neither may what comes after it
                batch.until = -math.inf
                tell(Outcome(note.id, "deferred", "not_begun", said="it may not leave now"))
                continue
            if outcome.result == "deferred" and outcome.word in ("paced", "no_server"):
                batch.stopped = outcome
            tell(outcome)
    finally:
        line.close()


def _one(batch: Batch, line: http.Line, note: Note) -> Outcome | None:
    provider = batch.provider
    try:
        request = provider.request(note, batch.settings)
        reply = _asked(batch, line, note, request)
    except Refused as refusal:
        return Outcome(note.id, "refused", "cannot_say", said=str(refusal), provider=provider.name)
    except http.Lost as lost:
        doubt = lost.sent and not knows_repetitions(provider, batch.settings)
        return Outcome(
            note.id, "deferred", "connection_lost" if lost.sent else "network", said=str(lost), in_doubt=doubt, provider=provider.name
        )
    if reply is None:
        return None
    if provider.meant is not None:
        meaning = provider.meant(reply.status, reply.headers, reply.body, batch.settings)
    else:
        meaning = provider.understood(reply.status, reply.headers, reply.body)
    return outcome_of(note, meaning, reply.status, batch)


def _asked(batch: Batch, line: http.Line, note: Note, request: Request) -> http.Reply | None:
    begin = batch.begin
    leaving = (lambda: begin(note.id).result()) if note.once and begin is not None else None
    return line.ask(request.method, request.url, request.headers, request.body, leaving=leaving)


def knows_repetitions(provider: Provider, settings: Settings) -> bool:
    """Whether a request that is repeated with the same key is carried out once."""
    return provider.repeats(settings) if provider.repeats is not None else provider.idempotent


def outcome_of(note: Note, meaning: Meaning, status: int, batch: Batch) -> Outcome:
    """What an answer means for one note, with what it costs."""
    provider = batch.provider
    word = "no_server" if meaning.whole else "paced" if meaning.wait is not None and meaning.result == "deferred" else meaning.word
    again = batch.now + timedelta(seconds=meaning.wait) if meaning.wait is not None else None
    accepted = meaning.result == "accepted"
    segments = (meaning.segments or (provider.segments(spoken(note)) if provider.segments else 0)) if accepted else 0
    cost, currency = cost_of(batch.settings, segments) if accepted else (None, "")
    return Outcome(
        note.id, "deferred" if meaning.whole else meaning.result, word, status, meaning.said, suppress=meaning.suppress, again_at=again,
        provider=provider.name, provider_id=meaning.provider_id, segments=segments, cost_minor=cost, currency=currency,
    )  # fmt: skip


def spoken(note: Note) -> str:
    """The words of a note as they are counted: its text, with its links behind it."""
    return "\n".join([note.text, *(link.url for link in note.links if link.url not in note.text)])


def priced(outcome: Outcome, settings: Settings) -> Outcome:
    """An outcome with what it costs, where it was accepted."""
    cost, currency = cost_of(settings, 1) if outcome.result == "accepted" else (None, "")
    return replace(outcome, cost_minor=cost, currency=currency)


def cost_of(settings: Settings, segments: int) -> tuple[Decimal | None, str]:
    """What so many segments cost in minor units, where the price of one is known."""
    try:
        price = Decimal(settings.get("price", "") or "x")
    except InvalidOperation:
        return None, ""
    return price * max(1, segments), settings.get("currency", "")
