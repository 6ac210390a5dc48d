"""Following the log: the past of customers and what they are now, recomputed for everybody of whom something was learned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from afterword.kit import sql

FEW = 500  # customers up to which the plan is one by index, made once
SOME = "select unnest(%(ids)s::uuid[]) as id"
ALL = "select id from identity_customer"
NAMES = ("customer.created", "customer.updated", "customer.merged", "customer.erased", "order.placed", "order.updated", "order.cancelled")
COLUMNS = "customer_id, known_from, known_to, country, language, zone, store, created_at"
_TOUCHED = """
with seen as (
    select customer_id as id from event where known_at > %(since)s and known_at <= %(until)s and name = any(%(names)s)
    and customer_id is not null
    union
    select loser from event_customer_merged where known_at > %(since)s and known_at <= %(until)s
)
select id from seen
union select s.survivor_id from identity_survivor s join seen on seen.id = s.customer_id
union select s.customer_id from identity_survivor s join seen on seen.id = s.survivor_id
"""


def project(since: datetime, until: datetime) -> None:
    """Bring everything up to date with what was sealed in `(since, until]`."""
    ids = [row[0] for row in sql.rows(_TOUCHED, {"since": since, "until": until, "names": list(NAMES)})]
    if ids:
        recompute(ids)


def rebuild() -> int:
    """Make everything anew from the log alone; says how many customers there are."""
    recompute(None)
    return int(sql.value("select count(*) from customers_customer"))


def recompute(ids: Sequence[UUID] | None) -> None:
    """The past and the present of these customers (None: of all), from the log."""
    touched, params = (ALL, None) if ids is None else (SOME, {"ids": list(ids)})
    for table, key in (("customer_history", "customer_id"), ("customers_customer", "id"), ("customers_token", "customer_id")):
        sql.run(f"delete from {table}" if ids is None else f"delete from {table} where {key} = any(%(ids)s)", params)
    write = sql.few if ids is not None and len(ids) <= FEW else sql.run
    write(f"insert into customer_history ({COLUMNS}) with touched as ({touched}) select {COLUMNS} from ({_history()}) h", params or {})
    write(_CUSTOMERS.format(touched=touched), params or {})
    write(_TOKENS.format(touched=touched), params or {})


def forget(customers: list[UUID]) -> int:
    """Take what names these customers out; that they were customers stays."""
    sql.run("delete from customers_token where customer_id = any(%s)", [customers])
    return sql.run(
        "update customers_customer set full_name = null, first_name = null, email = null, phone = null where id = any(%s)", [customers]
    )


@lru_cache(maxsize=1)
def _history() -> str:
    """The text of the expression, compiled once in a process."""
    import ibis

    from .tables import customer_history

    return str(ibis.to_sql(customer_history(), dialect="postgres")).replace("%", "%%")


def _latest(column: str) -> str:
    return f"(array_agg(h.{column} order by h.known_from desc) filter (where h.{column} is not null))[1] as {column}"


def _named(column: str) -> str:
    value = f"x.properties ->> '{column}'"
    return f"(array_agg({value} order by e.known_at desc) filter (where {value} is not null))[1] as {column}"


_CUSTOMERS = f"""
insert into customers_customer (id, created_at, store, full_name, first_name, email, phone, language, zone, country, orders,
    spent_base_minor, first_order_at, last_order_at, merged_into_id, erased_at)
with touched as ({{touched}}),
person as (
    select id as owner, id as customer_id from touched
    union all select s.survivor_id, s.customer_id from identity_survivor s join touched t on t.id = s.survivor_id
),
known as (
    select p.owner, min(h.created_at) as created_at, (array_agg(h.store order by h.created_at))[1] as store,
        {", ".join(_latest(c) for c in ("language", "zone", "country"))}
    from person p join customer_history h on h.customer_id = p.customer_id group by p.owner
),
named as (
    select p.owner, {", ".join(_named(c) for c in ("full_name", "first_name", "email", "phone"))}
    from person p join event_personal x on x.customer_id = p.customer_id join event e on e.id = x.event_id
    where e.name in ('customer.updated', 'order.placed', 'order.updated') group by p.owner
),
addressed as (
    select p.owner, min(k.value) filter (where k.kind in ('email', 'claimed_email')) as email,
        min(k.value) filter (where k.kind in ('phone', 'claimed_phone')) as phone
    from person p join identity_key k on k.customer_id = p.customer_id group by p.owner
),
bought as (
    select p.owner, count(distinct o.order_id) as orders, sum(o.total_base_minor) as spent, min(o.occurred_at) as first_at,
        max(o.occurred_at) as last_at
    from person p
    join lateral (select o.order_id, o.occurred_at, o.total_base_minor from event_order_placed o
                  where o.customer_id = p.customer_id) o on true
    where not exists (select 1 from event c where c.order_id = o.order_id and c.name = 'order.cancelled')
    group by p.owner
)
select i.id, coalesce(k.created_at, i.created_at), coalesce(k.store, 'main'), n.full_name, n.first_name, coalesce(n.email, a.email),
    coalesce(n.phone, a.phone), k.language, k.zone, k.country, coalesce(b.orders, 0), coalesce(b.spent, 0), b.first_at, b.last_at,
    s.survivor_id, i.erased_at
from touched t join identity_customer i on i.id = t.id
left join known k on k.owner = i.id left join named n on n.owner = i.id left join addressed a on a.owner = i.id
left join bought b on b.owner = i.id left join identity_survivor s on s.customer_id = i.id
"""
_TOKENS = """
insert into customers_token (token, customer_id)
with touched as ({touched}),
said as (
    select c.id, lower(concat_ws(' ', c.full_name, c.first_name, c.email, replace(c.email, '@', ' '),
                                 regexp_replace(c.phone, '\\D', '', 'g'))) as words
    from customers_customer c join touched t on t.id = c.id
    union all
    select x.customer_id, lower(x.properties ->> 'number') from event_personal x join touched t on t.id = x.customer_id
    where x.properties ->> 'number' is not null
),
word as (select id, unnest(regexp_split_to_array(words, '[\\s,;()]+')) as word from said)
select distinct left(part, 80), id from (
    select id, word as part from word
    union all
    select id, substr(word, n, 2) from word, generate_series(1, length(word) - 1) n where word ~ '[฀-๿぀-ヿ㐀-鿿가-힯]'
) parts where part <> ''
"""
