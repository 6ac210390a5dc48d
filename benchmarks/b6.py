"""B6: a full segment over a million customers and twenty million events; one event until membership is exact again."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from .__main__ import tell
from .ground import Figure, installation, timed
from .plain import customers_a_second

CUSTOMERS, EVENTS_EACH = 1_000_000, 20
NOW = datetime(2026, 6, 1, tzinfo=UTC)
REST = ("order.paid", "order.fulfilled", "shipment.in_transit", "shipment.delivered", "order.delivered", "page.viewed")
CONDITION = 'count(order.placed, last="180d") >= 2 and customer.country in ("RO", "MD")'
EVENTS = """
insert into event (id, name, occurred_at, received_at, known_at, source, store, customer_id, order_id, dice, customer_dice, properties)
select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8'
        || substr(md5(n::text), 4, 15))::uuid,
       name, at, at, at + n * interval '1 microsecond' / 1000, 'bench', 'main', md5('c' || c)::uuid, md5('o' || n / 3)::uuid,
       n %% 2147483646,
       c, case name when 'order.placed' then '{{"currency": "EUR", "total_minor": 4200, "total_base_minor": 4200, "items": 1}}'::jsonb
                    when 'survey.answered' then '{{"survey": "csat", "kind": "csat", "score": 4}}'::jsonb else '{{}}'::jsonb end
from (select n, (n * 7919) %% {customers} as c, timestamptz '2025-08-01 00:00+00' + n * interval '1.25 seconds' as at,
             (array['order.placed', 'order.paid', 'order.fulfilled', 'shipment.in_transit', 'shipment.delivered', 'order.delivered',
                    'order_status.viewed', 'message.sent', 'survey.answered', 'page.viewed'])[1 + (n / 1000 + n / {customers}) %% 10]
             as name
      from generate_series(%s::bigint, %s::bigint) n) g
"""
PEOPLE = """
insert into identity_customer (id, created_at)
select md5('c' || c)::uuid, timestamptz '2025-08-01 00:00+00' from generate_series(0, {n} - 1) c;
insert into customer_history (customer_id, known_from, known_to, country, language, zone, store, created_at)
select md5('c' || c)::uuid, timestamptz '2025-08-01 00:00+00', timestamptz '9999-12-31 00:00+00',
       (array['RO', 'MD', 'DE', 'TH'])[1 + c %% 4], 'ro', 'Europe/Bucharest', 'main', timestamptz '2025-08-01 00:00+00'
from generate_series(0, {n} - 1) c;
"""
# The same by hand: whoever has placed two orders within 180 days, in two countries, unless merged or forgotten.
BY_HAND = """
create temp table by_hand on commit drop as
select h.customer_id from customer_history h
join (select customer_id from event where name = 'order.placed' and known_at <= %(now)s::timestamptz
      and occurred_at > %(now)s::timestamptz - interval '180 days' group by 1 having count(*) >= 2) o on o.customer_id = h.customer_id
where h.known_from <= %(now)s and %(now)s < h.known_to and h.country in ('RO', 'MD')
  and not exists (select 1 from identity_as_of m where m.customer_id = h.customer_id and m.survivor_id <> m.customer_id
                  and m.known_from <= %(now)s and %(now)s < m.known_to)
  and not exists (select 1 from identity_customer i where i.id = h.customer_id and i.erased_at is not null)
"""
# And for whom an event has just become known.
ONE_BY_HAND = """
with touched as (select distinct customer_id from event where known_at > %(since)s and known_at <= %(now)s and name = 'order.placed'),
answer as (
    select t.customer_id, h.country in ('RO', 'MD') and (select count(*) from event e where e.customer_id = t.customer_id
           and e.name = 'order.placed' and e.known_at <= %(now)s and e.occurred_at > %(now)s - interval '180 days') >= 2 as inside
    from touched t join customer_history h on h.customer_id = t.customer_id and h.known_from <= %(now)s and %(now)s < h.known_to
)
insert into segment_membership (segment_id, customer_id, known_from, known_to)
select %(segment)s, customer_id, %(now)s, timestamptz '9999-12-31 00:00+00' from answer a where inside and not exists (
    select 1 from segment_membership m where m.segment_id = %(segment)s and m.customer_id = a.customer_id
    and m.known_to = timestamptz '9999-12-31 00:00+00')
