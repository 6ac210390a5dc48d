"""Completing orders as they come in: how many pieces, and the amount in the reporting currency at the day's rate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from afterword.kernel.money import in_base
from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.events.types import Ready

from ..rules import AMOUNTS, pieces


def fill_amounts(rows: list[Ready]) -> None:
    """Give each amount its worth in the reporting currency. No rate: no worth, and the console says so."""
    wanted = [(row, *AMOUNTS[row.name]) for row in rows if row.name in AMOUNTS and "currency" in row.properties]
    wanted = [(row, amount, target) for row, amount, target in wanted if amount in row.properties and target not in row.properties]
    if not wanted:
        return
    base = accounts.installation().reporting_currency
    rates = _rates({(row.properties["currency"], row.occurred_at.date()) for row, _, _ in wanted}, base)
    for row, amount, target in wanted:
        currency = row.properties["currency"]
        rate = Decimal(1) if currency == base else rates.get((currency, row.occurred_at.date()))
        if rate is not None:
            row.properties[target] = in_base(row.properties[amount], currency, base, rate)


def fill_items(rows: list[Ready]) -> None:
    """Count the pieces of an order that comes with lines and without their number."""
    for row in rows:
        lines = row.properties.get("lines")
        if row.name in ("order.placed", "order.updated") and "items" not in row.properties and isinstance(lines, list):
            row.properties["items"] = pieces(lines)


def _rates(days: set[tuple[str, date]], base: str) -> dict[tuple[str, date], Decimal]:
    """The rate of each currency on each day: the last one that was valid then."""
    foreign = [day for day in days if day[0] != base]
    if not foreign:
        return {}
    found = sql.rows(
        "select g.currency, g.day, r.rate from unnest(%s::text[], %s::date[]) as g(currency, day), lateral "
        "(select rate from currency_rate r where r.currency = g.currency and r.base = %s and r.valid_on <= g.day "
        " order by r.valid_on desc limit 1) r",
        [[c for c, _ in foreign], [d for _, d in foreign], base],
    )
    return {(currency, day): rate for currency, day, rate in found}
