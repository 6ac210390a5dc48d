"""Write down what the other side said of each message: how far it came, what it costs, what is tried again, what goes another way.

While the database is away, what was said is kept in mind and written down as soon as it is back.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction

from afterword.kit import clock, process, sql
from afterword.loop.channels.door import Note, Outcome
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity

from ..queries.letters import Letter
from ..types import about
from .lease import PATIENCE

AGAIN = 0.5  # seconds between two attempts to write down what was answered
ATTEMPTS = 6
BACK_OFF = (60, 300, 1800, 7200, 21600)
NEAR = (2, 10, 60, 300, 1800)  # the mailbox is our own: it is back when the database is, however often it was tried
AT_ONCE = 1  # seconds, for what never began
UNCOUNTED = ("not_begun", "paced", "resting", "halted", "awaits_paper")  # nobody tried
ASKED_FOR = timedelta(days=3)  # so long somebody of the team may say what becomes of a message that is in doubt
# Addresses that a customer linked are taken back where they are closed; those that the shop knows are suppressed.
LINKED = frozenset({"telegram", "viber", "messenger", "web_push"})
DONE = """
update message_delivery d set state = case when d.state in ('delivered', 'read') then d.state else g.state end, next_at = g.next_at,
       leased_until = null, response = g.response, address = g.address, locale = g.locale, subject = g.subject,
       body = decode(g.body, 'base64'), accepted_at = g.accepted_at, attempts = g.attempts, held_by = '',
       begun_at = case when g.doubt_until is not null then d.begun_at end, doubt_until = g.doubt_until,
       failed_at = g.failed_at, provider = g.provider, provider_id = g.provider_id, segments = g.segments, cost_minor = g.cost_minor,
       currency = g.currency, revision = g.revision, enclosed = g.enclosed
from jsonb_to_recordset(%s::jsonb) as g (id uuid, state text, next_at timestamptz, response text, address text, locale text,
     subject text, body text, accepted_at timestamptz, attempts smallint, failed_at timestamptz, provider text, provider_id text,
     segments smallint, cost_minor numeric, currency text, revision integer, enclosed text,
     doubt_until timestamptz)
where d.id = g.id and (d.held_by = %s or g.state = 'accepted')
"""
INTENT_DONE = """
update message_intent m set state = case g.state when 'accepted' then 'sent' when 'failed' then 'failed' else m.state end,
       sent_at = g.accepted_at, reason = case when g.state = 'failed' then g.response else m.reason end
from jsonb_to_recordset(%s::jsonb) as g (message_id uuid, state text, response text, accepted_at timestamptz, another boolean)
where m.id = g.message_id and not g.another
"""
# What may go another way is asked about again, without the way that failed: consent and caps may have changed meanwhile.
ANOTHER = """
update message_intent m set state = 'planned', ask_at = g.failed_at, released_at = null, reason = '', tried = m.tried || m.channel,
       channel = m.asked_channel
from jsonb_to_recordset(%s::jsonb) as g (message_id uuid, failed_at timestamptz, another boolean)
where m.id = g.message_id and g.another
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


def once(row: Mapping[str, Any]) -> bool:
    """Whether a message must not go twice unless a person says so."""
    return bool(row["in_doubt"] != "again")


def keep(
    due: Mapping[UUID, dict[str, Any]], written: Mapping[UUID, Letter | Note], outcomes: Iterable[Outcome], now: datetime, logical: bool,
    done: Handed,
) -> None:  # fmt: skip
    """Write down these outcomes, and tell of them, in one transaction."""
    rows, told = list[dict[str, Any]](), list[Told]()
    for outcome in sorted(outcomes, key=lambda o: o.id):  # servers answer in any order; what is told of it has one
        row, letter = due[outcome.id], written.get(outcome.id)
        state = _state(outcome, row)
        setattr(done, state, getattr(done, state) + 1)
        at = row["released_at"] if logical else now
        kept = _row(outcome, state, row, letter, at, now)
        rows.append(kept)
        if state != "deferred":
            told += _told(outcome, state, row, letter, at, another=kept["another"])
    text = json.dumps(rows, default=lambda v: base64.b64encode(v).decode() if isinstance(v, bytes) else str(v))
    until = clock.elapsed() + PATIENCE
    while True:
        try:
            return _write(text, told, now, any(row["another"] for row in rows))
        except OperationalError:
            if connection.in_atomic_block or clock.elapsed() > until:
                raise
            connection.close()
            clock.rest(AGAIN)


def _write(text: str, told: list[Told], now: datetime, another: bool) -> None:
    with transaction.atomic():
        sql.run(DONE, [text, process.name()])
        sql.run(INTENT_DONE, [text])
        if another:
            sql.run(ANOTHER, [text])
        if told:
            identity.record(told, received_at=now)


