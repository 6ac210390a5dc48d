"""What blocks may offer: a few products, a link to pass on. Each comes from a named source; a room that knows better registers its own.

Only messages that show such a block are asked about, so nothing else costs a statement.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import Store
from afterword.loop.catalog import door as catalog

MOST, LEAST = 4, 2  # products of a grid; fewer are not shown
CODE = 10  # characters of a code: 50 bits that follow from the installation's secret
# Rows: `id, customer_id, order_id, store, basis` of each letter; `basis` is the order it speaks of, else the customer's latest.
Products = Callable[[Sequence[Mapping[str, Any]]], Mapping[UUID, Sequence[UUID]]]
Referrals = Callable[[Sequence[Mapping[str, Any]]], Mapping[UUID, Mapping[str, str]]]


@dataclass(frozen=True)
class Source:
    """Where products of a grid come from: its name, what people call it, and for each letter's id the ids of products, the best first."""

    name: str
    title: str
    products: Products


_products: dict[str, Source] = {}
_referrals: dict[str, Referrals] = {}


def register_products(name: str, title: str, source: Products) -> None:
    """Offer this as a source of products; those of rooms are asked before our own. Registering again changes nothing."""
    _products[name] = Source(name, title, source)


def register_referrals(name: str, source: Referrals) -> None:
    """Give letters' ids what their card says: `url`, and `code` and `text` if there are any. Asked before our own plain link."""
    _referrals[name] = source


def sources() -> tuple[Source, ...]:
    """All sources, those of other rooms first."""
    return (*_products.values(), *OURS)


BASIS = """
select distinct on (customer_id) customer_id, id from orders_order where customer_id = any(%s) order by customer_id, placed_at desc, id
"""
# Of each thing in the order, at most 200 other orders with it are looked at. Uses orders_line_together.
TOGETHER = """
with asked as (select distinct unnest(%(orders)s::uuid[]) as id),
goods as (select distinct a.id, l.product_id from asked a join orders_line l on l.order_id = a.id where l.product_id is not null),
others as (
    select distinct g.id, o.order_id from goods g cross join lateral (
        select l.order_id from orders_line l where l.product_id = g.product_id and l.order_id <> g.id order by l.order_id limit 200
    ) o
),
counted as (
    select x.id, l.product_id, count(distinct x.order_id) as often
    from others x join orders_line l on l.order_id = x.order_id join orders_order o on o.id = x.id
    join catalog_product p on p.id = l.product_id and p.store = o.store and p.title is not null and p.available is not false
    where not exists (select 1 from goods g where g.id = x.id and g.product_id = l.product_id)
    group by 1, 2
)
select id, (array_agg(product_id order by often desc, product_id))[1:8] from counted group by id
"""
SAME = """
select l.order_id, array_agg(l.product_id order by l.position) from orders_line l
join catalog_product p on p.id = l.product_id and p.title is not null and p.available is not false
where l.order_id = any(%s) group by l.order_id
"""
# Uses catalog_newest.
NEWEST = """
select s.store, array(select p.id from catalog_product p where p.store = s.store and p.title is not null and p.available is not false
                      order by p.changed_at desc, p.id limit 12)
from (select distinct unnest(%s::text[]) as store) s
"""
GOODS = "select order_id, array_agg(product_id) from orders_line where order_id = any(%s) and product_id is not null group by order_id"
KEEP = "insert into message_referral (code, customer_id, made_at) select *, %s from unnest(%s::text[], %s::uuid[]) on conflict do nothing"

WHOSE = """
select coalesce(s.survivor_id, r.customer_id) from message_referral r left join identity_survivor s on s.customer_id = r.customer_id
where r.code = %s
"""


def _bases(rows: Iterable[Mapping[str, Any]]) -> list[UUID]:
    return [row["basis"] for row in rows if row["basis"]]


def _by_order(statement: str, rows: Sequence[Mapping[str, Any]], params: Any) -> dict[UUID, list[UUID]]:
    found = dict(sql.rows(statement, params)) if _bases(rows) else {}
    return {row["id"]: found[row["basis"]] for row in rows if row["basis"] in found}


def together(rows: Sequence[Mapping[str, Any]]) -> Mapping[UUID, Sequence[UUID]]:
    """What others bought together with the things of the order, the most frequent first. One statement."""
    return _by_order(TOGETHER, rows, {"orders": _bases(rows)})


