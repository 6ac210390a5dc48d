"""Hand over: lease what is due, load what the letters say, render, send, and keep what the other side answered.

Between the words of a message and our commit of the server's answer lies the one ambiguous window of SMTP. What broke in it is sent
again, its Message-ID the same, so that whoever keeps to RFC 5322 sees one message; or it waits for a person; or it is given up, with
the reason “in doubt”: the shop says which, by category (see `doubts`). What a dead sender held and had not begun is sent by the
next one (see `lease`). What goes over other channels than e-mail is carried by `ways`; what was answered is written down by `outcomes`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import OperationalError

from afterword.kernel.errors import Failed, Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.channels.door import Envelope, Note, OpenWay, Outcome, Server, stream_email

from ..queries.letters import Letter, letters
from ..queries.notes import notes
from ..queries.servers import halted, live_origins, mailbox, outside, server_key, server_name
from ..types import NoServer
from .depart import departing
from .halt import HALTED
from .lease import BATCH, SENDING, Begun, lease
from .outcomes import UNCOUNTED, Handed, keep, once
from .papers import awaited
from .rehearse import rehearsal
from .ways import over_ways, watched

EMAIL = "email"
BUNCH, BREATH = 25, 0.05  # answers, seconds: after so many of either they are written down
UNHEARD = ("network", "no_server", "connection_lost")
LOOK_AGAIN = timedelta(minutes=5)


def hand_over(now: datetime, *, logical: bool = False) -> Handed:
    """Send everything that is due. `logical` (replays): a message is sent at the moment of its verdict, not of the sending."""
    done = Handed()
    if accounts.installation().sending_stopped:
        return done
    while True:
        due, live = lease(now), live_origins()
        if not due:
            return done
        for row in due.values():
            row["live"] = row["origin"] in live
        resting = _resting(due, now)
        if not logical:
            resting |= awaited(row for id, row in due.items() if id not in resting)
        written, faults = _written([row for id, row in due.items() if id not in resting], now, logical)
        answers = Answers(outside_of=due)
        carried = answers.heard(_carried(written, due, now))
        for bunch in _bunches(chain(resting.values(), faults, carried), whole=logical):
            keep(due, written, bunch, now, logical, done)
        answers.conclude(now)
        if len(due) < BATCH:
            return done


def _resting(due: dict[UUID, dict[str, Any]], now: datetime) -> dict[UUID, Outcome]:
    """What is live and may not go now: the mail server is left in peace, or its journey has stopped by itself. No try is counted."""
    live = {id: row for id, row in due.items() if row["live"]}
    if not live:
        return {}
    stopped = halted()
    waiting = {
        id: Outcome(id, "deferred", "halted", said=HALTED, again_at=now + LOOK_AGAIN)
        for id, row in live.items() if row["origin"] in stopped and row["category"] != "transactional"
    }  # fmt: skip
    if until := channels.resting(server_key(), now):
        said, known = "the mail server fails and is left in peace for a while", _carriers()
        waiting |= {
            id: Outcome(id, "deferred", "resting", said=said, again_at=until)
            for id, row in live.items()
            if row["channel"] == EMAIL and id not in waiting and channels.way_of(known, EMAIL, row["store"]) is None
        }
    return waiting


def _written(due: list[dict[str, Any]], now: datetime, logical: bool) -> tuple[dict[UUID, Letter | Note], list[Outcome]]:
    """Every letter and note as it travels; whoever's cannot be written keeps the others from nothing."""
    found: dict[UUID, Letter | Note] = {}
    faults: list[Outcome] = []
    mails, others = [row for row in due if row["channel"] == EMAIL], [row for row in due if row["channel"] != EMAIL]

    def at(row: dict[str, Any]) -> datetime:
        moment: datetime = row["released_at"] if logical else now
        return moment

    for row, letter in chain(letters(mails, at) if mails else (), notes(others, at, now) if others else ()):
        if isinstance(letter, Refused):
            faults.append(Outcome(row["id"], "refused", "cannot be written", said=str(letter)))
        else:
            found[row["id"]] = letter
    return found, faults


def _carried(written: dict[UUID, Letter | Note], due: dict[UUID, dict[str, Any]], now: datetime) -> Iterator[Outcome | None]:
    """What rehearses goes to the mailbox, what is live outside."""
    rehearsed = [one for id, one in written.items() if not due[id]["live"]]
    yield from _sent([rehearsal(one, due[one.id]["channel"]) if isinstance(one, Note) else _envelope(one) for one in rehearsed], mailbox())
    away = [one for id, one in written.items() if due[id]["live"]]
    until = clock.elapsed() + SENDING  # all that leaves shares the time that a lease allows for it
    yield from _mailed([one for one in away if isinstance(one, Letter)], due, now, until)
    yield from over_ways([one for one in away if isinstance(one, Note)], due, now, until)


def _carriers() -> list[OpenWay]:
    """The providers that carry mails, for one store or for all that have none of their own."""
    return [way for way in channels.ways() if way.channel == EMAIL]