def _state(outcome: Outcome, row: dict[str, Any]) -> str:
    if outcome.result == "accepted":
        return "accepted"
    if outcome.word in UNCOUNTED or _asks(outcome, row):
        return "deferred"
    if outcome.result == "refused" or (row["live"] and row["attempts"] >= ATTEMPTS) or _given_up(outcome, row):
        return "failed"
    return "deferred"


def _given_up(outcome: Outcome, row: dict[str, Any]) -> bool:
    """The words left and no answer came. Our own mailbox keeps one message once, whatever it is told twice."""
    return outcome.in_doubt and bool(row["live"]) and once(row)


def _asks(outcome: Outcome, row: dict[str, Any]) -> bool:
    """Whether somebody of the team is to say what becomes of a message that is in doubt: once, and not for ever."""
    return row["in_doubt"] == "ask" and row["doubt_until"] is None and (_given_up(outcome, row) or outcome.word == "in_doubt")


def _row(outcome: Outcome, state: str, row: dict[str, Any], letter: Letter | Note | None, at: datetime, now: datetime) -> dict[str, Any]:
    begun, steps = outcome.word not in UNCOUNTED, BACK_OFF if row["live"] else NEAR
    wait = steps[min(row["attempts"] - 1, len(steps) - 1)] if begun else AT_ONCE
    again = outcome.again_at or now + timedelta(seconds=wait)
    doubt = _given_up(outcome, row) or outcome.word == "in_doubt"
    asked = max(min(now + ASKED_FOR, row["useful_until"]), now) if _asks(outcome, row) else None
    again = asked or again
    said = "in doubt" if doubt else f"{outcome.code or ''} {outcome.said or outcome.word}".strip()[:500]
    address, locale, subject, body = _kept(letter)
    return {
        "id": outcome.id, "message_id": row["message_id"], "state": state, "next_at": again.isoformat() if state == "deferred" else None,
        "response": said, "attempts": row["attempts"] - (not begun), "address": address, "locale": locale, "subject": subject, "body": body,
        "accepted_at": at.isoformat() if state == "accepted" else None, "failed_at": at.isoformat() if state == "failed" else None,
        "provider": outcome.provider, "provider_id": outcome.provider_id, "segments": outcome.segments, "cost_minor": outcome.cost_minor,
        "currency": outcome.currency, "another": state == "failed" and not doubt and bool(row["asked_channel"]),
        "revision": row.get("revision"), "enclosed": letter.enclosed if isinstance(letter, Letter) and state == "accepted" else "",
        "doubt_until": asked and asked.isoformat(),
    }  # fmt: skip


def _kept(letter: Letter | Note | None) -> tuple[str, str, str, bytes]:
    """Address, language, subject and body, as they are kept."""
    if letter is None:
        return "", "", "", b""
    if isinstance(letter, Note):
        body = "\n".join([letter.text, *(f"{link.label}: {link.url}" for link in letter.links)])
        return letter.recipient, letter.locale, letter.title, body.encode()
    return letter.address, letter.locale, letter.subject, letter.mail.raw


def _told(outcome: Outcome, state: str, row: dict[str, Any], letter: Letter | Note | None, at: datetime, *, another: bool) -> list[Told]:
    name = "message.sent" if state == "accepted" else "message.failed"
    more: dict[str, Any] = {"language": letter.locale} if letter and letter.locale else {}
    if state == "accepted":
        more |= {"provider": outcome.provider or "smtp", "rehearsal": not row["live"]}
    else:
        more |= {"reason": "in_doubt" if _given_up(outcome, row) else outcome.word}
    sent = Told(
        name=name, occurred_at=at, source="afterword", source_id=f"{row['message_id']}:{name}", store=row["store"],
        customer_id=row["customer_id"], message_id=row["message_id"], properties={**about(row), **more},
    )  # fmt: skip
    told = [] if another else [sent]
    if not (outcome.suppress and letter):
        return told
    return [*told, closed(row, _kept(letter)[0], outcome.word, at)]


def closed(row: Mapping[str, Any], address: str, word: str, at: datetime) -> Told:
    """What is told of an address that takes nothing more."""
    linked = row["channel"] in LINKED
    properties = {"channel": row["channel"], "reason": word} | ({} if linked else {"permanent": True})
    return Told(
        name="channel.unlinked" if linked else "address.bounced", occurred_at=at, source="afterword",
        source_id=f"{row['message_id']}:{'unlinked:' + row['channel'] if linked else 'bounced'}", store=row["store"],
        customer_id=row["customer_id"], properties=properties, personal={"address": address},
    )  # fmt: skip