"""
NEWS: Any = """
insert into event (id, name, occurred_at, received_at, known_at, source, store, customer_id, order_id, dice, customer_dice, properties)
select (lpad(to_hex((extract(epoch from %(at)s::timestamptz) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text || %(n)s), 1, 3) || '8'
        || substr(md5(n::text || %(n)s), 4, 15))::uuid,
       'order.placed', %(at)s, %(at)s, %(at)s::timestamptz - n * interval '1 microsecond', 'new', 'main',
       md5('c' || (n * 997 + %(n)s * 13) %% %(customers)s)::uuid, null, n, n, '{"currency": "EUR", "total_minor": 4200, "items": 1}'::jsonb
from generate_series(1, %(many)s) n
"""


def lay() -> None:
    """A million customers and twenty million events, once."""
    from afterword.kit import sql
    from afterword.loop.accounts import door as accounts

    total, piece = CUSTOMERS * EVENTS_EACH, 1_000_000
    if not sql.value("select exists (select 1 from customer_history)"):
        accounts.save_store("main", by=None, name="Bench", currency="EUR", languages=("en",), zone="UTC")
        for month in range(14):
            sql.run("select make_event_partition(timestamptz '2025-08-01 00:00+00' + %s * interval '1 month')", [month])
        sql.run(PEOPLE.format(n=CUSTOMERS).replace("%%", "%"))
    for first in range(sql.value("select count(*) from event where source = 'bench'"), total, piece):
        sql.run(EVENTS.format(customers=CUSTOMERS), [first, first + piece - 1])
        print(f"  {first + piece:,} events", file=sys.stderr, flush=True)
    sql.run("insert into frontier (sealed_until) values (%s) on conflict (one) do update set sealed_until = excluded.sealed_until", [NOW])


def measure() -> list[Figure]:
    from afterword.kit import sql

    lay()
    sql.run("delete from event where source = 'new'; delete from event_inbox")
    sql.run("truncate segment, segment_revision, segment_membership, segment_look_again, segment_moved cascade")
    sql.run("vacuum analyze")
    figures = [_everybody(), _one_event()]
    sql.run("delete from event where source = 'new'; delete from event_inbox")
    return figures


def _everybody() -> Figure:
    """The whole segment, beside the same by hand, three times each."""
    from afterword.loop.segments import door as segments

    plan = segments.compiled(CONDITION, {})
    ours, theirs, counts = [], [], dict[str, int]()
    for _ in range(3):
        ours.append(timed(lambda: counts.update(ours=segments.counted(plan.everybody, NOW, seconds=120).inside)))
        theirs.append(timed(lambda: counts.update(theirs=_by_hand())))
        assert counts["ours"] == counts["theirs"], counts
        print(f"{counts['ours']:,} people: ours {ours[-1]:.2f} s, by hand {theirs[-1]:.2f} s", file=sys.stderr, flush=True)
    orders = [("order.placed", 2.0, timedelta()), *((f"{n}", 3.0, timedelta(days=1)) for n in REST)]
    rival = customers_a_second(CONDITION, orders, NOW - timedelta(days=30), NOW)
    kept = timed(lambda: segments.save_segment("bench", name="Bench", text=CONDITION, at=NOW))
    return Figure(
        "B6",
        "full segment, 1 M customers, 20 M events: who is in it",
        "< 5 s",
        f"{min(ours):.2f} s",
        f"{min(ours) / min(theirs):.2f} × hand-written SQL ({min(theirs):.2f} s); "
        f"{CUSTOMERS / min(ours) / rival:,.0f} × the naive interpreter ({rival:,.0f} customers a second, worlds of a hundred); "
        f"kept, with its past and when to look again: {kept:.1f} s",
    )  # fmt: skip


def _one_event() -> Figure:
    """An order becomes known: how long until seven segments are exact again."""
    from afterword.kit import sql
    from afterword.loop.segments import door as segments

    segments.keep_shipped(at=NOW)
    sql.run("analyze segment_membership, segment_look_again")
    one = [_followed(n, 1) for n in range(1, 24)][3:]
    hundred = [_followed(n, 100) for n in range(24, 36)]
    hand = [_one_by_hand(n) for n in range(36, 56)]
    end = NOW + timedelta(minutes=2)
    idle = [timed(lambda n=n: segments.follow(end + timedelta(milliseconds=n))) for n in range(1, 30)]  # type: ignore[misc]
    plan = segments.compiled(CONDITION, {})
    wrong = segments.differing(segments.known("bench").id, plan.everybody, end + timedelta(milliseconds=29))
    assert not wrong, f"{len(wrong)} people differ"
    return Figure(
        "B6",
        "one event → membership of 7 segments exact, and told",
        "< 100 ms",
        f"{median(one) * 1000:.0f} ms",
        f"{median(one) / median(hand):.1f} × hand-written SQL for one segment, untold ({median(hand) * 1000:.1f} ms); "
        f"a hundred events {median(hundred) * 1000:.0f} ms; nothing new {median(idle) * 1000:.1f} ms",
    )


def _by_hand() -> int:
    from django.db import transaction

    from afterword.kit import sql

    with transaction.atomic():
        sql.run(BY_HAND, {"now": NOW})
        return int(sql.value("select count(*) from by_hand"))


def _followed(n: int, many: int) -> float:
    from afterword.kit import sql
    from afterword.loop.segments import door as segments

    at = NOW + timedelta(seconds=n)
    sql.run(NEWS, {"at": at, "n": n, "customers": CUSTOMERS, "many": many})
    return timed(lambda: segments.follow(at))


def _one_by_hand(n: int) -> float:
    from afterword.kit import sql

    at = NOW + timedelta(seconds=n)
    segment = sql.value("select id from segment where key = 'vip'")
    sql.run(NEWS, {"at": at, "n": n, "customers": CUSTOMERS, "many": 1})
    return timed(lambda: sql.run(ONE_BY_HAND, {"since": at - timedelta(milliseconds=500), "now": at, "segment": segment}))


if __name__ == "__main__":
    with installation("b6"):
        tell(measure())
