"""One lake, two engines: the cluster's visits and verdicts are DuckDB's, row by row. SPARK_RUNS=4000000 asks for twenty million events."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import ibis
import pytest
from benchmarks import b5

from afterword.insight.backtests.actions.replay import Replay
from afterword.insight.backtests.actions.spark import SparkReplay, mount, statements
from afterword.insight.lake import door as lake
from afterword.kit.engines import duck
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.rules.document import read
from afterword.loop.journeys.rules.yaml import loaded
from afterword.loop.messages import door as messages

RUNS = int(os.environ.get("SPARK_RUNS", "200000"))
pytestmark = [pytest.mark.spark, pytest.mark.timeout(5400)]
UPPER = "upper(replace(run::varchar, '-', ''))"
TABLES = (
    "judging",
    "judging_way",
    "channel_reach",
    "message_worth",
    "consent_history",
    "suppressed",
    "store_rule",
    "went",
    "local_clock",
    "customer_history",
)
VISITS = "hex(run) as run, step, entered_at, left_at, outcome"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of five events a run."""
    place = tmp_path_factory.mktemp("lake")
    before, b5.RUNS = b5.RUNS, RUNS
    try:
        b5.lay(place)
    finally:
        b5.RUNS = before
    return place


def differing(con: Any, mine: str, theirs: Path) -> int:
    """How many rows are in one and not in the other."""
    read_ = f"select * from read_parquet('{theirs}/*.parquet')"
    return int(con.execute(f"select count(*) from (({mine}) except ({read_}))").fetchone()[0]) + int(
        con.execute(f"select count(*) from (({read_}) except ({mine}))").fetchone()[0]
    )


def test_the_cluster_moves_every_visit_as_one_machine_does(session: Any, folder: Path, tmp_path: Path) -> None:
    journey = read(loaded(b5.DOCUMENT), events.vocabulary)
    lake.copy(folder, tmp_path / "copy")
    began = time.perf_counter()
    mount(session, tmp_path / "copy", events.vocabulary)
    count = SparkReplay(session, "b5", statements(journey)).run(b5.START, b5.END)
    took = time.perf_counter() - began
    session.sql(f"select {VISITS} from pass").write.parquet(str(tmp_path / "spark"))
    with duck(spill=tmp_path / "spill") as con:
        lake.mount(con, folder, events.vocabulary, hold=False)
        began = time.perf_counter()
        assert Replay(con, "b5", journeys.statements(journey, "duckdb")).run(b5.START, b5.END) == count
        alone = time.perf_counter() - began
        mine = f"select {VISITS.replace('hex(run)', UPPER)} from pass"
        assert not differing(con, mine, tmp_path / "spark")
    print(f"{RUNS * 5:,} events, {count:,} visits: cluster {took:.1f} s, one machine {alone:.1f} s", file=sys.stderr)


def test_the_cluster_judges_as_one_machine_does(session: Any, tmp_path: Path) -> None:
    with duck() as con:
        con.execute(LAID)
        (tmp_path / "laid").mkdir()
        for table in TABLES:
            con.execute(f"copy {table} to '{tmp_path / 'laid' / table}.parquet'")
        lake.mount(con, tmp_path / "nothing", events.vocabulary)
        for table in TABLES:
            con.execute(f"create or replace table {table} as from '{tmp_path / 'laid' / table}.parquet'")
        rows = con.execute(f"select id::varchar, outcome, reason, until from ({messages.verdict_text('duckdb')})").fetchall()
        mine = {row[0]: row[1:] for row in rows}
    _ = ibis.pyspark  # makes its compiler's options known
    lake.copy(tmp_path / "laid", tmp_path / "copied")
    mount(session, tmp_path / "nothing", events.vocabulary)
    for table in TABLES:
        session.read.parquet(str(tmp_path / "copied" / f"{table}.parquet")).createOrReplaceTempView(table)
    found = session.sql(f"select hex(id), outcome, reason, until from ({messages.verdict_text('pyspark')})").collect()
    theirs = {_uuid(row[0]): (row[1], row[2], row[3]) for row in found}
    assert len({v[0] for v in mine.values()}) == 3, "go, hold and drop all occur"
    assert {k: v[:2] for k, v in mine.items()} == {k: v[:2] for k, v in theirs.items()}
    assert {k: v[2] and v[2].replace(tzinfo=None) for k, v in mine.items()} == {k: v[2] for k, v in theirs.items()}


