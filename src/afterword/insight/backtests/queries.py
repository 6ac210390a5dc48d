"""Reads of the backtests room: what was asked, how far it is, what came out."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from afterword.kit import clock, sql

from .types import Asked, NoSuchBacktest

STALE = timedelta(minutes=15)  # after that so much may have happened that it is asked again
SILENT_FOR = timedelta(minutes=3)
COLUMNS = (
    "id, journey, version, since, until, asked_by, asked_at, heard_at, state, doing, steps_done, steps, said, against, stated, "
    "purpose, mark"
)


def latest(journey: str) -> Asked | None:
    """The backtest of a journey that was asked for last. One statement."""
    found = sql.records(
        f"select {COLUMNS}, result from backtest_asked where journey = %s and purpose = '' order by id desc limit 1", [journey]
    )
    return _asked(found[0]) if found else None


def let_in(journey: str, mark: str, since: datetime) -> Asked | None:
    """What was asked lately of who would be let in to this very draft since then; None where that was not asked, or long ago."""
    text = f"select {COLUMNS}, result from backtest_asked where journey = %s and purpose = 'entering' and mark = %s and since = %s "
    found = sql.records(text + "and asked_at > %s order by id desc limit 1", [journey, mark, since, clock.real_now() - STALE])
    return _asked(found[0]) if found else None


def asked(id: int) -> Asked:
    """One backtest. Raises NoSuchBacktest."""
    found = sql.records(f"select {COLUMNS}, result from backtest_asked where id = %s", [id])
    if not found:
        raise NoSuchBacktest
    return _asked(found[0])


ALARMS = """
select * from (
    select distinct on (version_id) journey, version_id, number, since, until, checked_at, visits, differing, first,
           verdicts, otherwise, first_otherwise
    from parity_check where %(journey)s = '' or journey = %(journey)s order by version_id, id desc
) latest where differing > 0 or otherwise > 0 order by journey, number
"""


def alarms(journey: str = "") -> list[dict[str, Any]]:
    """Versions whose last check found visits or verdicts that are stored otherwise than they follow from the log, and the first of them."""
    rows = sql.records(ALARMS, {"journey": journey})
    return [{**row, **{name: _read(row[name]) for name in ("first", "first_otherwise")}} for row in rows]


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def last_check() -> datetime | None:
    """When what ran was held against the log last."""
    found: datetime | None = sql.value("select max(checked_at) from parity_check")
    return found


def _asked(row: dict[str, Any]) -> Asked:
    result = row["result"]
    if row["state"] == "running" and clock.real_now() - row["heard_at"] > SILENT_FOR:
        row = {**row, "state": "failed", "said": "It has not been heard of for some minutes: its process must have been ended."}
    stated = row["stated"]
    values = {"result": json.loads(result) if isinstance(result, str) else result}
    return Asked(**{**row, **values, "stated": json.loads(stated) if isinstance(stated, str) else stated})
