"""Hand over: lease what is due, load what the letters say, render, send, and keep what the other side answered.

Between the words of a message and our commit of the server's answer lies the one ambiguous window of SMTP. What broke in it, for
`IN_DOUBT` says by category, is sent again, its Message-ID the same, so that whoever keeps to RFC 5322 sees one message; or it is
given up, with the reason “in doubt”. What a dead sender held and had not begun is sent by the next one (see `lease`).
While the database is away, what a server said is kept in mind and written down as soon as it is back.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction

from afterword.kernel.errors import Failed, Refused
from afterword.kit import clock, process, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.channels.door import Envelope, Outcome, Server, stream_email
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity

from ..queries.letters import Letter, letters
from ..queries.servers import carries, live_origins, mailbox, outside
from ..types import NoServer, about
from .depart import departing
from .lease import BATCH, PATIENCE, SENDING, Begun, lease

AGAIN = 0.5  # seconds between two attempts to write down what was answered
ATTEMPTS = 6
BACK_OFF = (60, 300, 1800, 7200, 21600)
NEAR = (2, 10, 60, 300, 1800)  # the mailbox is our own: it is back when the database is, however often it was tried
AT_ONCE = 1  # seconds, for what never began
OUTSIDE = "smtp"
BUNCH, BREATH = 25, 0.05  # answers, seconds: after so many of either they are written down
UNCOUNTED = ("not_begun", "paced", "resting")  # nobody tried
UNHEARD = ("network", "no_server", "connection_lost")
IN_DOUBT = {"transactional": "again", "service": "again", "marketing": "give up"}
DONE = """
update message_delivery d set state = g.state, next_at = g.next_at, leased_until = null, response = g.response, address = g.address,
       locale = g.locale, subject = g.subject, body = decode(g.body, 'base64'), accepted_at = g.accepted_at, attempts = g.attempts,
       held_by = '', begun_at = null
from jsonb_to_recordset(%s::jsonb) as g (id uuid, state text, next_at timestamptz, response text, address text, locale text,
     subject text, body text, accepted_at timestamptz, attempts smallint)
where d.intent_id = g.id and (d.held_by = %s or g.state = 'accepted')
"""
INTENT_DONE = """
update message_intent m set state = case g.state when 'accepted' then 'sent' when 'failed' then 'failed' else m.state end,
       sent_at = g.accepted_at, reason = case when g.state = 'failed' then g.response else m.reason end
from jsonb_to_recordset(%s::jsonb) as g (id uuid, state text, response text, accepted_at timestamptz)
where m.id = g.id
"""


@dataclass
class Handed:
    """How many were accepted, put off and refused for good."""

    accepted: int = 0
    deferred: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return self.accepted + self.deferred + self.failed


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
        written, faults = _written([row for id, row in due.items() if id not in resting], now, logical)
        answers = Answers(outside_of=due)
        carried = answers.heard(_carried(written, due, now))
        for bunch in _bunches(chain(resting.values(), faults, carried), whole=logical):
            _keep(due, written, bunch, now, logical, done)
        answers.conclude(now)
        if len(due) < BATCH:
            return done


def _resting(due: dict[UUID, dict[str, Any]], now: datetime) -> dict[UUID, Outcome]:
    """What is live, while the mail server is left in peace: asked again when its rest is over, and not counted as a try."""
    until = channels.resting(OUTSIDE, now) if any(row["live"] for row in due.values()) else None
    if until is None:
        return {}
    said = "the mail server fails and is left in peace for a while"
    return {id: Outcome(id, "deferred", "resting", said=said, again_at=until) for id, row in due.items() if row["live"]}


def _written(due: list[dict[str, Any]], now: datetime, logical: bool) -> tuple[dict[UUID, Letter], list[Outcome]]:
    """Every letter as it travels; whoever's letter cannot be written keeps the others from nothing."""
    found: dict[UUID, Letter] = {}
    faults: list[Outcome] = []
    for row, letter in letters(due, lambda row: row["released_at"] if logical else now):
        if isinstance(letter, Refused):
            faults.append(Outcome(row["id"], "refused", "cannot be written", said=str(letter)))
        else:
            found[row["id"]] = letter
    return found, faults


def _carried(written: dict[UUID, Letter], due: dict[UUID, dict[str, Any]], now: datetime) -> Iterator[Outcome | None]:
    """What rehearses goes to the mailbox, what is live outside; what a dead sender had begun outside, and must not go twice, not at all."""
    rehearsed = [letter for id, letter in written.items() if not due[id]["live"]]
    yield from _sent([_envelope(letter) for letter in rehearsed], mailbox())
    away = [letter for id, letter in written.items() if due[id]["live"]]
    doubtful = {x.id for x in away if due[x.id]["begun_at"] and _once(due[x.id])}
    yield from (Outcome(id, "refused", "in_doubt", said="in doubt") for id in doubtful)
    rest = [(letter, _once(due[letter.id])) for letter in away if letter.id not in doubtful]
    if not rest:
        return
    if not carries():
        yield from (Outcome(letter.id, "deferred", "no_server", said=str(NoServer())) for letter, _ in rest)
        return
    envelopes, waiting = departing(rest, now)
    yield from waiting
    begun = Begun()
    try:
        yield from _sent(envelopes, outside(), begun)
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
            if outcome is not None and self.outside_of[outcome.id]["live"]:
                if outcome.word in UNHEARD:
                    self.fault = outcome.said or outcome.word
                elif outcome.word not in (*UNCOUNTED, "in_doubt"):
                    self.anybody = True
            yield outcome

    def conclude(self, now: datetime) -> None:
        """Remember it; a database that is away just now hears it the next time."""
        with suppress(OperationalError):
            if self.anybody:
                channels.answered(OUTSIDE)
            elif self.fault:
                channels.failed(OUTSIDE, self.fault, now)


