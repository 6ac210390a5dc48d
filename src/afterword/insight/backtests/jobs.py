"""What the worker has done for backtests: every night, the last week of every journey is lived again and held against what ran."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from afterword.kit import children, clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys

NIGHT = (3, 4)  # the local hours at which it is done
TOO_LONG = timedelta(days=2)  # where nobody worked at night, it is done by day


def check_at_night(now: datetime) -> int:
    """Begin the nightly check in a process of its own, if it is night at the shop and none was made; whether it was begun.

    Real nights count, not those of a shop that is lived through in an hour.
    """
    real = clock.real_now()
    last = sql.value("select max(checked_at) from parity_check")
    stores = accounts.stores()
    local = real.astimezone(ZoneInfo(stores[0].zone if stores else "UTC"))
    tonight = local.hour in NIGHT and (last is None or real - last > timedelta(hours=12))
    if not (tonight or (last is not None and real - last > TOO_LONG)) or not journeys.on():
        return 0
    children.start("check-parity", "--quiet")
    return 1
