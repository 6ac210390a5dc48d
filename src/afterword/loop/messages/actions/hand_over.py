"""Hand over: lease what is due, load what the letters say, render, send, and keep what the other side answered.

Between a server's acceptance and our commit lies the one ambiguous window of SMTP. A message whose conversation broke in that
window is tried again if it is transactional, and given up if not: `IN_DOUBT` says which. What a sender held when it died is
sent again by the next one: most of it never left. Its Message-ID is the same, so whoever keeps to RFC 5322 sees one message.
While the database is away, what a server said is kept in mind and written down as soon as it is back.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction

from afterword.kernel.errors import Refused
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels.door import Envelope, Outcome, send_email
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity

from ..queries.letters import Letter, letters
from ..queries.servers import server
from ..types import about

LEASE = timedelta(seconds=90)
PATIENCE, AGAIN = 45.0, 0.5  # seconds: how long an answer is kept in mind while the database is away; well within the lease
BATCH = 400
ATTEMPTS = 6
BACK_OFF = (60, 300, 1800, 7200, 21600)
IN_DOUBT = {"transactional": "again", "service": "again", "marketing": "give up"}
LEASED = """
update message_delivery d set state = 'handed', leased_until = %(lease)s, attempts = d.attempts + 1
where d.intent_id in (
    select intent_id from message_delivery
    where next_at <= %(now)s and (state <> 'handed' or leased_until < %(real)s)
    order by next_at, intent_id limit %(most)s for update skip locked)
returning d.intent_id
"""
# What stays handed over with a lease that ran out was in doubt when its sender died.
END_LEASES = "update message_delivery set leased_until = %s where state = 'handed' and leased_until > %s"
DUE = """
select d.intent_id as id, m.customer_id, m.order_id, m.store, m.message, m.channel, m.category, m.origin, m.run, m.step, m.released_at,
       d.attempts
from message_delivery d join message_intent m on m.id = d.intent_id where d.intent_id = any(%s)
"""
DONE = """
update message_delivery d set state = g.state, next_at = g.next_at, leased_until = null, response = g.response, address = g.address,
       locale = g.locale, subject = g.subject, body = decode(g.body, 'base64'), accepted_at = g.accepted_at
from jsonb_to_recordset(%s::jsonb) as g (id uuid, state text, next_at timestamptz, response text, address text, locale text,
     subject text, body text, accepted_at timestamptz)
where d.intent_id = g.id
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
        lease = {"now": now, "real": clock.real_now(), "lease": clock.real_now() + LEASE, "most": BATCH}
        taken = [row[0] for row in sql.rows(LEASED, lease)]
        if not taken:
            return done
        due = {row["id"]: row for row in sql.records(DUE, [taken])}
        written, faults = _written(list(due.values()), now, logical)
        outcomes = [*faults, *_carried(list(written.values()))]
        _keep(due, written, outcomes, now, logical, done)
        if len(taken) < BATCH:
            return done


def end_leases() -> int:
    """For whoever alone sends now (a worker or a replay that begins): what a dead sender left in doubt is due at once; how many."""
    now = clock.real_now()
    return sql.run(END_LEASES, [now, now])


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


def _carried(written: list[Letter]) -> Iterable[Outcome]:
    if not written:
        return []
    envelopes = [Envelope(x.id, x.sender, x.address, x.mail.raw, x.mail.utf8) for x in written]
    return list(send_email(envelopes, server()))


def _keep(
    due: dict[UUID, dict[str, Any]], written: dict[UUID, Letter], outcomes: Iterable[Outcome], now: datetime, logical: bool, done: Handed
) -> None:
    rows, told, rehearsal = [], [], accounts.installation().rehearsal
    for outcome in sorted(outcomes, key=lambda o: o.id):  # servers answer in any order; what is told of it has one
        row, letter = due[outcome.id], written.get(outcome.id)
        state = _state(outcome, row)
        setattr(done, state, getattr(done, state) + 1)
        at = row["released_at"] if logical else now
        rows.append(_row(outcome, state, letter, at, now, row["attempts"]))
        if state != "deferred":
            told += _told(outcome, state, row, letter, at, rehearsal)
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
        sql.run(DONE, [text])
        sql.run(INTENT_DONE, [text])
        if told:
            identity.record(told, received_at=now)


def _state(outcome: Outcome, row: dict[str, Any]) -> str:
    if outcome.result == "accepted":
        return "accepted"
    if outcome.result == "refused" or row["attempts"] >= ATTEMPTS:
        return "failed"
    if outcome.in_doubt and IN_DOUBT[row["category"]] == "give up":
        return "failed"
    return "deferred"


def _row(outcome: Outcome, state: str, letter: Letter | None, at: datetime, now: datetime, attempts: int) -> dict[str, Any]:
    wait = BACK_OFF[min(attempts - 1, len(BACK_OFF) - 1)]
    return {
        "id": outcome.id, "state": state, "next_at": (now + timedelta(seconds=wait)).isoformat() if state == "deferred" else None,
        "response": f"{outcome.code or ''} {outcome.said or outcome.word}".strip()[:500], "address": letter.address if letter else "",
        "locale": letter.locale if letter else "", "subject": letter.subject if letter else "", "body": letter.mail.raw if letter else b"",
        "accepted_at": at.isoformat() if state == "accepted" else None,
    }  # fmt: skip


def _told(outcome: Outcome, state: str, row: dict[str, Any], letter: Letter | None, at: datetime, rehearsal: bool) -> list[Told]:
    name = "message.sent" if state == "accepted" else "message.failed"
    more: dict[str, Any] = {"language": letter.locale} if letter and letter.locale else {}
    if state == "accepted":
        more |= {"provider": "smtp", "rehearsal": rehearsal}
    else:
        more |= {"reason": outcome.word}
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
