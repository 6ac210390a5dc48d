"""Keep the table of local clocks filled: for every zone in use and every clock that a journey asks for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from afterword.kit import clock, sql

from ..rules.clocks import strikes

AHEAD = timedelta(days=500)
BEHIND = timedelta(days=40)
EARLIEST = date(2010, 1, 1)


def strike(clocks: Iterable[str], *, zones: Iterable[str] = (), since: date | None = None) -> int:
    """Fill in what is missing for these clocks in all zones in use; how many strikes were added."""
    wanted = set(clocks) | {row[0] for row in sql.rows("select distinct clock from local_clock")}
    places = set(zones) | zones_in_use()
    today = clock.now().date()
    filled = {
        (z, c): (low.date(), high.date())
        for z, c, low, high in sql.rows("select zone, clock, min(strikes_at), max(strikes_at) from local_clock group by 1, 2")
    }
    rows = []
    for zone in sorted(places):
        for wish in sorted(wanted):
            low, high = filled.get((zone, wish), (None, None))
            start, end = since or first_day() or today - BEHIND, today + AHEAD
            if low is None or low > start + timedelta(days=8):
                rows += [(zone, wish, a, b) for a, b in strikes(zone, wish, start, end)]
            elif high is not None and high < end - timedelta(days=60):
                rows += [(zone, wish, a, b) for a, b in strikes(zone, wish, high - timedelta(days=8), end)]
    if not rows:
        return 0
    sql.run("create temp table if not exists struck (like local_clock) on commit delete rows")
    sql.copy_rows("struck", ("zone", "clock", "after", "strikes_at"), rows)
    return sql.run(
        "insert into local_clock as c select distinct on (zone, clock, strikes_at) * from struck order by zone, clock, strikes_at, after desc "
        "on conflict (zone, clock, strikes_at) do update set after = greatest(c.after, excluded.after)"
    )


def zones_in_use() -> set[str]:
    """UTC, the stores' own zones and the zones of all customers."""
    found = sql.rows("select distinct zone from customer_history where zone is not null union select zone from accounts_store")
    return {"UTC"} | {row[0] for row in found if row[0]}


def first_day() -> date | None:
    """The day of the oldest event."""
    oldest = sql.value("select min(occurred_at) from event")
    return max(oldest.date() - timedelta(days=2), EARLIEST) if oldest else None