def same(rows: Sequence[Mapping[str, Any]]) -> Mapping[UUID, Sequence[UUID]]:
    """The things of the order themselves. One statement."""
    return _by_order(SAME, rows, [_bases(rows)])


def newest(rows: Sequence[Mapping[str, Any]]) -> Mapping[UUID, Sequence[UUID]]:
    """What came into the catalogue of their store last, without what the order holds. Two statements."""
    new = dict(sql.rows(NEWEST, [[row["store"] for row in rows]]))
    goods = dict(sql.rows(GOODS, [_bases(rows)])) if _bases(rows) else {}
    return {row["id"]: [one for one in new.get(row["store"], ()) if one not in goods.get(row["basis"], ())] for row in rows}


OURS = (
    Source("together", "what others bought with it", together),
    Source("newest", "what is new in the catalogue", newest),
    Source("order", "what the order holds", same),
)
BY_DEFAULT = ("together", "newest")


def offered(rows: Sequence[tuple[Mapping[str, Any], str]]) -> dict[UUID, list[dict[str, Any]]]:
    """The products of each letter, as the catalogue knows them; nothing where there are fewer than two.

    Args:
        rows: each letter (`id, customer_id, order_id, store`) with the source it wishes; empty: the best there is, filled up with others.
    """
    if not rows:
        return {}
    loose = [row["customer_id"] for row, _ in rows if not row["order_id"]]
    latest = dict(sql.rows(BASIS, [loose])) if loose else {}
    wishes = {row["id"]: wished for row, wished in rows}
    based = [{**row, "basis": row["order_id"] or latest.get(row["customer_id"])} for row, _ in rows]
    found: dict[UUID, list[UUID]] = {row["id"]: [] for row in based}
    for source in sources():
        asking = [row for row in based if len(found[row["id"]]) < MOST and _asks(wishes[row["id"]], source.name)]
        given = source.products(asking) if asking else {}
        for row in asking:
            found[row["id"]] = list(dict.fromkeys([*found[row["id"]], *given.get(row["id"], ())]))
    known = catalog.products({one for ids in found.values() for one in ids})
    shown = {id: [known[one] for one in ids if one in known and _leads(known[one])][:MOST] for id, ids in found.items()}
    return {id: those for id, those in shown.items() if len(those) >= LEAST}


def _leads(product: Mapping[str, Any]) -> bool:
    """Whether a product has a name and a page."""
    return bool(product["title"]) and str(product["url"] or "").startswith(("https://", "http://"))


def _asks(wished: str, name: str) -> bool:
    return wished == name if wished else name in (*_products, *BY_DEFAULT)


def referred(rows: Sequence[Mapping[str, Any]], stores: Mapping[str, Store], *, keep: bool = True) -> dict[UUID, Mapping[str, str]]:
    """What the card of each letter says: of the first source that knows, else the customer's plain link into the shop.

    Args:
        keep: whether the codes of plain links are written down, so that it can be told later whose they are.
    """
    found: dict[UUID, Mapping[str, str]] = {}
    for source in _referrals.values():
        missing = [row for row in rows if row["id"] not in found]
        found |= source(missing) if missing else {}
    plain = [row for row in rows if row["id"] not in found and row["store"] in stores and stores[row["store"]].brand.site_url]
    codes = {row["customer_id"]: referral_code(row["customer_id"]) for row in plain}
    if codes and keep:
        sql.run(KEEP, [clock.real_now(), list(codes.values()), list(codes)])
    return found | {row["id"]: {"url": with_code(stores[row["store"]].brand.site_url, codes[row["customer_id"]])} for row in plain}


def referral_code(customer: UUID) -> str:
    """The code of a customer: always the same, and nobody can tell from it whose it is."""
    return b32encode(hmac.digest(accounts.secret(), b"referral" + customer.bytes, "sha256")).decode().lower()[:CODE]


def with_code(address: str, code: str) -> str:
    """The shop's address with `ref=` in it."""
    parts = urlsplit(address)
    query = urlencode([*((name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "ref"), ("ref", code)])
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def referrer(code: str) -> UUID | None:
    """Whose code this is, by whom they are now; nobody's where it never stood in a letter, or whoever had it was forgotten."""
    found: UUID | None = sql.value(WHOSE, [code.strip().lower()[:40]])
    return found