def _over_providers(
    letters: list[tuple[Letter, bool]], due: dict[UUID, dict[str, Any]], now: datetime, until: float
) -> Generator[Outcome | None, None, list[tuple[Letter, bool]]]:
    """Letters of stores whose mails a provider carries leave over it; the others are given back."""
    known = _carriers() if letters else []
    if not known:
        return letters
    begun = Begun()
    try:
        for way in known:
            those = [pair for pair in letters if channels.way_of(known, EMAIL, due[pair[0].id]["store"]) is way]
            knows = channels.knows_repetitions(way.provider, way.settings)
            doubtful = {letter.id for letter, single in those if single and not knows and due[letter.id]["begun_at"]}
            yield from (Outcome(id, "refused", "in_doubt", said="in doubt", provider=way.provider.name) for id in doubtful)
            envelopes = [_envelope(letter, once=single and not knows) for letter, single in those if letter.id not in doubtful]
            if envelopes and (rests := channels.resting(way.key, now)):
                said = "the mail provider fails and is left in peace for a while"
                yield from (Outcome(one.id, "deferred", "resting", said=said, again_at=rests) for one in envelopes)
            elif envelopes:
                left = max(0.0, until - clock.elapsed())
                carried = channels.carry_mails(envelopes, way.settings, now, begin=begun, within=left, breath=BREATH)
                yield from watched(way.key, carried, now)
    finally:
        begun.close()
    return [pair for pair in letters if channels.way_of(known, EMAIL, due[pair[0].id]["store"]) is None]


def _mailed(away: list[Letter], due: dict[UUID, dict[str, Any]], now: datetime, until: float) -> Iterator[Outcome | None]:
    """Letters go to the mail server; what a dead sender had begun, and must not go twice, goes not at all."""
    rest = yield from _over_providers([(letter, once(due[letter.id])) for letter in away], due, now, until)
    doubtful = {letter.id for letter, single in rest if single and due[letter.id]["begun_at"]}
    yield from (Outcome(id, "refused", "in_doubt", said="in doubt") for id in doubtful)
    rest = [pair for pair in rest if pair[0].id not in doubtful]
    if not rest:
        return
    if not server_name():
        yield from (Outcome(letter.id, "deferred", "no_server", said=str(NoServer())) for letter, _ in rest)
        return
    envelopes, waiting = departing(rest, now)
    yield from waiting
    begun = Begun()
    try:
        yield from _sent(envelopes, outside(), begun, max(0.0, until - clock.elapsed()))
    finally:
        begun.close()


@dataclass
class Answers:
    """Whether the server outside answered anybody: one that answered nobody has failed once more, one that did is well."""

    outside_of: dict[UUID, dict[str, Any]]
    anybody: bool = False
    fault: str = ""

    def heard(self, outcomes: Iterable[Outcome | None]) -> Iterator[Outcome | None]:
        """The same outcomes, listened to."""
        for outcome in outcomes:
            if (
                outcome is not None
                and not outcome.provider
                and self.outside_of[outcome.id]["live"]
                and self.outside_of[outcome.id]["channel"] == EMAIL
            ):
                if outcome.word in UNHEARD:
                    self.fault = outcome.said or outcome.word
                elif outcome.word not in (*UNCOUNTED, "in_doubt"):
                    self.anybody = True
            yield outcome

    def conclude(self, now: datetime) -> None:
        """Remember it; a database that is away just now hears it the next time."""
        with suppress(OperationalError):
            if self.anybody:
                channels.answered(server_key())
            elif self.fault:
                channels.failed(server_key(), self.fault, now)


def _bunches(outcomes: Iterable[Outcome | None], *, whole: bool) -> Iterator[list[Outcome]]:
    """What was answered, to be written down soon: what a server took and we have not written may go twice if we die now.

    Args:
        whole: all at once, as a replay does, whose order must not hang on the clock.
    """
    bunch, since = list[Outcome](), clock.elapsed()
    try:
        for outcome in outcomes:
            if outcome is not None:
                bunch.append(outcome)
            if bunch and not whole and (outcome is None or len(bunch) >= BUNCH or clock.elapsed() - since > BREATH):
                given, bunch, since = bunch, [], clock.elapsed()
                yield given
    except Exception:
        if bunch:  # what was answered before a fault of ours was answered all the same
            yield bunch
        raise
    if bunch:
        yield bunch


def _envelope(letter: Letter, *, once: bool = False) -> Envelope:
    return Envelope(letter.id, letter.sender, letter.address, letter.mail.raw, letter.mail.utf8, once)


def _sent(envelopes: list[Envelope], server: Server, begin: Begun | None = None, within: float = SENDING) -> Iterator[Outcome | None]:
    """What became of each. A server that refuses us as a whole puts off what it has not answered."""
    left = {envelope.id for envelope in envelopes}
    try:
        for outcome in stream_email(envelopes, server, begin=begin, within=within, breath=BREATH) if envelopes else ():
            if outcome is not None:
                left.discard(outcome.id)
            yield outcome
    except Failed as fault:
        yield from (Outcome(id, "deferred", "no_server", said=str(fault)) for id in left)
