"""B9: every page of the console in a shop of a million customers and ten million events, as the server takes for it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from .__main__ import tell
from .ground import Figure, installation

CUSTOMERS, DAYS, ROUNDS = 1_000_000, 400, 7
LATER = ("fatigue", "journey_why")
FAR = "timestamptz '9999-12-31 00:00+00'"
# Of each customer one order, and what became of it; `at` is when that happened.
EVENTS = """
insert into event (id, name, occurred_at, received_at, known_at, source, store, customer_id, order_id, dice, customer_dice, properties)
select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n || name), 1, 3) || '8'
        || substr(md5(n || name), 4, 15))::uuid,
       name, at, at, at, 'bench', 'main', md5('c' || c)::uuid, md5('o' || c)::uuid, c, c, properties
from (select n, n %% {customers} as c, e.name, e.properties,
             %(since)s::timestamptz + (n::float8 / {total}) * {days} * interval '1 day' as at
      from generate_series(%(first)s::bigint, %(last)s::bigint) n join (values
          (0, 'customer.created', '{{}}'::jsonb),
          (1, 'order.placed', '{{"currency": "EUR", "total_minor": 4200, "total_base_minor": 4200, "items": 1}}'),
          (2, 'order.paid', '{{"amount_minor": 4200, "currency": "EUR"}}'), (3, 'order.fulfilled', '{{}}'),
          (4, 'shipment.in_transit', '{{}}'), (5, 'shipment.delivered', '{{}}'), (6, 'order.delivered', '{{}}'),
          (7, 'message.sent', '{{"message": "csat", "category": "service", "channel": "email", "journey": "satisfaction"}}'),
          (8, 'survey.answered', '{{"survey": "csat", "kind": "csat", "score": 4}}'), (9, 'page.viewed', '{{"url": "/"}}')
      ) e (of, name, properties) on e.of = (n / 1000 + n / {customers}) %% 10) g
"""
# What projections would have written of it, table by table, for customers %(first)s to %(last)s.
FOLLOWING = """
insert into identity_customer (id, created_at) select id, at from c;
insert into identity_key (kind, store, value, customer_id, known_from) select 'external', 'main', 'c' || n, id, at from c;
insert into customers_customer (id, created_at, store, full_name, first_name, email, phone, language, zone, country, orders,
                                spent_base_minor, first_order_at, last_order_at)
select id, at, 'main', name || ' Ionescu ' || n, name, 'c' || n || '@bench.example', '+407' || lpad(n::text, 8, '0'), 'ro',
       'Europe/Bucharest', (array['RO', 'MD', 'DE', 'TH'])[1 + n %% 4], 1, 4200, at, at from c;
insert into customer_history (customer_id, known_from, known_to, country, language, zone, store, created_at)
select id, at, {far}, (array['RO', 'MD', 'DE', 'TH'])[1 + n %% 4], 'ro', 'Europe/Bucharest', 'main', at from c;
insert into consent_history (customer_id, store, channel, purpose, known_from, known_to, state)
select id, '', 'email', 'marketing', at, {far}, case when n %% 9 = 0 then 'withdrawn' else 'granted' end from c where n %% 2 = 0;
insert into orders_order (id, customer_id, store, status, placed_at, promised_to, shipped_at, delivered_at, total_minor, currency,
                          total_base_minor, items, first_order, number, email, full_name, country, language, zone)
select o, id, 'main', case when n %% 7 = 0 then 'shipped' else 'delivered' end, at, at + interval '6 days', at + interval '1 day',
       case when n %% 7 <> 0 then at + interval '4 days' end, 4200, 'EUR', 4200, 1, true, 'B' || n, 'c' || n || '@bench.example',
       name || ' Ionescu ' || n, 'RO', 'ro', 'Europe/Bucharest' from c;
insert into order_history (order_id, customer_id, store, status, placed_at, promised_to, shipped_at, delivered_at, total_minor, currency,
                           total_base_minor, items, first_order, known_from, known_to)
select o, id, 'main', 'delivered', at, at + interval '6 days', at + interval '1 day', at + interval '4 days', 4200, 'EUR', 4200, 1, true,
       at, {far} from c;
insert into orders_line (order_id, position, reference, sku, title, quantity, unit_price_minor)
select o, 1, 'p' || n %% 50, 's' || n %% 50, 'Linden honey ' || n %% 50, 1, 4200 from c;
insert into orders_shipment (id, customer_id, order_id, store, carrier, tracking_number, milestone, milestone_at, last_event_id)
select md5('s' || n)::uuid, id, o, 'main', 'fan', 'T' || n, case when n %% 7 = 0 then 'in_transit' else 'delivered' end,
       at + interval '4 days', o from c;
insert into message_intent (id, origin, version_id, run, step, subject_id, customer_id, order_id, store, message, channel,
                            category, planned_at, useful_until, state, reason, judged_at, released_at, sent_at)
select md5('m' || k.of || n)::uuid, k.origin, v.id, md5('r' || k.of || n)::uuid, k.message, o, c.id, o, 'main', k.message, 'email',
       k.category, at, at + interval '3 days', case when dropped then 'dropped' else 'sent' end,
       case when dropped then 'quiet hours' else '' end,
       at, case when not dropped then at end, case when not dropped then at end
