"""Mail that comes in: reports about what was sent, complaints, and what people and their machines write back.

Each becomes an event, once, however often it is delivered. What belongs to nobody we know waits in quarantine, word for word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from afterword.kernel.errors import Complaint
from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.channels.door import Answer, Receipt
from afterword.loop.consent import door as consent
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity
from afterword.loop.intake import door as intake
from afterword.loop.intake.types import Kept

from ..types import Received, about

SENT = """
select m.id, m.store, m.message, m.channel, m.category, m.origin, m.run, m.step, m.customer_id, d.address
from message_intent m left join message_delivery d on d.intent_id = m.id and d.channel = 'email' where m.id = any(%s)
"""
LATEST = """
select m.id, m.store, m.message, m.channel, m.category, m.origin, m.run, m.step, m.customer_id, '' as address
from message_intent m where m.customer_id = %s and m.state = 'sent' and m.channel = 'email' order by m.sent_at desc limit 1
"""
KINDS = {"bounced": "message.bounced", "delivered": "message.delivered", "complained": "message.complained"}


@dataclass(frozen=True)
class Arrival:
    """A mail and the addresses it was brought to. Nothing in it is believed: it came from outside."""

    raw: bytes
    recipients: tuple[str, ...] = ()


@transaction.atomic
def receive(arrival: Arrival, now: datetime) -> Received:
    """Take in one mail; what it was understood as. In one transaction, so that whoever brought it may be told that it is kept."""
    came_back = [id for id in (channels.returned(to, accounts.secret()) for to in arrival.recipients) if id]
    reports = channels.read_email_receipt(arrival.raw)
    if reports:
        return _reported(arrival, reports, came_back, now)
    said = channels.read_answer(arrival.raw)
    if came_back and not said.automatic and not said.answers:
        # Only what could not be delivered is sent to a return path; this server does not say so as RFC 3464 has it.
        unclear = Receipt("bounced", came_back[0], "", "unknown", said.subject[:300], False)
        return _reported(arrival, [unclear], came_back, now)
    return _answered(arrival, said, came_back, now)


def _reported(arrival: Arrival, reports: Sequence[Receipt], came_back: Sequence[UUID], now: datetime) -> Received:
    ids = [report.message_id or (came_back[0] if came_back else None) for report in reports]
    sent = {row["id"]: row for row in sql.records(SENT, [[id for id in ids if id]])}
    told: list[Told] = []
    for id, report in zip(ids, reports, strict=True):
        if id in sent and report.kind in KINDS:
            told += _of_report(sent[id], report, now)
    if not any(id in sent for id in ids):
        return _aside(arrival, "a report about a message that is not ours", now)
    accepted = identity.record(told, received_at=now).accepted
    if accepted:
        for id in {id for id, report in zip(ids, reports, strict=True) if id in sent and report.kind == "complained"}:
            _no_more(sent[id], now)
    return Received("report", accepted)


def _of_report(row: dict[str, Any], report: Receipt, now: datetime) -> list[Told]:
    """The events of a report. Of reports about one message, each kind counts once."""
    name = KINDS[report.kind]
    more = {"permanent": report.suppress, "reason": report.word} if report.kind == "bounced" else {}
    told = [_told(row, name, f"{row['id']}:{name}", now, more, {"detail": report.said} if report.kind == "bounced" else {})]
    if report.suppress:
        told.append(
            Told(
                "address.bounced", now, "afterword", f"{row['id']}:closed", store=row["store"], customer_id=row["customer_id"],
                properties={"channel": "email", "permanent": True, "reason": report.word},
                personal={"address": row["address"] or report.recipient},
            )
        )  # fmt: skip
    return told


def _no_more(row: dict[str, Any], now: datetime) -> None:
    """Who calls a message spam has taken back what they allowed, whatever else they said."""
    consent.withdraw(row["customer_id"], channel="email", purpose="marketing", at=now, store=row["store"], how="complaint")
    consent.withdraw(row["customer_id"], channel="email", purpose="service", at=now, store=row["store"], how="complaint")


def _answered(arrival: Arrival, said: Answer, came_back: Sequence[UUID], now: datetime) -> Received:
    ids = [*said.answers, *came_back]
    sent = {row["id"]: row for row in sql.records(SENT, [ids])} if ids else {}
    row = next((sent[id] for id in ids if id in sent), None) or _by_sender(said.sender)
    if row is None:
        return _aside(arrival, "a mail from somebody we do not know, about none of our messages", now)
    mark = sha256(said.mark.encode()).hexdigest()[:32]
    text = f"{said.subject}\n\n{said.text}".strip() if not said.answers and said.subject else said.text
    told = _told(row, "message.replied", f"{mark}:replied", now, {"automatic": said.automatic}, {"text": text})
    accepted = identity.record([told], received_at=now).accepted
    return Received("automatic" if said.automatic else "reply", accepted)


def _by_sender(address: str) -> dict[str, Any] | None:
    """The last message to whoever writes from this address, so that an answer finds its order even in a mail of its own."""
    customer = identity.customer_by("email", "", address.strip().lower()) if address else None
    found = sql.records(LATEST, [customer]) if customer else []
    return found[0] if found else None


def _told(row: dict[str, Any], name: str, source_id: str, now: datetime, more: dict[str, Any], personal: dict[str, Any]) -> Told:
    return Told(
        name, now, "afterword", source_id, store=row["store"], customer_id=row["customer_id"], message_id=row["id"],
        properties={**about(row), **more}, personal=personal,
    )  # fmt: skip


def _aside(arrival: Arrival, fault: str, now: datetime) -> Received:
    stores = accounts.stores()
    mark = Complaint(path="mail", fault=fault, expected="an answer to a message of ours, or from a customer's address")
    intake.keep([Kept("mail", stores[0].key if stores else "main", arrival.raw, (mark,))], received_at=now)
    return Received("unknown", 0)
