"""The past of consents, as it follows from the log: a row for each word and how long it held. Recomputed for whoever said something.

After a merge the stricter word counts: what the other forbade, or paused, is forbidden and paused for the survivor from the merge
on, until they say otherwise; what the other allowed counts where the survivor has said nothing. Undone, the survivor's own word
counts again.
"""

from __future__ import annotations

from datetime import datetime

from afterword.kit import sql

NAMES = "('consent.granted', 'consent.withdrawn', 'consent.paused', 'consent.resumed', 'consent.wished', 'channel.preferred')"
TOUCHED = f"""
with said as (
    select distinct customer_id from event where known_at > %(since)s and known_at <= %(until)s and name in {NAMES}
)
select customer_id from said where customer_id is not null
union select m.survivor_id from said join identity_survivor m using (customer_id)
union select customer_id from event where known_at > %(since)s and known_at <= %(until)s and name = 'customer.merged'
"""
# What one of these events says. A pause is of everything but what concerns an order, so it has a purpose of its own; so has each wish.
# A grant that cannot be proven says nothing; a soft one says less than one that was spoken.
SAID = """
customer_id, case when (properties -> 'every_store') = 'true'::jsonb then '' else store end as store,
case when name in ('consent.granted', 'consent.withdrawn') then properties ->> 'channel' else 'all' end as channel,
case when name in ('consent.paused', 'consent.resumed') then 'pause' when name = 'consent.wished' then properties ->> 'about'
     when name = 'channel.preferred' then 'preferred' else properties ->> 'purpose' end as purpose,
case when name = 'consent.wished' then coalesce(properties ->> 'wish', '') when name = 'channel.preferred' then properties ->> 'channel'
     when name <> 'consent.granted' then split_part(name, '.', 2)
     when not consent_proven(id) then 'unproven' when properties ->> 'ground' = 'soft_opt_in' then 'soft' else 'granted' end as state,
case when name = 'consent.paused' then (properties ->> 'until')::timestamptz end as paused_until
"""
HISTORY = f"""
with own as (select known_at, {SAID} from event where customer_id is not null and name in {NAMES} {{some}}),
others as (
    select distinct on (customer_id, past_of, seen_from, store, channel, purpose) customer_id, store, channel, purpose,
           seen_from as known_at, state, paused_until, forgotten_at
    from (select known_at, id, past_of, seen_from, forgotten_at, {SAID} from event_past where name in {NAMES} {{some}}) past
    order by customer_id, past_of, seen_from, store, channel, purpose, known_at desc, id desc
),
mine as (
    select o.*, w.state as own_state, w.paused_until as own_until
    from others o left join lateral (
        select state, paused_until from own where own.customer_id = o.customer_id and own.store = o.store and own.channel = o.channel
        and own.purpose = o.purpose and own.known_at <= o.known_at order by own.known_at desc limit 1
    ) w on true
),
given as (
    select * from mine
    where state = 'withdrawn' and own_state is distinct from 'withdrawn'
       or (state in ('granted', 'soft') or purpose in ('quiet', 'often', 'preferred')) and own_state is null
       or state = 'paused' and paused_until > coalesce(own_until, known_at)
),
undone as (
    select g.customer_id, g.store, g.channel, g.purpose, g.forgotten_at as known_at, coalesce(w.state, 'unknown') as state, w.paused_until
    from given g left join lateral (
        select state, paused_until from own where own.customer_id = g.customer_id and own.store = g.store and own.channel = g.channel
        and own.purpose = g.purpose and own.known_at <= g.forgotten_at order by own.known_at desc limit 1
    ) w on true
    where g.forgotten_at < '9999-12-31 00:00+00'
),
said as (
    select distinct on (customer_id, store, channel, purpose, known_at) * from (
        select customer_id, store, channel, purpose, known_at, state, paused_until from own
        union all select customer_id, store, channel, purpose, known_at, state, paused_until from given
        union all select customer_id, store, channel, purpose, known_at, state, paused_until from undone
    ) every order by customer_id, store, channel, purpose, known_at, state = 'withdrawn' desc, paused_until desc nulls last, state
)
insert into consent_history (customer_id, store, channel, purpose, known_from, known_to, state, paused_until)
select customer_id, store, channel, purpose, known_at,
    coalesce(lead(known_at) over (partition by customer_id, store, channel, purpose order by known_at), '9999-12-31 00:00+00'),
    state, paused_until
from said
"""
BOUNCED = """
insert into consent_suppression (channel, address_mark, reason, since)
select distinct on (channel, mark) channel, mark, reason, known_at from (
    select coalesce(e.properties ->> 'channel', 'email') as channel, e.known_at,
        case when e.name = 'message.complained' then 'complained' else 'bounced' end as reason,
        address_mark(case when coalesce(e.properties ->> 'channel', 'email') = 'email' then c.email else c.phone end) as mark
    from event e join customers_customer c on c.id = e.customer_id
    where e.known_at > %s and e.known_at <= %s
      and (e.name = 'message.complained'
           or e.name in ('message.bounced', 'address.bounced') and e.properties -> 'permanent' = 'true'::jsonb)
) gone where mark is not null order by channel, mark, known_at
on conflict (channel, address_mark) do nothing
"""


def project(since: datetime, until: datetime) -> None:
    """Bring the past of consents up to date, and stop writing to addresses that came back."""
    ids = [row[0] for row in sql.rows(TOUCHED, {"since": since, "until": until})]
    if ids:
        sql.run("delete from consent_history where customer_id = any(%s)", [ids])
        sql.run(HISTORY.format(some="and customer_id = any(%(ids)s)"), {"ids": ids})
    sql.run(BOUNCED, [since, until])


def rebuild() -> int:
    """Make the past of consents anew from the log alone; says how many rows it has."""
    sql.run("delete from consent_history")
    return sql.run(HISTORY.format(some=""))
