"""The two real drivers, given a made-up world: one pass on DuckDB, random ticks on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

import ibis
import pyarrow as pa
from django.db import connection

from afterword.insight.backtests.actions.replay import Hand, Replay
from afterword.kernel.shapes import readable, view_name, wide_name
from afterword.kit import sql
from afterword.kit.engines import duck
from afterword.loop.conditions.door import World
from afterword.loop.conditions.types import COLUMN_TYPES, COMMON, CUSTOMER_HISTORY, LOCAL_CLOCK, ORDER_HISTORY, PAST
from afterword.loop.journeys.actions import hands
from afterword.loop.journeys.actions import tick as live
from afterword.loop.journeys.rules.document import read
from afterword.loop.journeys.tables.compose import compose
from afterword.loop.journeys.types import Journey

from .naive import Universe, Visit
from .shapes import EVENTS, SHAPES, VOCABULARY
from .worlds import FAR, START

Table = tuple[dict[str, str], list[dict[str, Any]]]


@cache
def journeys() -> dict[str, Journey]:
    """Every shape, read."""
    return {s["journey"]: read(s, VOCABULARY) for s in SHAPES}


@cache
def compiled(dialect: str) -> dict[str, dict[str, str]]:
    """Every shape, compiled once for an engine."""
    world = World(VOCABULARY)
    return {key: {step: str(ibis.to_sql(e, dialect=dialect)) for step, e in compose(j, world).items()} for key, j in journeys().items()}


def tables(universe: Universe) -> dict[str, Table]:
    """The universe as the tables that a pass reads."""
    found: dict[str, Table] = {}
    for definition in EVENTS:
        types = {**COMMON, **{p.name: COLUMN_TYPES[p.kind] for p in readable(definition)}}
        rows = [_event_row(e) for e in universe.events if e.name == definition.name]
        found[view_name(definition.name)] = (types, rows)
    found["order_history"] = (
        ORDER_HISTORY,
        [{"order_id": k, "known_from": a, "known_to": b, **v} for k, rows in universe.orders.items() for a, b, v in rows],
    )
    found["customer_history"] = (
        CUSTOMER_HISTORY,
        [{"customer_id": k, "known_from": a, "known_to": b, **v} for k, rows in universe.customers.items() for a, b, v in rows],
    )
    clocks = []
    for (zone, clock), struck in universe.strikes.items():
        clocks += [{"zone": zone, "clock": clock, "after": s.after, "asked_until": s.asked_until, "strikes_at": s.at} for s in struck]
    found["local_clock"] = (LOCAL_CLOCK, clocks)
    found["event_past"] = (PAST, [_past_row(e, m, now) for m in universe.merges for e, now in universe.past(m)])
    return found


def _past_row(e: Any, merge: Any, survivor: Any) -> dict[str, Any]:
    return {"id": e.id, "customer_id": survivor, "seen_from": merge.at, "forgotten_at": FAR}


def _event_row(e: Any) -> dict[str, Any]:
    return {
        "id": e.id, "known_at": e.known_at, "occurred_at": e.occurred_at, "store": "main", "customer_id": e.customer, "order_id": e.order,
        "dice": e.dice, "customer_dice": e.customer_dice, "imported": e.imported, **e.props,
    }  # fmt: skip


# DuckDB -----------------------------------------------------------------------------------------------------------------

DUCK = {
    "uuid": "uuid",
    "string": "varchar",
    "int64": "bigint",
    "float64": "double",
    "boolean": "boolean",
    "timestamp('UTC')": "timestamptz",
}
POSTGRES = {**DUCK, "string": "text", "float64": "double precision"}


def in_one_pass(universe: Universe, horizon: datetime, statements: dict[str, dict[str, str]] | None = None) -> dict[str, set[Visit]]:
    """All visits of all shapes by one pass on DuckDB, by journey."""
    found: dict[str, set[Visit]] = {}
    with duck(threads=2) as con:
        for name, (types, rows) in tables(universe).items():
            con.execute(f"create table {name} ({', '.join(f'{c} {DUCK[t]}' for c, t in types.items())})")
            if rows:
                columns = {c: [_plain(r.get(c)) for r in rows] for c in types}
                con.register("given", pa.table({c: pa.array(v, _arrow(types[c])) for c, v in columns.items()}))
                con.execute(f"insert into {name} select {', '.join(f'{c}::{DUCK[t]}' for c, t in types.items())} from given")
        con.execute(_wide(""))
        con.execute("create view event_lately as select * from event_any")
        con.execute(_recalled(""))
        for key, texts in (statements or compiled("duckdb")).items():
            about = journeys()[key].subject == "customer" if key in journeys() else False
            laid = [Hand(kind, at) for kind, at in universe.hands(key) if at <= horizon]
            Replay(con, key, texts, about, laid).run(START.replace(year=2020), horizon)
            rows = con.execute("select run, step, entered_at, left_at, outcome from pass").fetchall()
            found[key] = {Visit(*row) for row in rows}
    return found


def _wide(schema: str) -> str:
    """The view over all events, each property in a column of its own."""
    columns = [(d.name, p, wide_name(d.name, p.name)) for d in EVENTS for p in readable(d)]
    parts = []
    for d in EVENTS:
        own = ", ".join(f"{p.name if name == d.name else 'null'}::{POSTGRES[COLUMN_TYPES[p.kind]]} as {wide}" for name, p, wide in columns)
        parts.append(f"select {', '.join(COMMON)}, '{d.name}' as name, {own} from {schema}{view_name(d.name)}")
    return f"create view {schema}event_any as " + " union all ".join(parts)


def _recalled(schema: str) -> str:
    """The same, and what merges gave."""
    columns = [*COMMON, "name", *(wide_name(d.name, p.name) for d in EVENTS for p in readable(d))]
    given = ", ".join(f"{'p' if c == 'customer_id' else 'e'}.{c}" for c in columns)
    return (
        f"create view {schema}event_recalled as select {', '.join(columns)}, known_at as seen_from, "
        f"'{FAR.isoformat()}'::timestamptz as forgotten_at from {schema}event_any "
        f"union all select {given}, p.seen_from, p.forgotten_at from {schema}event_past p join {schema}event_any e on e.id = p.id"
    )


def _plain(value: Any) -> Any:
    return str(value) if type(value).__name__ == "UUID" else value


def _arrow(kind: str) -> pa.DataType:
    return {
        "uuid": pa.string(), "string": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "boolean": pa.bool_(),
    }.get(kind, pa.timestamp("us", "UTC"))  # fmt: skip


# PostgreSQL -------------------------------------------------------------------------------------------------------------


def in_ticks(universe: Universe, ticks: Iterable[datetime]) -> dict[str, set[Visit]]:
    """All visits of all shapes by ticks of the live driver, which sees nothing that is known later than the tick."""
    _lay_world(universe)
    _publish_all()
    ticks = list(ticks)
    deeds = [(at, kind, key) for key in journeys() for kind, at in universe.hands(key) if at <= ticks[-1]]
    numbers = {key: n for n, key in enumerate(journeys(), start=1)}
    for at in sorted({*ticks, *(at for at, _, _ in deeds)}):
        # What a view over the future hides is decided by the same bound that the pass uses.
        sql.run("select set_config('law.now', %s, false)", [at.isoformat()])
        live.tick(at)
        sql.run("delete from public.frontier")
        sql.run("insert into public.frontier (sealed_until) values (%s)", [at])
        for _, kind, key in (deed for deed in deeds if deed[0] == at):
            getattr(hands, kind)(numbers[key], by="law")
    rows = sql.rows("select journey, run, step, entered_at, left_at, outcome from visit")
    open_ = sql.rows("select journey, run, step, entered_at, null::timestamptz, null from standing where step is not null")
    found: dict[str, set[Visit]] = {key: set() for key in journeys()}
    for journey, *visit in rows + open_:
        found[journey].add(Visit(*visit))
    assert sum(map(len, found.values())) == len(rows) + len(open_), "a visit stands twice in the history"
    return found


def _lay_world(universe: Universe) -> None:
    """Real tables in a schema of their own, seen through views that show only what is known by now."""
    given = tables(universe)
    now = "current_setting('law.now')::timestamptz"
    with connection.cursor() as cursor:
        cursor.execute("drop schema if exists law cascade; drop schema if exists law_all cascade; create schema law; create schema law_all")
        for name, (types, rows) in given.items():
            cursor.execute(f"create table law_all.{name} ({', '.join(f'{c} {POSTGRES[t]}' for c, t in types.items())})")
            sql.copy_rows(f"law_all.{name}", tuple(types), [[r.get(c) for c in types] for r in rows])
            if name == "event_past":
                cursor.execute(f"create view law.{name} as select * from law_all.{name} where seen_from <= {now}")
            elif name.startswith("event_"):
                cursor.execute(f"create view law.{name} as select * from law_all.{name} where known_at <= {now}")
            elif name.endswith("_history"):
                columns = ", ".join(
                    c if c != "known_to" else f"case when known_to > {now} then '{FAR.isoformat()}' else known_to end as known_to"
                    for c in types
                )
                cursor.execute(f"create view law.{name} as select {columns} from law_all.{name} where known_from <= {now}")
            else:
                cursor.execute(f"create view law.{name} as select * from law_all.{name}")
        cursor.execute(_wide("law."))
        cursor.execute("create view law.event_lately as select * from law.event_any")
        cursor.execute(_recalled("law."))
        cursor.execute("create table law_all.event (id uuid, name text, customer_id uuid, customer_dice bigint, known_at timestamptz)")
        log = ("id", "name", "customer_id", "customer_dice", "known_at")
        sql.copy_rows("law_all.event", log, [(e.id, e.name, e.customer, e.customer_dice, e.known_at) for e in universe.events])
        cursor.execute(f"create view law.event as select * from law_all.event where known_at <= {now}")
        cursor.execute("set search_path = law, public; truncate standing, visit, visit_count, journey_hand, message_intent cascade")


def _publish_all() -> None:
    """The shapes as versions, compiled for PostgreSQL."""
    sql.run("set session_replication_role = replica; truncate journey, journey_version cascade; set session_replication_role = origin")
    for n, (key, texts) in enumerate(compiled("postgres").items(), start=1):
        journey = journeys()[key]
        sends = [
            {"step": k, "message": "hello", "channel": "email", "category": "service", "priority": 1, "useful_for": 3600}
            for k, s in journey.steps.items() if s.kind == "send"
        ]  # fmt: skip
        early = START.replace(year=2020)
        sql.run(
            "insert into journey (id, key, name, about, draft, origin, created_at, changed_at) "
            "values (%s, %s, %s, '', '', '', now(), now())",
            [n, key, key],
        )
        sql.run(
            "insert into journey_version (id, journey_id, number, text, document, hash, statements, sends, trigger, listens, "
            "published_at, published_by,"
            " pinned, is_live, ticked_until) values (%s, %s, 1, '', %s, %s, %s, %s, %s, %s, now(), '', '{}', true, %s)",
            [
                n,
                n,
                json.dumps({"subject": journey.subject}),
                key,
                json.dumps(list(texts.items())),
                json.dumps(sends),
                journey.trigger.event,
                json.dumps(journey.wakes()),
                early,
            ],
        )
