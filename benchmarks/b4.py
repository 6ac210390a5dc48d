"""B4: a hundred thousand waits due at once, a million parked, ten million events; an idle tick; a hundred new events."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from .__main__ import tell
from .durable import workflows_a_second
from .ground import Figure, installation, timed
from .plain import visits_a_second

CUSTOMERS, EVENTS_EACH, PARKED, DUE = 1_000_000, 10, 1_000_000, 100_000
NOW = datetime(2026, 6, 1, tzinfo=UTC)
JOURNEYS = 20
DOCUMENT = """
journey: bench_{n}
subject: order
trigger: {{event: order.placed, max_age: 2d}}
exit_on: [order.cancelled, order.refunded]
steps:
  - {{id: a, wait: 3d}}
  - {{id: b, branch: {{again: 'count(order.placed, last="365d") >= 2'}}, then: {{again: c, otherwise: d}}}}
  - {{id: c, send: order_confirmation, then: d}}
  - {{id: d, wait_for: {{event: survey.answered, within: 7d}}, then: {{happened: e, timed_out: f}}}}
  - {{id: e, send: csat, then: f}}
  - {{id: f, wait: 20d}}
  - {{id: g, branch: {{rich: order.total > 50}}, then: {{rich: h, otherwise: i}}}}
  - {{id: h, send: nps, then: i}}
  - {{id: i, wait: 60d}}
  - {{id: j, send: delivered_thanks}}
"""
UUID = "(substr(m, 1, 12) || '7' || substr(m, 13, 3) || '8' || substr(m, 16, 15))::uuid"
EVENTS = """
insert into event (id, name, occurred_at, received_at, known_at, source, store, customer_id, order_id, dice, customer_dice, properties)
select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8'
        || substr(md5(n::text), 4, 15))::uuid,
       name, at, at, at + n * interval '1 microsecond' / 1000, 'bench', 'main', md5('c' || c)::uuid, md5('o' || n / 3)::uuid,
       n %% 2147483646,
       c, case name when 'order.placed' then '{{"currency": "EUR", "total_minor": 4200, "items": 1}}'::jsonb
                    when 'survey.answered' then '{{"survey": "csat", "score": 4}}'::jsonb else '{{}}'::jsonb end
from (select n, n %% {customers} as c, timestamptz '2025-08-01 00:00+00' + n * interval '2.6265 seconds' as at,
             (array['order.placed', 'order.paid', 'order.fulfilled', 'shipment.in_transit', 'shipment.delivered', 'order.delivered',
                    'order_status.viewed', 'message.sent', 'survey.answered', 'page.viewed'])[1 + n / {customers}] as name
      from generate_series(%s::bigint, %s::bigint) n) g
"""
STANDING = """
insert into standing (journey, version_id, run, subject_id, order_id, customer_id, store, dice, customer_dice, step, entered_at, due_at)
select 'bench_' || (n %% {journeys}), v.id, md5('r' || n)::uuid, md5('s' || n)::uuid, md5('s' || n)::uuid,
       md5('c' || n %% {customers})::uuid, 'main', n, n,
       'i', %(now)s - interval '5 days', %(now)s + interval '1 day' + n * interval '3 seconds'
from generate_series(1, {parked}) n join journey j on j.key = 'bench_' || (n %% {journeys}) join journey_version v on v.journey_id = j.id
"""
FALL_DUE = """
insert into standing (journey, version_id, run, subject_id, order_id, customer_id, store, dice, customer_dice, step, entered_at, due_at)
select 'bench_0', v.id, md5('d{round}' || n)::uuid, md5('ds' || n)::uuid, md5('o' || n)::uuid, md5('c' || n * 7)::uuid, 'main', n, n, 'a',
       %(now)s - interval '3 days', %(now)s - interval '1 second' + n * interval '1 microsecond'
