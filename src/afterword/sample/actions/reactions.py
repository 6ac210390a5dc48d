"""What customers do about messages, told when its time has come: nobody opens a letter before it has reached them."""

from __future__ import annotations

from datetime import datetime, timedelta
from heapq import heappop, heappush
from uuid import UUID

from afterword.kit import sql
from afterword.loop.events.types import Told

from ..types import Sent, Source

OVERLAP = timedelta(days=1)  # a letter that had to be tried again is sent at the instant of its verdict, and found later
SENT = """
select i.id, i.message, i.category, i.origin, i.run, i.store, i.customer_id, coalesce(x.value, ''), i.order_id,
       coalesce(o.number, ''), i.sent_at
from message_intent i
left join orders_order o on o.id = i.order_id
left join lateral (select value from identity_key k where k.customer_id = i.customer_id and k.kind = 'external' limit 1) x on true
where i.state = 'sent' and i.sent_at > %s and i.sent_at <= %s order by i.sent_at, i.id
"""


class Reactions:
    """Those still to come. It forgets nothing by being made anew: what follows from a message follows from its id alone."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._asked: datetime | None = None
        self._met: set[UUID] = set()
        self._waiting: list[tuple[datetime, str, int, Told]] = []
        self._serial = 0

    def due(self, sent_until: datetime, until: datetime) -> list[Told]:
        """What happens up to `until` because of the messages sent up to `sent_until`, in order of time, once each.

        The first time all messages are looked at from which something may still follow; what was told before is then told
        again for the last two days, which the log knows by its ids.
        """
        if not self._source.reacts_for:
            return []
        first = self._asked is None
        since = sent_until - self._source.reacts_for if self._asked is None else self._asked - OVERLAP
        sent = [one for row in sql.rows(SENT, [since, sent_until]) if (one := Sent(*row)).id not in self._met]
        self._met.update(one.id for one in sent)
        self._asked = sent_until
        for told in self._source.react(sent):
            if not first or told.occurred_at > sent_until - 2 * OVERLAP:
                self._serial += 1
                heappush(self._waiting, (told.occurred_at, told.source_id, self._serial, told))
        due = []
        while self._waiting and self._waiting[0][0] <= until:
            due.append(heappop(self._waiting)[3])
        return due
