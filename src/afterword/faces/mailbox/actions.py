"""Writes of the mailbox: many mails in one statement, and emptying it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from afterword.kit import clock, sql
from afterword.loop.messages import door as messages

from .rules import heading, packed, said

COLUMNS = ("received_at", "shown_at", "sender", "recipient", "to_name", "subject", "message_id", "said", "raw")
THERE = "select message_id, recipient from mailbox_mail where message_id = any(%s)"


@dataclass(frozen=True)
class Arrived:
    """A mail for one recipient, as the server took it in."""

    sender: str
    recipient: str
    raw: bytes


def keep_mails(arrived: Sequence[Arrived]) -> int:
    """Keep mails, committed when this returns; how many. A mail without a Date counts as written now.

    A sender who died before it heard our answer sends the same mail again, by its Message-ID; it is kept once (RFC 5322, 3.6.4).
    """
    now, shown = clock.real_now(), clock.now()
    read = [(one, heading(one.raw)) for one in arrived]
    there = set(sql.rows(THERE, [[head.message_id for _, head in read if head.message_id]]))
    rows = []
    for one, head in read:
        if head.message_id:
            if (head.message_id, one.recipient) in there:
                continue
            there.add((head.message_id, one.recipient))
        when = head.dated or shown
        rows.append((now, when, one.sender, one.recipient, head.to_name, head.subject, head.message_id, said(one.raw), packed(one.raw)))
    with transaction.atomic():
        return sql.copy_rows("mailbox_mail", COLUMNS, rows)


def take_in(arrived: Sequence[Arrived]) -> int:
    """Take in mails from the world, each in a transaction of its own; how many told us something."""
    brought: dict[bytes, list[str]] = {}
    for one in arrived:
        brought.setdefault(one.raw, []).append(one.recipient)
    now = clock.now()
    return sum(messages.receive(messages.Arrival(raw, tuple(to)), now).told > 0 for raw, to in brought.items())


def forget(customers: list[UUID]) -> int:
    """Throw away what was written to these customers; how many mails."""
    return sql.run(
        "delete from mailbox_mail where split_part(message_id, '@', 1) in "
        "(select id::text from message_intent where customer_id = any(%s))",
        [customers],
    )


def empty_mailbox() -> int:
    """Throw all mails away; how many there were."""
    return sql.run("delete from mailbox_mail")