from generate_series(1, {due}) n, journey_version v join journey j on j.id = v.journey_id where j.key = 'bench_0'
"""
# The same by hand: exit or leave, look back a year, open the next stay, write history and where they stand.
BY_HAND = """
with due as (
    select s.*, least(s.due_at, (select min(e.known_at) from event e where e.customer_id = s.customer_id and e.known_at > s.entered_at
            and e.known_at <= s.due_at and e.name in ('order.cancelled', 'order.refunded') and e.order_id = s.order_id)) as left_at
    from standing s where s.version_id = %(version)s and s.step = 'a' and s.due_at <= %(now)s
), looked as (
    select d.*, (select count(*) from event e where e.customer_id = d.customer_id and e.name = 'order.placed' and e.known_at <= d.left_at
                 and e.occurred_at > d.left_at - interval '365 days') as n
    from due d
), heard as (
    select l.*, (select min(e.known_at) from event e where e.customer_id = l.customer_id and e.name = 'survey.answered'
                 and e.known_at > l.left_at
                 and e.known_at <= least(l.left_at + interval '7 days', %(now)s)) as answer from looked l
), closed as (
    insert into visit (journey, version_id, run, leg, step, entered_at, due_at, left_at, outcome)
    select journey, version_id, run, leg, 'a', entered_at, due_at, left_at, 'done' from heard
    union all
    select journey, version_id, run, leg, 'b', left_at, left_at, left_at, case when n >= 2 then 'again' else 'otherwise' end from heard
    returning 1
)
update standing s set step = 'd', entered_at = h.left_at, due_at = h.left_at + interval '7 days' from heard h
where (s.journey, s.run, s.leg) = (h.journey, h.run, h.leg)
"""


def lay() -> None:
    """Ten million events and a million parked runs, once."""
    from afterword.kit import sql
    from afterword.loop.accounts import door as accounts
    from afterword.loop.journeys import door as journeys

    if sql.value("select count(*) from standing") >= PARKED:
        return
    accounts.save_store("main", by=None, name="Bench", currency="EUR", languages=("en",), zone="UTC")
    for month in range(14):
        sql.run("select make_event_partition(timestamptz '2025-08-01 00:00+00' + %s * interval '1 month')", [month])
    total, piece = CUSTOMERS * EVENTS_EACH, 1_000_000
    there = sql.value("select count(*) from event")
    for first in range(there, total, piece):
        sql.run(EVENTS.format(customers=CUSTOMERS), [first, first + piece - 1])
        print(f"  {first + piece:,} events", file=sys.stderr, flush=True)
    sql.run("insert into event_reach select event_quarter(id), max(known_at) from event group by 1 on conflict do nothing")
    sql.run("insert into frontier (sealed_until) values (%s) on conflict (one) do update set sealed_until = excluded.sealed_until", [NOW])
    for n in range(JOURNEYS):
        journeys.keep_draft(DOCUMENT.format(n=n), at=NOW)
        journeys.publish(f"bench_{n}", at=NOW, until=NOW - timedelta(seconds=10))
    sql.run(STANDING.format(journeys=JOURNEYS, customers=CUSTOMERS, parked=PARKED), {"now": NOW})
    sql.run("analyze")


def wind_back(until: datetime) -> None:
    """Nothing moved, nothing due, everything ticked until here."""
    from afterword.kit import sql

    sql.run("delete from standing where run in (select run from visit)")
    sql.run("delete from standing where step = 'a' or step = 'd'")
    sql.run("truncate visit, visit_count, message_intent cascade")
    sql.run("update journey_version set ticked_until = %s", [until])
    sql.run("vacuum analyze standing")


def measure() -> list[Figure]:
    from django.db import connection

    from afterword.kit import sql
    from afterword.loop.journeys import door as journeys

    lay()
    sql.run("delete from event where source = 'new'")
    version = sql.value("select v.id from journey_version v join journey j on j.id = v.journey_id where j.key = 'bench_0'")
    ours, theirs = _moved(version)
    wind_back(NOW)
    idle = [timed(lambda n=n: journeys.tick(NOW + timedelta(milliseconds=n))) for n in range(1, 60)]  # type: ignore[misc]
    few = [_with_news(n) for n in range(1, 12)]
    wind_back(NOW)
    sql.run("delete from event where source = 'new'")
    print("ours", ours, "by hand", theirs, file=sys.stderr)
    ratio = min(ours) / min(theirs)
    shares = [(n, 1.0, timedelta(days=d)) for d, n in enumerate(("order.placed", "order.paid", "shipment.delivered", "page.viewed"))]
    naive = visits_a_second(DOCUMENT.format(n="naive"), shares, NOW - timedelta(days=60), NOW)
    rival = workflows_a_second(connection.get_connection_params())
    against = f"; {2 * DUE / min(ours) / naive:.1f} × the naive interpreter in memory ({naive:,.0f} visits a second, nothing written)"
    against += f"; {DUE / min(ours) / rival:.0f} × a durable workflow each ({rival:.0f} a second, DBOS)" if rival else ""
    return [
        Figure(
            "B4",
            "100,000 waits due at once, 1 M parked, 10 M events: moved one step",
            "< 4 s, ≤ 1.3 × hand-written SQL",
            f"{min(ours):.2f} s",
            f"{ratio:.2f} × hand-written SQL ({min(theirs):.2f} s){against}",
        ),
        Figure(
            "B4",
            "idle tick, 20 journeys of 10 steps, 1 M parked",
            "< 5 ms",
            f"{median(idle) * 1000:.1f} ms",
            f"p95 {sorted(idle)[-3] * 1000:.1f} ms",
        ),
        Figure(
            "B4",
            "a hundred new events, 20 journeys of 10 steps, 1 M parked",
            "< 50 ms",
            f"{median(few) * 1000:.1f} ms",
            f"{median(few) / median(idle):.1f} × the idle tick",
        ),
    ]


def _moved(version: int) -> tuple[list[float], list[float]]:
    """How long three rounds took: ours, and the same by hand."""
    from afterword.kit import sql
    from afterword.loop.journeys import door as journeys

    ours: list[float] = []
    theirs: list[float] = []
    for round_ in range(3):
        wind_back(NOW - timedelta(seconds=10))
        sql.run(FALL_DUE.format(due=DUE, round=round_), {"now": NOW})
        sql.run("analyze standing")
        ours.append(timed(lambda: journeys.tick(NOW)))
        moved = sql.value("select count(*) from standing where step = 'd'")
        assert moved == DUE, moved
        wind_back(NOW)
        sql.run(FALL_DUE.format(due=DUE, round=round_), {"now": NOW})
        sql.run("analyze standing")
        theirs.append(timed(lambda: sql.run(BY_HAND, {"version": version, "now": NOW})))
        print(f"ours {ours[-1]:.2f} s, by hand {theirs[-1]:.2f} s", file=sys.stderr, flush=True)
    return ours, theirs


def _with_news(n: int) -> float:
    """A tick over a hundred events that nobody's journey knows as a trigger, but whose names journeys listen to."""
    from afterword.kit import sql
    from afterword.loop.journeys import door as journeys

    at = NOW + timedelta(seconds=n)
    sql.run(NEWS, {"at": at, "n": n, "customers": CUSTOMERS})
    return timed(lambda: journeys.tick(at))


NEWS: Any = """
insert into event (id, name, occurred_at, received_at, known_at, source, store, customer_id, order_id, dice, customer_dice, properties)
select (lpad(to_hex((extract(epoch from %(at)s::timestamptz) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text || %(n)s), 1, 3) || '8'
        || substr(md5(n::text || %(n)s), 4, 15))::uuid,
       case n %% 2 when 0 then 'survey.answered' else 'page.viewed' end, %(at)s, %(at)s,
       %(at)s::timestamptz - n * interval '1 microsecond', 'new', 'main',
       md5('c' || (n * 997 + %(n)s) %% %(customers)s)::uuid, null, n, n, '{"survey": "csat", "score": 4}'::jsonb
from generate_series(1, 100) n
"""

if __name__ == "__main__":
    with installation("b4"):
        tell(measure())
