"""What became of the mails of each store lately: sent, come back, called spam, and whether what must can be unsubscribed from at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from afterword.kit import sql
from afterword.loop.channels.door import Sent

SINCE = timedelta(days=30)
LOOKED_AT = 50  # mails of a store whose headers are read
COUNTS = """
select store, count(*) filter (where name = 'message.sent'), count(distinct message_id) filter (where name = 'message.bounced'),
       count(distinct message_id) filter (where name = 'message.complained')
from event
where known_at > %s and name in ('message.sent', 'message.bounced', 'message.complained') and properties ->> 'channel' = 'email'
  and coalesce((properties ->> 'rehearsal')::boolean, false) is not true
group by store
"""
WANTING = """
select store, body from (
    select d.store, d.body, row_number() over (partition by d.store order by d.accepted_at desc) as place
    from message_delivery d join message_intent m on m.id = d.intent_id
    where d.accepted_at > %s and m.category <> 'transactional' and d.channel = 'email' and d.body is not null) latest
where place <= %s
"""


def sent_lately(now: datetime) -> dict[str, Sent]:
    """By store, over the last thirty days; the headers of the latest mails only."""
    counts = {store: (sent, bounced, complained) for store, sent, bounced, complained in sql.rows(COUNTS, [now - SINCE])}
    looked: dict[str, list[bool]] = {}
    for store, body in sql.rows(WANTING, [now - SINCE, LOOKED_AT]):
        head = bytes(body).partition(b"\r\n\r\n")[0].lower()
        looked.setdefault(store, []).append(b"\r\nlist-unsubscribe-post: list-unsubscribe=one-click" in head)
    found = {}
    for store in {*counts, *looked}:
        sent, bounced, complained = counts.get(store, (0, 0, 0))
        found[store] = Sent(sent, bounced, complained, len(looked.get(store, ())), sum(looked.get(store, ())))
    return found
