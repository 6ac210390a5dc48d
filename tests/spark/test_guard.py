"""The guard over a whole journey: each message's verdict, reason and moment on the cluster are those of one machine."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from benchmarks import b5

from afterword.insight.backtests.actions import guard
from afterword.insight.backtests.actions.cluster_guard import SparkGuard
from afterword.insight.backtests.actions.replay import Replay
from afterword.insight.backtests.actions.spark import SparkReplay, mount, statements
from afterword.insight.lake import door as lake
from afterword.kit.engines import duck
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.rules.document import read
from afterword.loop.journeys.rules.yaml import loaded
from afterword.loop.messages import door as messages

RUNS = 1200
pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]
DOCUMENT = """
journey: guarded
subject: order
trigger: {event: order.placed, reentry: every}
exit_on: [order.cancelled]
steps:
  - {id: confirm, send: order_confirmation}
  - {id: settle, wait: 30m}
  - {id: ask, send: {message: csat, channel: auto}}
  - {id: rest, wait: 33d}
  - {id: lure, send: win_back}
  - {id: later, wait: 1d}
  - {id: again, send: {message: win_back, channel: "sms,email"}}
  - {id: week, wait: 8d}
  - {id: text, send: {message: win_back, channel: sms}}
"""
# Who may be written to, and how: some of everything that the guard looks at.
NOW = {
    "customer_history": "md5('c' || n)::uuid as customer_id, timestamptz '2020-01-01' as known_from, timestamptz '9999-12-31' as known_to, "
    "case n % 4 when 2 then 'FR' else 'RO' end as country, 'ro' as language, case when n % 4 = 2 then 'Europe/Paris' "
    "when n % 3 = 0 then 'Europe/Bucharest' when n % 3 = 1 then 'UTC' end as zone, 'main' as store, "
    "timestamptz '2020-01-01' as created_at from range(600) t(n)",
    "channel_reach": "md5('c' || n)::uuid as customer_id, unnest(['sms', 'whatsapp']) as channel, timestamptz '2025-01-01' as known_from, "
    "timestamptz '9999-12-31' as known_to from range(0, 600, 2) t(n)",
    "message_worth": "'main' as store, 'win_back' as message, timestamptz '2025-12-03' as known_from, "
    "timestamptz '9999-12-31' as known_to, 12.5::double as worth",
    "message_way": "'main' as store, '' as message, unnest(['whatsapp', 'email']) as channel, unnest([1::bigint, 2::bigint]) as rank",
    "consent_history": "md5('c' || n)::uuid as customer_id, '' as store, 'all' as channel, purpose, "
    "timestamptz '2025-01-01' as known_from, timestamptz '9999-12-31' as known_to, "
    "case when n % 5 = 0 then 'withdrawn' else 'granted' end as state, "
    "case when purpose = 'pause' and n % 11 = 0 then timestamptz '2025-12-05' end as paused_until "
    "from range(600) t(n), (select unnest(['marketing', 'pause']) as purpose) p where purpose = 'marketing' or n % 11 = 0",
    "suppressed": "md5('c' || n)::uuid as customer_id, 'email' as channel, 'bounced' as reason, timestamptz '2025-07-01' as since "
    "from range(0, 600, 7) t(n)",
    "store_rule": "'main' as store, 'Europe/Bucharest' as zone, '21:00' as quiet_from, '09:00' as quiet_until, 2::bigint as day_cap, "
    "3::bigint as week_cap",
}
# The local weekdays on which advertisements meant for a French telephone on a Sunday left.
SUNDAYS = """
select isodow(i.went_at at time zone 'Europe/Paris') from intent i
where i.channel = 'sms' and i.category = 'marketing' and i.went_at is not null and isodow(i.planned_at at time zone 'Europe/Paris') = 7
  and i.customer_id in (select md5('c' || n)::uuid from range(600) t(n) where n % 4 = 2)
"""
SEEN = "step, channel, state, reason, went_at, ask_at"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, session: Any) -> Path:
    """A lake of a few thousand events, and what is known of those people."""
    place = tmp_path_factory.mktemp("guarded")
    before, b5.RUNS = b5.RUNS, RUNS
    try:
        b5.lay(place)
    finally:
        b5.RUNS = before
    (place / "now").mkdir()
    with duck() as con:
        for name, text in NOW.items():
            con.execute(f"copy (select {text}) to '{place / 'now' / name}.parquet'")
    return place


def test_every_message_of_a_journey_is_judged_as_on_one_machine(session: Any, folder: Path, tmp_path: Path) -> None:
    journey = read(loaded(DOCUMENT), events.vocabulary)
    clocks = struck(journey)
    with duck() as con:
        lake.mount(con, folder, events.vocabulary)
        con.executemany("insert into local_clock values (?, ?, ?, ?, ?)", clocks)
        con.execute(f"copy local_clock to '{folder / 'now' / 'local_clock.parquet'}'")
        Replay(con, journey.key, journeys.statements(journey, "duckdb")).run(b5.START, b5.END)
        guard.lay_intents(con, journey)
        guard.judge_all(con, b5.END)
        sundays = con.execute(SUNDAYS).fetchall()
        assert len(sundays) > 20, "short messages to France that a Sunday came between"
        assert {day for (day,) in sundays} <= {1, 2, 3, 4, 5, 6}
        mine = {str(row[0]): row[1:] for row in con.execute(f"select id::varchar, {SEEN} from intent").fetchall()}
    lake.copy(folder, tmp_path / "copy")
    mount(session, tmp_path / "copy", events.vocabulary)
    SparkReplay(session, journey.key, statements(journey)).run(b5.START, b5.END)
    SparkGuard(session, journey).judge(b5.END)
    theirs = {row[0]: tuple(row[1:]) for row in session.sql(f"select lower(hex(id)), {SEEN} from intent").collect()}
    assert len(mine) > 4 * RUNS * 0.8
    assert {one[2] for one in mine.values()} == {"go", "drop"}
    assert len({one[3] for one in mine.values()}) > 4, "several reasons"
    theirs = {k: tuple(map(_bare, row)) for k, row in theirs.items()}
    assert {k.replace("-", ""): tuple(map(_bare, row)) for k, row in mine.items()} == theirs


def struck(journey: Any) -> list[tuple[Any, ...]]:
    """The strikes of every clock that the guard asks for, in the zones of those people."""
    first, last = (b5.START - timedelta(days=10)).date(), (b5.END + timedelta(days=40)).date()
    asked = {"09:00", "21:00", *messages.GUARD_CLOCKS}
    return [
        (zone, c, *one)
        for zone in ("UTC", "Europe/Bucharest", "Europe/Paris")
        for c in sorted(asked)
        for one in journeys.strikes(zone, c, first, last)
    ]


def _bare(value: Any) -> Any:
    return value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value