from c cross join lateral (values (0, 'order_confirmation', 'order_confirmation', 'transactional', false),
                                  (1, 'satisfaction', 'csat', 'service', n %% 11 = 0)) k (of, origin, message, category, dropped)
join journey j on j.key = k.origin join journey_version v on v.id = j.live_id;
insert into message_delivery (intent_id, customer_id, store, channel, address, locale, subject, state, attempts, accepted_at, handed_at)
select m.id, m.customer_id, 'main', 'email', 'c@bench.example', 'ro', 'Comanda ta', 'accepted', 1, m.sent_at, m.sent_at
from c join message_intent m on m.customer_id = c.id where m.state = 'sent';
insert into visit (journey, version_id, run, leg, step, entered_at, left_at, outcome)
select j.key, v.id, md5('r1' || n)::uuid, 0, s.step, at, at, s.outcome
from c join journey j on j.key = 'satisfaction' join journey_version v on v.id = j.live_id
cross join lateral (values ('trigger', 'entered'), (v.document -> 'steps' -> 0 ->> 'id', 'done')) s (step, outcome);
insert into standing (journey, version_id, run, leg, subject_id, order_id, customer_id, store, dice, customer_dice, step, entered_at,
                      due_at)
select j.key, v.id, md5('r1' || n)::uuid, 0, o, o, c.id, 'main', n, n, v.document -> 'steps' -> 0 ->> 'id', at,
       now() + n * interval '9 seconds'
from c join journey j on j.key = 'satisfaction' join journey_version v on v.id = j.live_id where n %% 3 = 0;
"""
PEOPLE = """
create temp table c on commit drop as
select n, md5('c' || n)::uuid as id, md5('o' || n)::uuid as o, (array['Ana', 'Bogdan', 'Carla', 'Dan', 'Elena'])[1 + n %% 5] as name,
       %(since)s::timestamptz + (n::float8 / {customers}) * {days} * interval '1 day' as at
from generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
AFTER = """
insert into visit_count (version_id, step, outcome, visits) select version_id, step, outcome, count(*) from visit group by 1, 2, 3;
insert into segment_membership (segment_id, customer_id, known_from, known_to)
select s.id, md5('c' || n)::uuid, %(since)s::timestamptz + (n::float8 / {customers}) * {days} * interval '1 day',
       case when n %% 3 = 0 then now() - interval '1 day' else {far} end
from (select id, row_number() over (order by id) as k from segment limit 3) s, generate_series(0, {customers} - 1, 4) n;
"""


