"""By which addresses customers are reached: told as events, and the past that follows from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from afterword.kit import sql
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity

NAMES = "('channel.linked', 'channel.unlinked')"
TOUCHED = f"""
select distinct coalesce(s.survivor_id, e.customer_id) from event e left join identity_survivor s on s.customer_id = e.customer_id
where e.known_at > %(since)s and e.known_at <= %(until)s and e.customer_id is not null and e.name in {NAMES}
union select customer_id from event_customer_merged where known_at > %(since)s and known_at <= %(until)s
union select loser from event_customer_merged where known_at > %(since)s and known_at <= %(until)s and undone
"""
# An address is a customer's until it is taken back (that address, or all of the channel's), or somebody else comes by it.
HISTORY = f"""
with told as (
    select coalesce(s.survivor_id, e.customer_id) as customer_id, e.name, e.known_at, e.properties ->> 'channel' as channel,
           p.properties ->> 'address' as address
    from event e join event_personal p on p.event_id = e.id left join identity_survivor s on s.customer_id = e.customer_id
    where e.name in {NAMES} and e.customer_id = any(%(past)s)
), stopped as (
    select coalesce(s.survivor_id, e.customer_id) as customer_id, e.known_at, e.properties ->> 'channel' as channel,
           p.properties ->> 'address' as address
    from event e left join event_personal p on p.event_id = e.id left join identity_survivor s on s.customer_id = e.customer_id
    where e.name = 'channel.unlinked' and e.customer_id = any(%(past)s)
)
insert into channel_address (customer_id, channel, mark, address, known_from, known_to)
select distinct on (t.customer_id, t.channel, address_mark(t.address), t.known_at)
       t.customer_id, t.channel, address_mark(t.address), t.address, t.known_at, least(
    coalesce((select min(x.known_at) from stopped x where x.customer_id = t.customer_id and x.channel = t.channel
              and x.known_at > t.known_at and (x.address is null or x.address = t.address)), '9999-12-31 00:00+00'),
    coalesce((select min(x.known_at) from told x where x.name = 'channel.linked' and x.customer_id = t.customer_id
              and x.channel = t.channel and x.address = t.address and x.known_at > t.known_at), '9999-12-31 00:00+00')
)
from told t where t.name = 'channel.linked' and t.address <> ''
"""
# A letter is known by its delivery, whose id follows from the message's: the name on it tells whose it is no more.
LETTERS = """
delete from channel_letter l using event e
where e.customer_id = any(%s) and e.name = 'message.sent' and l.id = md5(e.message_id::text || 'letter')::uuid
"""
HOLDER = "select customer_id from channel_address where channel = %s and mark = address_mark(%s) and known_to = '9999-12-31 00:00+00'"


def project(since: datetime, until: datetime) -> None:
    """Bring the past of addresses up to date for whoever linked, unlinked or was merged in `(since, until]`."""
    ids = [row[0] for row in sql.rows(TOUCHED, {"since": since, "until": until})]
    if ids:
        sql.run("delete from channel_address where customer_id = any(%s)", [ids])
        losers = [row[0] for row in sql.rows("select customer_id from identity_survivor where survivor_id = any(%s)", [ids])]
        sql.run(HISTORY, {"past": ids + losers})


def link(customer: UUID, channel: str, address: str, *, how: str, at: datetime, store: str = "main", mark: str = "") -> None:
    """A customer is reached by an address. Whoever was reached by it before is no more. `mark`: what tells a repetition.

    The last one to come by an address has it, as of the next sealing.
    """
    told = [
        _told("channel.unlinked", before, channel, address, at, store, mark, {"reason": "moved"})
        for (before,) in sql.rows(HOLDER, [channel, address])
        if before != customer
    ]
    told.append(_told("channel.linked", customer, channel, address, at, store, mark, {"how": how}))
    identity.record(told, received_at=at)


def unlink(customer: UUID, channel: str, address: str = "", *, reason: str, at: datetime, store: str = "main", mark: str = "") -> None:
    """A customer is reached by an address of a channel no more, or by none of its addresses."""
    identity.record([_told("channel.unlinked", customer, channel, address, at, store, mark, {"reason": reason})], received_at=at)


def prefer(customer: UUID, channel: str, *, how: str, at: datetime, store: str = "main") -> None:
    """A customer says how they would rather hear; an empty channel takes it back."""
    told = Told(
        "channel.preferred", at, "afterword", f"preferred:{customer}:{store}:{at.isoformat()}", store=store, customer_id=customer,
        properties={"channel": channel, "how": how},
    )  # fmt: skip
    identity.record([told], received_at=at)


def _told(name: str, customer: UUID, channel: str, address: str, at: datetime, store: str, mark: str, more: dict[str, Any]) -> Told:
    return Told(
        name, at, "afterword", f"{name}:{customer}:{channel}:{mark or at.isoformat()}", store=store, customer_id=customer,
        properties={"channel": channel, **more}, personal={"address": address} if address else {},
    )  # fmt: skip


def forget(customers: list[UUID]) -> int:
    """Forget by which addresses these customers were reached, and their letters; how many addresses there were."""
    sql.run(LETTERS, [customers])
    return sql.run("delete from channel_address where customer_id = any(%s)", [customers])
