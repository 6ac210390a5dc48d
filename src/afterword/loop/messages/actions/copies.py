"""Copies for a colleague, of messages that ask for one; and the end of what is kept of messages that were sent.

A copy is noted before it leaves: whoever dies in between sends one copy too few, never a flood of them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from afterword.kernel.errors import Failed, Refused
from afterword.kernel.ids import uuid7
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels.door import Envelope, send_email

from ..queries.servers import carries, live_origins, mailbox, outside
from ..queries.wordings import all_manners
from ..rules.mime import Party
from ..rules.opening import copy_of

MOST = 200
SINCE = timedelta(days=1)
BATCH = 5_000
DUE = """
with asking as (
    select m.key, r.number, r.document ->> 'copy_to' as address from message_revision r join message m on m.id = r.message_id
    where coalesce(r.document ->> 'copy_to', '') <> ''
), due as (
    select d.id, a.address, i.origin, d.body, d.store
    from message_delivery d join message_intent i on i.id = d.intent_id join asking a on a.key = i.message and a.number = d.revision
    where d.accepted_at > %(since)s and d.body is not null and d.channel = 'email'
      and not exists (select 1 from message_copy c where c.delivery_id = d.id)
    order by d.accepted_at limit %(most)s
), noted as (
    insert into message_copy (delivery_id, copied_at, address) select id, %(now)s, address from due
    on conflict do nothing returning delivery_id
)
select due.* from due join noted on noted.delivery_id = due.id
"""
SAID = "update message_copy set said = %s where delivery_id = %s"
ENDED = """
with old as (
    select d.intent_id, d.channel from message_delivery d join message_intent i on i.id = d.intent_id
    where d.accepted_at < %(before)s and d.body is not null and i.category = %(category)s and d.store = %(store)s limit %(most)s
)
update message_delivery d set body = null, subject = '', address = '' from old where d.intent_id = old.intent_id and d.channel = old.channel
"""


def send_copies(now: datetime) -> int:
    """Send the copies of what went lately; how many. Those of a rehearsal go where it rehearses."""
    if accounts.installation().sending_stopped:
        return 0
    due, live = sql.records(DUE, {"since": now - SINCE, "now": now, "most": MOST}), live_origins()
    stores = {store.key: store for store in accounts.stores()}
    for row in due:
        store = stores.get(row["store"]) or next(iter(stores.values()))
        sender = Party(store.brand.sender_email or "shop@localhost", store.brand.sender_name or store.name)
        said = _sent(row["id"], bytes(row["body"]), row["address"], sender, away=row["origin"] in live)
        sql.run(SAID, [said[:500], row["id"]])
    return len(due)


def _sent(id: UUID, raw: bytes, address: str, sender: Party, *, away: bool) -> str:
    at = clock.real_now()
    try:
        mail = copy_of(raw, to=Party(address), sender=sender, mark="[Copy]", id=uuid7(at), at=at)
        envelope = Envelope(uuid7(at), sender.address, address, mail.raw, mail.utf8)
        outcome = next(iter(send_email([envelope], outside() if away and carries() else mailbox())))
    except (Refused, Failed) as fault:
        return str(fault)
    return outcome.said or outcome.word


def end_bodies(now: datetime) -> int:
    """Empty what was sent longer ago than its store keeps such messages; how many. That each was sent, and why, stays."""
    done = 0
    for store, manners in all_manners().items():
        for category, days in manners.keep_days.items():
            given = {"before": now - timedelta(days=days), "category": category, "store": store, "most": BATCH}
            while emptied := sql.run(ENDED, given):
                done += emptied
                if emptied < BATCH:
                    break
    return done
