"""After the past has been lived through: go on living, and one day leave the sample behind."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import transaction

from afterword.insight.lake.door import lake_folder
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity

from ..simulator.pull import Shop
from ..types import NothingLived, Source
from .reactions import Reactions

BATCH = 2000
DRIVER = "afterword loop"
MOST_AT_ONCE = timedelta(days=2)  # of time that is caught up with in one go
# What a person set up stays: company, stores, team, keys, the audit. What was lived through goes.
LIVED = """
select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
  and c.relname !~ '^((accounts|django|auth)_|currency_rate$)' order by 1
"""


def go_live(source: Source) -> None:
    """From now on the simulated shop lives in real time; a recorded one has ended, and its clock runs on from its end."""
    with transaction.atomic():
        if isinstance(source, Shop):
            sql.run("update sample_replay set living = true")
            clock.show_real()
        else:
            clock.set_shown(source.ends_at, rate=1.0)


def is_living() -> bool:
    """Whether new orders trickle in."""
    return bool(sql.value("select living from sample_replay"))


def trickle(now: datetime) -> int:
    """Tell what happened in the living shop since the last time, and what its customers did about messages; how many were new.

    After a pause it catches up, two days at a time; events that were told are known by their ids, so it may die anywhere.
    """
    row = sql.one("select seed, customers, starts_at, ends_at, at from sample_replay where living")
    if row is None:
        return 0
    seed, customers, starts_at, ends_at, at = row
    until = min(now, at + MOST_AT_ONCE)
    if until <= at:
        return 0
    shop, reactions = _living(seed, customers, starts_at, ends_at)
    told: list[Told] = [*shop.told(at, until), *reactions.due(until, until)]
    new = sum(identity.record(told[n : n + BATCH], received_at=now).accepted for n in range(0, len(told), BATCH))
    sql.run("update sample_replay set at = %s, events = events + %s", [until, new])
    return new


@lru_cache(maxsize=1)
def _living(seed: int, customers: int, starts_at: datetime, ends_at: datetime) -> tuple[Shop, Reactions]:
    shop = Shop(seed=seed, ends_at=ends_at, customers=customers, days=(ends_at - starts_at).days)
    return shop, Reactions(shop)


def leave_behind() -> int:
    """Empty this installation of the shop it lived through: events, customers, orders, journeys, messages. What people set up stays.

    How many events there were. Raises NothingLived where no shop was lived through: a real shop's data are never touched.
    """
    with sql.hold(DRIVER, wait=True), transaction.atomic():
        lived = sql.value("select shop from sample_replay")
        if lived is None:
            raise NothingLived()
        count = int(sql.value("select count(*) from event"))
        tables = [row[0] for row in sql.rows(LIVED)]
        sql.run(f"truncate {', '.join(tables)} restart identity cascade")
        clock.show_real()
        before = accounts.audited().filter(what="sample left behind").first()
        accounts.leave_stores(before.pk if before else 0)
        accounts.audit(None, "sample left behind", str(lived), before={"events": count})
    _living.cache_clear()
    shutil.rmtree(lake_folder(), ignore_errors=True)
    return count