def _bunches(outcomes: Iterable[Outcome | None], *, whole: bool) -> Iterator[list[Outcome]]:
    """What was answered, to be written down soon: what a server took and we have not written may go twice if we die now.

    Args:
        whole: all at once, as a replay does, whose order must not hang on the clock.
    """
    bunch, since = list[Outcome](), clock.elapsed()
    for outcome in outcomes:
        if outcome is not None:
            bunch.append(outcome)
        if bunch and not whole and (outcome is None or len(bunch) >= BUNCH or clock.elapsed() - since > BREATH):
            yield bunch
            bunch, since = [], clock.elapsed()
    if bunch:
        yield bunch


def _once(row: dict[str, Any]) -> bool:
    return IN_DOUBT[row["category"]] == "give up"


def _envelope(letter: Letter, *, once: bool = False) -> Envelope:
    return Envelope(letter.id, letter.sender, letter.address, letter.mail.raw, letter.mail.utf8, once)


def _sent(envelopes: list[Envelope], server: Server, begin: Begun | None = None) -> Iterator[Outcome | None]:
    """What became of each. A server that refuses us as a whole puts off what it has not answered."""
    left = {envelope.id for envelope in envelopes}
    try:
        for outcome in stream_email(envelopes, server, begin=begin, within=SENDING, breath=BREATH) if envelopes else ():
            if outcome is not None:
                left.discard(outcome.id)
            yield outcome
    except Failed as fault:
        yield from (Outcome(id, "deferred", "no_server", said=str(fault)) for id in left)


def _keep(
    due: dict[UUID, dict[str, Any]], written: dict[UUID, Letter], outcomes: Iterable[Outcome], now: datetime, logical: bool, done: Handed
) -> None:
    rows, told = list[dict[str, Any]](), list[Told]()
    for outcome in sorted(outcomes, key=lambda o: o.id):  # servers answer in any order; what is told of it has one
        row, letter = due[outcome.id], written.get(outcome.id)
        state = _state(outcome, row)
        setattr(done, state, getattr(done, state) + 1)
        at = row["released_at"] if logical else now
        rows.append(_row(outcome, state, row, letter, at, now))
        if state != "deferred":
            told += _told(outcome, state, row, letter, at)
    text = json.dumps(rows, default=lambda v: base64.b64encode(v).decode() if isinstance(v, bytes) else str(v))
    until = clock.elapsed() + PATIENCE
    while True:
        try:
            return _write(text, told, now)
        except OperationalError:
            if connection.in_atomic_block or clock.elapsed() > until:
                raise
            connection.close()
            clock.rest(AGAIN)


def _write(text: str, told: list[Told], now: datetime) -> None:
    with transaction.atomic():
        sql.run(DONE, [text, process.name()])
        sql.run(INTENT_DONE, [text])
        if told:
            identity.record(told, received_at=now)


def _state(outcome: Outcome, row: dict[str, Any]) -> str:
    if outcome.result == "accepted":
        return "accepted"
    if outcome.word in UNCOUNTED:
        return "deferred"
    if outcome.result == "refused" or (row["live"] and row["attempts"] >= ATTEMPTS) or _given_up(outcome, row):
        return "failed"
    return "deferred"


def _given_up(outcome: Outcome, row: dict[str, Any]) -> bool:
    """The words left and no answer came. Our own mailbox keeps one message once, whatever it is told twice."""
    return outcome.in_doubt and bool(row["live"]) and _once(row)


def _row(outcome: Outcome, state: str, row: dict[str, Any], letter: Letter | None, at: datetime, now: datetime) -> dict[str, Any]:
    begun, steps = outcome.word not in UNCOUNTED, BACK_OFF if row["live"] else NEAR
    wait = steps[min(row["attempts"] - 1, len(steps) - 1)] if begun else AT_ONCE
    again = outcome.again_at or now + timedelta(seconds=wait)
    said = "in doubt" if _given_up(outcome, row) else f"{outcome.code or ''} {outcome.said or outcome.word}".strip()[:500]
    return {
        "id": outcome.id, "state": state, "next_at": again.isoformat() if state == "deferred" else None,
        "response": said, "attempts": row["attempts"] - (not begun), "address": letter.address if letter else "",
        "locale": letter.locale if letter else "", "subject": letter.subject if letter else "", "body": letter.mail.raw if letter else b"",
        "accepted_at": at.isoformat() if state == "accepted" else None,
    }  # fmt: skip


def _told(outcome: Outcome, state: str, row: dict[str, Any], letter: Letter | None, at: datetime) -> list[Told]:
    name = "message.sent" if state == "accepted" else "message.failed"
    more: dict[str, Any] = {"language": letter.locale} if letter and letter.locale else {}
    if state == "accepted":
        more |= {"provider": "smtp", "rehearsal": not row["live"]}
    else:
        more |= {"reason": "in_doubt" if _given_up(outcome, row) else outcome.word}
    sent = Told(
        name=name, occurred_at=at, source="afterword", source_id=f"{row['id']}:{name}", store=row["store"], customer_id=row["customer_id"],
        message_id=row["id"], properties={**about(row), **more},
    )  # fmt: skip
    if not (outcome.suppress and letter):
        return [sent]
    closed = Told(
        name="address.bounced", occurred_at=at, source="afterword", source_id=f"{row['id']}:bounced", store=row["store"],
        customer_id=row["customer_id"], properties={"channel": "email", "permanent": True, "reason": outcome.word},
        personal={"address": letter.address},
    )  # fmt: skip
    return [sent, closed]