def _uuid(text: str) -> str:
    h = text.lower()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


LAID = """
set timezone = 'UTC';
create table customer_history as select md5('c' || n)::uuid as customer_id, timestamptz '2020-01-01' as known_from,
    timestamptz '9999-12-31' as known_to, 'RO' as country, 'ro' as language,
    case n % 3 when 0 then 'Europe/Bucharest' when 1 then 'UTC' end as zone, 'main' as store,
    timestamptz '2020-01-01' as created_at from range(300) t(n);
create table judging as select md5('i' || n)::uuid as id, md5('r' || n)::uuid as run, md5('c' || (n * 7) % 300)::uuid as customer_id,
    null::uuid as order_id, 'main' as store, 'win_back' as message,
    case when n % 7 = 0 then 'auto' else 'email' end as channel,
    case n % 3 when 0 then 'marketing' when 1 then 'service' else 'transactional' end as category, (n % 3)::bigint as priority,
    timestamptz '2026-05-04' + to_minutes(5 * (n % 300)) as planned_at, timestamptz '2026-05-06' as useful_until,
    timestamptz '2026-05-04' + to_minutes(5 * (n % 300)) as moment, case when n % 50 = 0 then timestamptz '2026-05-04' end as ended_at
    from range(2000) t(n);
create table judging_way as select id, unnest(['email', 'sms', 'whatsapp']) as channel, unnest(range(1, 4)) as rank from judging
    where channel = 'auto';
create table channel_reach as select md5('c' || n)::uuid as customer_id, unnest(['sms', 'whatsapp']) as channel,
    timestamptz '2026-01-01' as known_from, timestamptz '9999-12-31' as known_to from range(0, 300, 2) t(n);
create table consent_history as select md5('c' || n)::uuid as customer_id, '' as store, 'all' as channel, purpose,
    timestamptz '2026-01-01' as known_from, timestamptz '9999-12-31' as known_to,
    case when n % 5 = 0 then 'withdrawn' else 'granted' end as state,
    case when purpose = 'pause' and n % 11 = 0 then timestamptz '2026-05-05' end as paused_until
    from range(300) t(n), (select unnest(['marketing', 'pause']) as purpose) p where purpose = 'marketing' or n % 11 = 0;
create table message_worth as select 'main' as store, 'win_back' as message, timestamptz '2026-05-05' as known_from,
    timestamptz '9999-12-31' as known_to, 12.5::double as worth;
create table suppressed as select md5('c' || n)::uuid as customer_id, 'email' as channel, 'bounced' as reason,
    timestamptz '2026-01-01' as since from range(10) t(n);
create table store_rule as select 'main' as store, 'Europe/Bucharest' as zone, '21:00' as quiet_from, '09:00' as quiet_until,
    2::bigint as day_cap, 4::bigint as week_cap;
create table went as select md5('c' || n % 300)::uuid as customer_id, timestamptz '2026-05-04' + to_hours(n % 24) as went_at
    from range(200) t(n);
create table local_clock as
select zone, clock, struck - interval 1 day as after, struck as asked_until, struck as strikes_at
from (select unnest(['UTC', 'Europe/Bucharest']) as zone) z, (select unnest(['00:00', '21:00', '09:00']) as clock) c,
     (select timestamptz '2026-05-01' + to_days(n) as day from range(20) t(n)) d,
     lateral (select day + (clock || ':00')::interval - case zone when 'UTC' then interval 0 hour else interval 3 hour end as struck) s
union all
select zone, 'mon 00:00', timestamptz '2026-05-04' + to_days(7 * n) - interval 7 day, timestamptz '2026-05-04' + to_days(7 * n),
    timestamptz '2026-05-04' + to_days(7 * n)
from (select unnest(['UTC', 'Europe/Bucharest']) as zone) z, range(4) t(n);
"""
