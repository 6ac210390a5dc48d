"""The day's rates: what one unit of a currency is worth in the company's own, and who says so. Set by hand or read from a file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import transaction

from afterword.kit import sql
from afterword.loop.accounts import door as accounts

from ..types import BadRate, Rate

KEEP = """
insert into currency_rate (currency, base, valid_on, rate, source)
select * from unnest(%s::text[], %s::text[], %s::date[], %s::numeric[], %s::text[])
on conflict (currency, base, valid_on) do update set rate = excluded.rate, source = excluded.source
"""
PLACES = Decimal("1e-10")
LARGEST = Decimal(10) ** 9


@transaction.atomic
def keep_rates(rates: Iterable[Rate], *, by: accounts.Member | None) -> int:
    """Keep rates in the company's reporting currency; one of the same day and currency is replaced. How many. Audited.

    Amounts of what is told from now on are reckoned with them; what was told before stays as it was.
    """
    if by is not None:
        accounts.need(by, "change_settings")
    base = accounts.installation().reporting_currency
    last = {(rate.currency, rate.valid_on): rate for rate in rates if rate.currency != base}  # of two for a day the later one counts
    kept = list(last.values())
    if kept:
        rows = [(r.currency, base, r.valid_on, r.rate, r.source) for r in kept]
        columns = [list(column) for column in zip(*rows, strict=True)]
        sql.run(KEEP, columns)
        days = sorted(rate.valid_on.isoformat() for rate in kept)
        names = sorted({rate.currency for rate in kept})
        told = {"rates": len(kept), "currencies": names, "from": days[0], "until": days[-1], "source": kept[-1].source}
        accounts.audit(by, "currency rates kept", base, after=told)
    return len(kept)


def rate(currency: str, worth: str, valid_on: date, source: str, *, per_base: bool = False, place: str = "") -> Rate:
    """One rate, checked. `per_base`: the number says how many of it one unit of the base is worth, as central banks write it."""
    currency = currency.strip().upper()
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise BadRate(place=place, what=f"“{currency}”", expected="three letters (ISO 4217), such as RON")
    try:
        number = Decimal(worth.strip())
        if not number.is_finite() or not 0 < number < LARGEST:
            raise InvalidOperation
        number = (1 / number if per_base else number).quantize(PLACES)
        if not number:
            raise InvalidOperation
    except InvalidOperation as error:
        raise BadRate(place=place, what=f"“{worth.strip()}”", expected="a positive number, such as 0.2012") from error
    return Rate(currency, valid_on, number, source)


def rates_in(file: Path, source: str, *, per_base: bool = False) -> Iterator[Rate]:
    """The rates of a CSV file: with columns `currency`, `date`, `rate`; or one column `Date` and one for each currency."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines)
        head = [name.strip() for name in next(rows, [])]
        names = [name.lower() for name in head]
        long = {"currency", "date", "rate"} <= set(names)
        if not long and names[:1] != ["date"]:
            expected = "columns currency, date, rate; or Date and a column a currency"
            raise BadRate(place="line 1", what=", ".join(head)[:80] or "nothing", expected=expected)
        for number, row in enumerate(rows, start=2):
            if not any(cell.strip() for cell in row):
                continue
            given = dict(zip(names, (cell.strip() for cell in row), strict=False))
            place, day = f"line {number}", _day(given.get("date", ""), number)
            pairs = [(given["currency"], given.get("rate", ""))] if long else list(zip(head[1:], row[1:], strict=False))
            for currency, worth in pairs:
                if currency.strip() and worth.strip() not in ("", "N/A"):  # what a bank did not quote that day
                    yield rate(currency, worth, day, source, per_base=per_base, place=place)


def _day(text: str, line: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRate(place=f"line {line}", what=f"“{text[:40]}”", expected="a day such as 2026-04-01") from error
