"""Copies for a colleague, of messages that ask for one or of all that a journey sends; and the end of what is kept of what was sent.

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
# Bodies are read of those that are copied now, and of no others.
DUE = """
with asking as (
    select m.key, r.number, r.document ->> 'copy_to' as address from message_revision r join message m on m.id = r.message_id
    where coalesce(r.document ->> 'copy_to', '') <> ''
), senders (version_id, address) as ({senders}), wanted as (
    select d.id, a.address, d.accepted_at
    from message_delivery d join message_intent i on i.id = d.intent_id join asking a on a.key = i.message and a.number = d.revision
    where d.accepted_at > %(since)s and d.body is not null and d.channel = 'email'
    union
    select d.id, s.address, d.accepted_at
    from message_delivery d join message_intent i on i.id = d.intent_id join senders s on s.version_id = i.version_id
    where d.accepted_at > %(since)s and d.body is not null and d.channel = 'email'
), due as (
    select * from wanted w where not exists (select 1 from message_copy c where c.delivery_id = w.id and c.address = w.address)
    order by accepted_at, id, address limit %(most)s
), noted as (
    insert into message_copy (delivery_id, copied_at, address) select id, %(now)s, address from due
    on conflict do nothing returning delivery_id, address
)
select d.id, noted.address, i.origin, d.body, d.store
from noted join message_delivery d on d.id = noted.delivery_id join message_intent i on i.id = d.intent_id
"""
NOBODY = "select null::bigint, null::text where false"
_senders: dict[str, str] = {}
SAID = "update message_copy set said = %s where delivery_id = %s and address = %s"
ENDED = """
with old as (
    select d.intent_id, d.channel from message_delivery d join message_intent i on i.id = d.intent_id
    where d.accepted_at < %(before)s and d.body is not null and i.category = %(category)s and d.store = %(store)s limit %(most)s
)
update message_delivery d set body = null, subject = '', address = '' from old where d.intent_id = old.intent_id and d.channel = old.channel
"""


def register_copies(name: str, select: str) -> None:
    """Have what these versions send be copied too. Registering again changes nothing.

    Args:
        select: version_id, as intents name it, and the address that gets a copy of each of its mails.
    """
    _senders[name] = select


def send_copies(now: datetime) -> int:
    """Send the copies of what went lately; how many. Those of a rehearsal go where it rehearses."""
    if accounts.installation().sending_stopped:
        return 0
    statement = DUE.format(senders=" union all ".join(_senders.values()) or NOBODY)
    due, live = sql.records(statement, {"since": now - SINCE, "now": now, "most": MOST}), live_origins()
    stores = {store.key: store for store in accounts.stores()}
    for row in due:
        store = stores.get(row["store"]) or next(iter(stores.values()))
        sender = Party(store.brand.sender_email or "shop@localhost", store.brand.sender_name or store.name)
        said = _sent(row["id"], bytes(row["body"]), row["address"], sender, away=row["origin"] in live)
        sql.run(SAID, [said[:500], row["id"], row["address"]])
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