def lay() -> None:
    """The shop, once: some ten minutes and ten gigabytes."""
    from django.db import transaction

    from afterword.kit import clock, sql
    from afterword.loop.accounts import door as accounts
    from afterword.loop.journeys import door as journeys
    from afterword.loop.segments import door as segments

    now = clock.real_now()
    if sql.value("select to_regclass('bench_shop')") is None:
        accounts.save_store("main", by=None, name="Bench", currency="EUR", languages=("en", "ro"), zone="UTC")
        journeys.keep_shipped(at=now)
        segments.keep_shipped(at=now)
        for key in ("order_confirmation", "satisfaction"):
            journeys.publish(key, at=now)
        since = now - timedelta(days=DAYS)
        for quarter in range(-1, DAYS // 80):
            sql.run("select make_event_partition(%s::timestamptz + %s * interval '80 days')", [since, quarter])
        sql.run("create table bench_shop as select %s::timestamptz as since, false as laid", [since])
    since, laid = sql.rows("select since, laid from bench_shop")[0]
    if laid:
        return
    total, piece = CUSTOMERS * 10, 500_000
    for first in range(sql.value("select count(*) from event where source = 'bench'"), total, piece):
        text = EVENTS.format(customers=CUSTOMERS, total=total, days=DAYS)
        sql.run(text, {"since": since, "first": first, "last": first + piece - 1})
        print(f"  {first + piece:,} events", file=sys.stderr, flush=True)
    piece = 100_000
    for first in range(sql.value("select count(*) from customers_customer"), CUSTOMERS, piece):
        with transaction.atomic():
            sql.run(PEOPLE.format(customers=CUSTOMERS, days=DAYS), {"since": since, "first": first, "last": first + piece - 1})
            for text in FOLLOWING.format(far=FAR).split(";\n"):
                if text.strip():
                    sql.run(text, {})
        print(f"  {first + piece:,} customers", file=sys.stderr, flush=True)
    with transaction.atomic():
        for text in AFTER.format(far=FAR, customers=CUSTOMERS, days=DAYS).split(";\n"):
            if text.strip():
                sql.run(text, {"since": since})
        sql.run(
            "insert into frontier (sealed_until) values (%s) on conflict (one) do update set sealed_until = excluded.sealed_until", [now]
        )
        sql.run("update bench_shop set laid = true")
    sql.run("vacuum analyze")


def measure() -> list[Figure]:
    with installation("b9"):
        lay()
        taken, parts = ({name: sorted(times) for name, times in those.items()} for those in _visited())
    every = sorted(t for times in taken.values() for t in times)
    slowest = sorted(taken, key=lambda name: -taken[name][len(taken[name]) // 2])
    for name in slowest[:25]:
        times = taken[name]
        print(f"  {name:<24} median {times[len(times) // 2] * 1000:7.0f} ms, worst {times[-1] * 1000:7.0f} ms", file=sys.stderr)
    p95, middle = every[int(len(every) * 0.95)], every[len(every) // 2]
    worst = slowest[0]
    return [
        Figure(
            "B9",
            f"{len(taken)} pages of the console, a million customers, ten million events",
            "p95 < 100 ms in the server",
            f"p95 {p95 * 1000:.0f} ms",
            f"p50 {middle * 1000:.0f} ms; slowest page: {worst}, median {taken[worst][len(taken[worst]) // 2] * 1000:.0f} ms; asked once "
            f"the page is there: {', '.join(f'{name} {times[len(times) // 2]:.1f} s' for name, times in parts.items())}",
        )
    ]


def _visited() -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Seconds of each page, and of what a page asks for once it is there, for several people, as an owner reads them.

    The first visit warms and is not counted.
    """
    from django.conf import settings
    from django.test import Client

    from afterword.loop.accounts import door as accounts

    settings.ALLOWED_HOSTS = ["*"]
    settings.DEBUG = False
    client = Client(raise_request_exception=True)
    client.force_login(_owner(accounts))
    taken: dict[str, list[float]] = {}
    parts: dict[str, list[float]] = {}
    for round in range(ROUNDS + 1):
        for name, address in _addresses(round * 104_730 % CUSTOMERS):
            for kept, headers in ((taken, {}), (parts, {"HX-Request": "true"})):
                if headers and name not in LATER:
                    continue
                began = time.perf_counter()
                answer = client.get(address, headers=headers)
                lasted = time.perf_counter() - began
                if answer.status_code != 200:
                    raise RuntimeError(f"{name} {address}: {answer.status_code}")
                if round:
                    kept.setdefault(name, []).append(lasted)
    return taken, parts


def _owner(accounts: Any) -> Any:
    from afterword.loop.accounts.models import Member

    return Member.objects.filter(role="owner").first() or accounts.create_member("owner@bench.example", "owner", by=None)


def _addresses(n: int) -> Iterator[tuple[str, str]]:
    """Every page that only shows, of the `n`th customer (a third of them is under way) where it is somebody's."""
    from hashlib import md5

    from django.urls import reverse

    def of(kind: str) -> UUID:
        return UUID(md5(f"{kind}{n}".encode(), usedforsecurity=False).hexdigest())

    from afterword.kit import sql

    event = sql.value("select id from event where customer_id = %s limit 1", [of("c")])
    segment = sql.value("select key from segment order by id limit 1")
    one: dict[str, dict[str, Any]] = {
        "customer": {"id": of("c")}, "order": {"id": of("o")}, "event": {"id": event}, "message": {"id": of("m0")},
        "why": {"id": of("c"), "message": of("m1")}, "customer_why": {"id": of("c")}, "schema": {"name": "order.placed"},
        "journey_run": {"key": "satisfaction", "run": of("r1")}, "journey_why": {"key": "satisfaction", "id": of("c")},
        "segment_why": {"key": segment, "id": of("c")}, "text": {"key": "csat"}, "text_revisions": {"key": "csat"},
        "message_preview": {"key": "csat"}, "settings_store": {"key": "main"},
    }  # fmt: skip
    for name in ("segment", "segment_people", "segment_history", "segment_edit"):
        one[name] = {"key": segment}
    for name in (
        "journey", "journey_people", "journey_text", "journey_edit", "journey_versions", "journey_why_search",
        "journey_backtest",
    ):  # fmt: skip
        one[name] = {"key": "satisfaction"}
    for name in (
        "home", "customers", "orders", "events", "schemas", "quarantine", "segments", "segment_new", "segment_overlap", "journeys",
        "journey_choose", "campaigns", "campaign_new", "fatigue", "approvals", "texts", "blocks", "messages", "tasks",
        "settings_sending", "settings_channels", "settings_endpoints", "settings", "settings_stores", "settings_keys", "settings_team",
        "settings_audit",
    ):  # fmt: skip
        one[name] = {}
    for name, given in one.items():
        yield name, reverse(f"console:{name}", kwargs=given)
    searched = (
        ("customers", f"q=c{n}@bench.example"), ("customers", f"q=Ionescu {n}"), ("customers", "q=Ionescu"), ("customers", "by=newest"),
        ("orders", f"q=B{n}"), ("orders", "show=late"), ("messages", "state=dropped"), ("messages", "message=csat"),
        ("messages", "journey=satisfaction"), ("events", "name=order.placed"), ("events", f"who=c{n}@bench.example"),
        ("events", f"order=B{n}"), ("events", "who=Ionescu"),
    )  # fmt: skip
    for name, query in searched:
        yield f"{name}?{query.replace(str(n), 'n')}", f"{reverse(f'console:{name}')}?{query}"


if __name__ == "__main__":
    tell(measure())
