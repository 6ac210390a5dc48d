"""Following the log: what the shop sells now; and lending orders the life of their products as they come in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from afterword.kit import sql
from afterword.loop.events import door as events
from afterword.loop.events.types import Ready

from .rules import leading_life

FIELDS = ("reference", "title", "sku", "category", "url", "image_url", "price_minor", "currency", "life", "use_for_days", "available")


def _last(column: str) -> str:
    return f"(array_agg(e.{column} order by e.known_at desc) filter (where e.{column} is not null))[1]"


_FOLLOW = f"""
insert into catalog_product (id, store, {", ".join(FIELDS)}, titles, changed_at)
select e.product_id, (array_agg(e.store order by e.known_at))[1], {", ".join(_last(c) for c in FIELDS)},
    coalesce((array_agg(l.properties -> 'titles' order by e.known_at desc) filter (where l.properties ? 'titles'))[1], '{{}}'::jsonb),
    max(e.occurred_at)
from event_product_updated e join event l on l.id = e.id
where e.known_at > %s and e.known_at <= %s and e.product_id is not null
group by e.product_id
on conflict (id) do update set
    {", ".join(f"{c} = coalesce(excluded.{c}, catalog_product.{c})" for c in FIELDS)},
    titles = catalog_product.titles || excluded.titles, changed_at = greatest(catalog_product.changed_at, excluded.changed_at)
"""


def project(since: datetime, until: datetime) -> None:
    """Add what was sealed in `(since, until]`."""
    sql.run(_FOLLOW, [since, until])


def rebuild() -> int:
    """Make the catalog anew from the log alone; says how many products there are."""
    sql.run("delete from catalog_product")
    until = events.frontier()
    if until:
        sql.run(_FOLLOW, ["-infinity", until])
    return int(sql.value("select count(*) from catalog_product"))


def lend_lives(rows: list[Ready]) -> None:
    """Give the lines of orders their product's id and what the catalog knows of its life; the order gets the leading one."""
    orders = [row for row in rows if row.name in ("order.placed", "order.updated") and isinstance(row.properties.get("lines"), list)]
    lines = [(row.store, line) for row in orders for line in row.properties["lines"] if isinstance(line, dict)]
    for store, line in lines:
        reference = line.get("product") or line.get("sku")
        if isinstance(reference, str) and reference:
            line["product_id"] = str(events.product_id(store, reference))
    _lend([line for _, line in lines if "product_id" in line and "life" not in line])
    for row in orders:
        life, days = leading_life(row.properties["lines"])
        if life:
            row.properties.setdefault("life", life)
        if days:
            row.properties.setdefault("use_for_days", days)


def _lend(lines: list[dict[str, Any]]) -> None:
    if not lines:
        return
    found = sql.rows(
        "select id::text, life, use_for_days, image_url from catalog_product where id = any(%s::uuid[]) and life is not null",
        [list({line["product_id"] for line in lines})],
    )
    known = {id: (life, days, picture) for id, life, days, picture in found}
    for line in lines:
        if line["product_id"] in known:
            life, days, picture = known[line["product_id"]]
            line["life"] = life
            if days and "use_for_days" not in line:
                line["use_for_days"] = days
            if picture and "image_url" not in line:
                line["image_url"] = picture
