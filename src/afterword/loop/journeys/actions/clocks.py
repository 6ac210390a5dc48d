"""Keep the table of local clocks filled: for every zone in use, every clock that a journey or the guard asks for, far enough ahead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from afterword.kit import clock, sql
from afterword.loop.messages import door as messages

from ..rules.clocks import strikes

AHEAD = timedelta(days=500)
LEAST_AHEAD = timedelta(days=400)
BEHIND = timedelta(days=40)
EARLIEST = date(2010, 1, 1)
OVERLAP = timedelta(days=8)  # a week and a day, so that a weekly clock finds its strike before
# What the guard asks for: its own clocks, the hours in which stores keep quiet, and those that people wish.
GUARD = """
select quiet_from from store_rule union select quiet_until from store_rule
union select unnest(%(own)s::text[])
union select part from consent_history, unnest(string_to_array(state, '-')) part where purpose = 'quiet' and state <> ''
"""
OWN = {"own": list(messages.GUARD_CLOCKS)}
NEW_ZONES = """
select distinct h.zone from event e join customer_history h on h.customer_id = e.customer_id
where e.known_at > %s and e.known_at <= %s and e.name in ('customer.created', 'customer.updated', 'order.placed') and h.zone is not null
  and not exists (select 1 from local_clock c where c.zone = h.zone)
"""


def strike(clocks: Iterable[str] = (), *, zones: Iterable[str] | None = None, until: datetime | None = None) -> int:
    """Fill in what is missing for these clocks, and all that are kept already; how many strikes were added.

    Args:
        zones: only these zones; all that are in use by default.
        until: as far ahead as this instant, at least 400 days from the shown time.
    """
    wanted = {*clocks, *(row[0] for row in sql.rows(f"select distinct clock from local_clock union {GUARD}", OWN) if row[0])}
    places = zones_in_use() if zones is None else set(zones)
    filled = {(z, c): (low.date(), high.date()) for z, c, low, high in sql.rows(FILLED, [sorted(places)])}
    now = clock.now().date()
    start, end = first_day() or now - BEHIND, max(now + AHEAD, until.date() + AHEAD if until else now)
    rows = []
    for zone in sorted(places):
        for wish in sorted(wanted):
            for low, high in _gaps(filled.get((zone, wish)), start, end):
                rows += [(zone, wish, *struck) for struck in strikes(zone, wish, low, high)]
    return _keep(rows) if rows else 0


FILLED = "select zone, clock, min(asked_until), max(asked_until) from local_clock where zone = any(%s) group by 1, 2"


def _gaps(filled: tuple[date, date] | None, start: date, end: date) -> list[tuple[date, date]]:
    """The days that are missing: all of them, those before what is there, those after."""
    if filled is None:
        return [(start, end)]
    low, high = filled
    before = [(start, low + OVERLAP)] if low > start + OVERLAP else []
    return before + ([(high - OVERLAP, end)] if high < end - (AHEAD - LEAST_AHEAD) else [])


def _keep(rows: list[tuple[str, str, datetime, datetime, datetime]]) -> int:
    """Write strikes; where two fillings meet, the later `after` is the true one. Whoever waited for a missing strike is looked at."""
    with transaction.atomic():
        sql.run("create temp table if not exists struck (like local_clock) on commit drop")
        sql.copy_rows("struck", ("zone", "clock", "after", "asked_until", "strikes_at"), rows)
        added = sql.run(
            "insert into local_clock as c (zone, clock, after, asked_until, strikes_at) "
            "select zone, clock, max(after), max(asked_until), strikes_at from struck group by zone, clock, strikes_at "
            "on conflict (zone, clock, strikes_at) do update set after = case when c.clock like '%%business%%' "
            "then least(c.after, excluded.after) else greatest(c.after, excluded.after) end, "
            "asked_until = greatest(c.asked_until, excluded.asked_until)"
        )
        sql.run("update standing set due_at = entered_at where step is not null and due_at is null")
    return added


def missing() -> bool:
    """Whether the guard asks for a clock that nobody strikes yet: a store's quiet hours have changed."""
    found: bool = sql.value(
        f"select exists (select 1 from ({GUARD}) as g (clock) where g.clock is not null "
        "and not exists (select 1 from local_clock c where c.zone = 'UTC' and c.clock = g.clock))",
        OWN,
    )
    return found


def strike_new_zones(since: datetime, until: datetime) -> None:
    """The clocks of zones that were first heard of in `(since, until]`. Part of every seal, after the customers' projection."""
    new = {row[0] for row in sql.rows(NEW_ZONES, [since, until])}
    if new:
        strike(zones=new)


def zones_in_use() -> set[str]:
    """UTC, the stores' own zones and the zones of all customers."""
    found = sql.rows("select distinct zone from customer_history where zone is not null union select zone from accounts_store")
    return {"UTC"} | {row[0] for row in found if row[0]}


def first_day() -> date | None:
    """The day of the oldest event."""
    oldest = sql.value("select min(occurred_at) from event")
    return max(oldest.date() - timedelta(days=2), EARLIEST) if oldest else None
