"""B5: a backtest over ten million events and two million runs of six steps, against the same written by hand for DuckDB."""

from __future__ import annotations

import os
import resource
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .__main__ import tell
from .ground import HOME, Figure, timed
from .plain import visits_a_second

RUNS = int(os.environ.get("B5_RUNS", 2_000_000))
START, END = datetime(2025, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
DOCUMENT = """
journey: bench
subject: order
trigger: {event: order.placed, reentry: every}
exit_on: [order.cancelled]
steps:
  - {id: settle, wait: 3d}
  - {id: again, branch: {yes: 'count(order.placed, last="365d") >= 2'}, then: {yes: thank, otherwise: answer}}
  - {id: thank, send: delivered_thanks, then: answer}
  - {id: answer, wait_for: {event: survey.answered, within: 7d}, then: {happened: ask, timed_out: remind}}
  - {id: ask, send: review_request, then: end}
  - {id: remind, send: csat}
"""
# name → (rows as a share of the runs, seconds after the order)
SHARES = {"order.placed": (1.0, 0), "order.cancelled": (0.1, 86_400), "survey.answered": (0.5, 500_000), "page.viewed": (3.4, 40_000)}
# The same by hand, each stay written down as a backtest needs it: run, step, from when, until when, how it ended.
DIFFERING = "select count(*) from ((from ours except all from by_hand) union all (from by_hand except all from ours))"
BY_HAND = """
create or replace table by_hand as
with placed as (select id, customer_id, order_id, known_at, known_at + interval 259200 seconds as due from event_order_placed
                where known_at > since() and known_at <= until()),
waited as (
    select p.*, min(c.known_at) as stopped from placed p left join event_order_cancelled c
    on c.customer_id = p.customer_id and c.order_id = p.order_id and c.known_at > p.known_at and c.known_at <= least(p.due, until())
    group by all),
looked as materialized (
    select w.id, w.customer_id, w.order_id, w.due, count(o.id) filter (where o.occurred_at > w.due - interval 31536000 seconds) as n
    from waited w left join event_order_placed o on o.customer_id = w.customer_id and o.known_at <= w.due
    where w.stopped is null and w.due <= until() group by all),
heard as (
    select l.*, min(s.known_at) filter (where s.kind = 0) as answer,
           min(s.known_at) filter (where s.kind = 1 and s.order_id = l.order_id) as stopped
    from looked l left join (select customer_id, order_id, known_at, 0 as kind from event_survey_answered
                             union all select customer_id, order_id, known_at, 1 from event_order_cancelled) s
    on s.customer_id = l.customer_id and s.known_at > l.due and s.known_at <= least(l.due + interval 604800 seconds, until()) group by all),
answered as materialized (
    select *, case when stopped <= coalesce(answer, stopped) then stopped when answer is not null then answer
                   when due + interval 604800 seconds <= until() then due + interval 604800 seconds end as done,
           case when stopped <= coalesce(answer, stopped) then 'exited' when answer is not null then 'happened'
                when due + interval 604800 seconds <= until() then 'timed_out' end as outcome from heard)
select id as run, 'trigger' as step, known_at as entered_at, known_at as left_at, 'entered' as outcome from placed
union all select id, 'settle', known_at, case when stopped is not null then stopped when due <= until() then due end,
                 case when stopped is not null then 'exited' when due <= until() then 'done' end from waited
union all select id, 'again', due, due, case when n >= 2 then 'yes' else 'otherwise' end from looked
union all select id, 'thank', due, due, 'done' from looked where n >= 2
union all select id, 'answer', due, done, outcome from answered
union all select id, 'ask', done, done, 'done' from answered where outcome = 'happened'
union all select id, 'remind', done, done, 'done' from answered where outcome = 'timed_out'
"""


def lay(folder: Path) -> None:
    """Ten million events as the lake holds them, once."""
    import duckdb

    if (folder / "done").exists():
        return
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    for name, (share, after) in SHARES.items():
        view = f"event_{name.replace('.', '_')}"
        (folder / "events" / view / "2026").mkdir(parents=True, exist_ok=True)
        extra = {"order.placed": "'EUR' as currency, 4200 as total_minor", "survey.answered": "'csat' as survey, 4 as score"}.get(
            name, "1 as one"
        )
        con.execute(
            f"copy (select md5('{name}' || n)::uuid as id, moment as known_at, moment as occurred_at, 'main' as store, "
            f"md5('c' || (n * 7919) % {RUNS // 2})::uuid as customer_id, md5('o' || n % {RUNS})::uuid as order_id, "
            f"null::uuid as shipment_id, "
            f"null::uuid as product_id, null::uuid as message_id, n as dice, n as customer_dice, false as imported, {extra} "
            f"from (select n, timestamptz '2025-06-02' + to_seconds((n % {RUNS}) * {30_000_000 / RUNS} + {after} * (n % 17) / 17) "
            f"+ to_microseconds(n) as moment "
            f"from range({int(RUNS * share)}) t(n))) to '{folder / 'events' / view / '2026' / 'all.parquet'}' "
            "(format parquet, compression zstd)"
        )
    con.close()
    (folder / "done").touch()


def statements() -> dict[str, str]:
    """The journey as it is put to DuckDB."""
    import django

    django.setup()
    from afterword.loop.events import door as events
    from afterword.loop.journeys import door as journeys
    from afterword.loop.journeys.rules.document import read
    from afterword.loop.journeys.rules.yaml import loaded

    return journeys.statements(read(loaded(DOCUMENT), events.vocabulary), "duckdb")


def measure() -> list[Figure]:
    texts = statements()
    from afterword.insight.backtests.actions.replay import Replay
    from afterword.insight.lake import door as lake
    from afterword.kit.engines import duck
    from afterword.loop.events import door as events

    folder = HOME / f"lake-{RUNS}-ids"
    lay(folder)
    with duck(spill=HOME / "spill", memory="3GB") as con:
        lake.mount(con, folder, events.vocabulary, hold=False)
        total = sum(con.execute(f"select count(*) from event_{n.replace('.', '_')}").fetchone()[0] for n in SHARES)
        ours = timed(lambda: Replay(con, "b5", texts).run(START, END), rounds=2)
        runs = con.execute("select count(*) from pass where step = 'trigger'").fetchone()[0]
        con.execute("create or replace table ours as select run, step, entered_at, left_at, outcome from pass; drop table pass")
        theirs = timed(lambda: con.execute(BY_HAND), rounds=2)
        differing = con.execute(DIFFERING).fetchone()[0]
        visits = con.execute("select count(*) from by_hand").fetchone()[0]
    assert not differing, differing
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    rival = visits_a_second(DOCUMENT, [(n, s, timedelta(seconds=a)) for n, (s, a) in SHARES.items()], START + timedelta(days=1), END)
    print(f"{total:,} events, {runs:,} runs, ours {ours:.2f}, by hand {theirs:.2f}, peak {peak:.2f} GiB", file=sys.stderr)
    return [
        Figure(
            "B5",
            f"backtest, {total / 1e6:.0f} M events, {runs / 1e6:.0f} M runs, 6 steps, without the guard",
            "< 5 s, ≤ 1.5 × hand-written DuckDB SQL, < 4 GiB",
            f"{ours:.2f} s, peak {peak:.1f} GiB",
            f"{ours / theirs:.2f} × hand-written SQL that writes the same {visits / 1e6:.1f} M visits ({theirs:.2f} s); "
            f"{visits / ours / rival:,.0f} × the naive interpreter ({rival:,.0f} visits a second, worlds of a hundred customers)",
        ),
    ]


if __name__ == "__main__":
    os.environ["AFTERWORD_HOME"] = str(HOME / "b5")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterword.project.settings")
    (HOME / "b5").mkdir(parents=True, exist_ok=True)
    tell(measure())
