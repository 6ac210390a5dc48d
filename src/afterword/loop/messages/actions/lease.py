"""Leases: which sender is handing a message over. A batch is one sender's until it has answered, has died, or its time is over.

A lease names the process that holds it, so whoever begins takes over what the dead held at once, and nothing of the living. Of
a message that must not go twice, `begun_at` is written and committed just before its words leave: what a dead sender had begun
is in doubt, what it had not begun never left.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from afterword.kit import clock, process, sql

# In this time a batch is sent (SENDING), its last answer awaited (60 s at most) and kept in mind while the database is away.
LEASE, SENDING, PATIENCE = timedelta(seconds=180), 60.0, 45.0
BATCH = 400
LEASED = """
update message_delivery d
set state = 'handed', leased_until = %(lease)s, held_by = %(me)s, attempts = d.attempts + 1, handed_at = %(real)s
where d.id in (
    select id from message_delivery
    where next_at <= %(now)s and (state <> 'handed' or leased_until < %(real)s)
    order by next_at, id limit %(most)s for update skip locked)
returning d.id
"""
HOLDERS = "select distinct held_by from message_delivery where state = 'handed' and leased_until > %s"
END_LEASES = "update message_delivery set leased_until = %s where state = 'handed' and leased_until > %s and held_by = any(%s)"
BEGUN = """
update message_delivery set begun_at = %(now)s
where id = %(id)s and held_by = %(me)s and state = 'handed' and leased_until > %(now)s
"""
DUE = """
select d.id, m.id as message_id, m.customer_id, m.order_id, m.store, m.message, d.channel, m.asked_channel, m.category, m.origin, m.run,
       m.step, m.released_at, m.useful_until, d.attempts, d.begun_at, d.doubt_until, w.way as in_doubt
from message_delivery d join message_intent m on m.id = d.intent_id join message_doubt w on w.category = m.category where d.id = any(%s)
"""


def lease(now: datetime) -> dict[UUID, dict[str, Any]]:
    """Take what is due, at most `BATCH`; each with what is known of it."""
    real = clock.real_now()
    taken = sql.rows(LEASED, {"now": now, "real": real, "lease": real + LEASE, "me": process.name(), "most": BATCH})
    return {row["id"]: row for row in sql.records(DUE, [[row[0] for row in taken]])} if taken else {}


def end_leases() -> int:
    """What the dead held is due at once, and so is what we held ourselves, who only begin; how many messages."""
    now, me = clock.real_now(), process.name()
    dead = [holder for (holder,) in sql.rows(HOLDERS, [now]) if holder in ("", me) or process.is_gone(holder)]
    return sql.run(END_LEASES, [now, now, dead]) if dead else 0


class Begun:
    """Writes down that a message's words are about to leave, on a connection of its own: the sender's loop must not wait for others."""

    def __init__(self) -> None:
        self._writer = ThreadPoolExecutor(1, "begun")

    def __call__(self, id: UUID) -> Future[bool]:
        """Whether it is written, and the message still ours. If not, nothing may leave."""
        return self._writer.submit(_begin, id)

    def close(self) -> None:
        """Let the thread end, and its connection with it."""
        self._writer.submit(connection.close)
        self._writer.shutdown(wait=True)


def _begin(id: UUID) -> bool:
    try:
        return sql.run(BEGUN, {"id": id, "me": process.name(), "now": clock.real_now()}) == 1
    except (OperationalError, InterfaceError):
        connection.close()
        return False
