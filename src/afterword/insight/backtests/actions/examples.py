"""Run the examples of journeys: each is one customer in a world of its own, lived through by the journey's real statements.

All examples of a journey are packed into one world on DuckDB in memory: the same steps, the same guard, the same histories
as in a backtest. What went is told to the log and the journey is asked again, until nothing new goes: a later step may have
been waiting for it.
"""

from __future__ import annotations

import time as ticking
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa

from afterword.kernel.ids import uuid7_from
from afterword.kernel.shapes import readable, view_name
from afterword.kit.engines import duck
from afterword.loop.conditions.types import COLUMN_TYPES, COMMON, LOCAL_CLOCK
from afterword.loop.customers import door as customers
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.types import Journey
from afterword.loop.messages import door as messages
from afterword.loop.orders import door as orders

from ...lake import door as lake
from ..types import Tested
from .guard import judge_round, lay_intents
from .replay import Replay

SLACK = timedelta(minutes=5)  # a marketing message is asked about when its slot of five minutes is over
MOST_ROUNDS = 12
TYPES = {
    "uuid": "uuid", "string": "varchar", "int64": "bigint", "float64": "double", "boolean": "boolean", "timestamp('UTC')": "timestamptz",
}  # fmt: skip
# The facts that histories are made of, from the typed events; in a shop they are views of the log.
ORDER_FACTS = """
create or replace table order_fact as
select order_id, customer_id, store, name, known_at, occurred_at,
    coalesce(order_placed__total_minor, order_updated__total_minor) as total_minor,
    coalesce(order_placed__currency, order_updated__currency) as currency,
    coalesce(order_placed__total_base_minor, order_updated__total_base_minor) as total_base_minor,
    coalesce(order_placed__items, order_updated__items) as items, coalesce(order_placed__life, order_updated__life) as life,
    coalesce(order_placed__use_for_days, order_updated__use_for_days) as use_for_days,
    coalesce(order_placed__promised_from, order_updated__promised_from, shipment_promised__promised_from,
             shipment_created__promised_from) as promised_from,
    coalesce(order_placed__promised_to, order_updated__promised_to, shipment_promised__promised_to,
             shipment_created__promised_to) as promised_to,
    coalesce(order_paid__amount_minor, order_refunded__amount_minor) as amount_minor, order_refunded__whole as whole
from event_any where order_id is not null and (name like 'order.%' or name like 'shipment.%')
    and name not in ('shipment.delayed', 'shipment.stalled')
"""
CUSTOMER_FACTS = """
create or replace table customer_fact as
select customer_id, store, name, known_at, occurred_at,
    coalesce(customer_updated__country, order_placed__country) as country,
    coalesce(customer_updated__language, order_placed__language) as language,
    customer_updated__zone as stated_zone, order_placed__zone as address_zone
from event_any where name in ('customer.created', 'customer.updated', 'order.placed')
"""
CONSENTS = """
insert into consent_history
select customer_id, case when every_store then '' else store end, channel, purpose, known_at,
    coalesce(lead(known_at) over (partition by customer_id, store, channel, purpose order by known_at), '9999-12-31 00:00:00+00'),
    state, until from (
    select customer_id, store, every_store, channel, purpose, known_at, 'granted' as state, null::timestamptz as until
        from event_consent_granted
    union all select customer_id, store, every_store, channel, purpose, known_at, 'withdrawn', null from event_consent_withdrawn
    union all select customer_id, store, every_store, 'all', 'pause', known_at, 'paused', until from event_consent_paused
    union all select customer_id, store, every_store, 'all', 'pause', known_at, 'resumed', null from event_consent_resumed
    union all select customer_id, store, every_store, 'all', 'preferred', known_at, channel, null from event_channel_preferred
)
"""
CLOSED = """
insert into suppressed
select customer_id, coalesce(channel, 'email'), reason, min(known_at) from (
    select customer_id, channel, 'bounced' as reason, known_at from event_address_bounced where permanent
    union all select customer_id, channel, 'bounced', known_at from event_message_bounced where permanent
    union all select customer_id, channel, 'complained', known_at from event_message_complained
) group by all
"""
OF_ITSELF = ("message.sent", "message.dropped", "message.failed")


@dataclass(frozen=True)
class _Person:
    """An example as it is lived: whose it is, with which dice."""

    example: journeys.Example
    customer: UUID
    dice: tuple[int, int]


@dataclass
class _World:
    """A DuckDB connection with the tables of a world, empty between one journey and the next."""

    connection: Any
    filled: set[str] = field(default_factory=set)

    def clear(self) -> None:
        """Nothing has happened yet."""
        kept = {"customer_history", "order_history", "consent_history", "suppressed", "local_clock", "store_rule", "message_way"}
        for name in self.filled | kept:
            self.connection.execute(f"delete from {name}")
        self.filled.clear()

    def add(self, name: str, rows: Sequence[dict[str, Any]]) -> None:
        """Rows of one event name."""
        definition = events.vocabulary.definition(name)
        types = {**COMMON, **{p.name: COLUMN_TYPES[p.kind] for p in readable(definition)}}
        self.filled.add(view_name(name))
        self.lay(view_name(name), types, rows)

    def lay(self, table: str, types: dict[str, str], rows: Sequence[dict[str, Any]]) -> None:
        """Rows of a table, whatever is not said being null."""
        columns = {c: pa.array([_plain(r.get(c)) for r in rows], _arrow(kind)) for c, kind in types.items()}
        self.connection.register("given", pa.table(columns))
        typed = ", ".join(f'"{c}"::{TYPES[t]} as "{c}"' for c, t in types.items())
        self.connection.execute(f"insert into {table} by name select {typed} from given")


@contextmanager
def world() -> Iterator[_World]:
    """A world in memory in which nothing has happened."""
    with duck(threads=1, memory="1GB") as connection:
        lake.mount(connection, Path("no such lake"), events.vocabulary)
        for statement in (ORDER_FACTS, CUSTOMER_FACTS):
            connection.execute(statement)
        connection.execute("create table touched (id uuid)")
        yield _World(connection)


def try_all(texts: Iterable[str]) -> list[Tested]:
    """Live through every example of these documents, in one world that is emptied in between."""
    with world() as made:
        return [tried for text in texts for tried in try_examples(text, made)]


def try_examples(text: str, made: _World) -> list[Tested]:
    """Live through every example of a document; what went otherwise than it says is said in words."""
    journey = journeys.understood(text)
    examples = journeys.examples_of(journeys.loaded(text), events.vocabulary)
    if not examples:
        return []
    began = ticking.perf_counter()
    people = [_Person(e, uuid7_from(e.starts, f"{journey.key}:{e.place}".encode()), journeys.lots(journey, e)) for e in examples]
    made.clear()
    _tell(made, journey, people)
    until = max(e.last for e in examples) + journeys.longest(journey)
    _follow(made, journey, people, until)
    became = _live_through(made, journey, min(e.first for e in examples) - timedelta(days=2), until)
    spent = (ticking.perf_counter() - began) / len(people)
    return [_compared(journey, person, became.get(person.customer, []), spent) for person in people]


# What happened ----------------------------------------------------------------------------------------------------------


def _tell(made: _World, journey: Journey, people: Sequence[_Person]) -> None:
    """Every event of every example, under its name."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for person in people:
        for name, row in _told(journey, person):
            by_name.setdefault(name, []).append(row)
    for name, rows in by_name.items():
        made.add(name, rows)


def _told(journey: Journey, person: _Person) -> Iterator[tuple[str, dict[str, Any]]]:
    example, before = person.example, person.example.first - timedelta(days=1)
    yield "customer.created", _row(person, "created", before)
    yield "customer.updated", {**_row(person, "updated", before + timedelta(minutes=1)), "zone": example.zone, **example.attributes}
    for n, purpose in enumerate(example.consent):
        row = _row(person, f"consent {n}", before + timedelta(minutes=2 + n))
        yield "consent.granted", {**row, "channel": "email", "purpose": purpose}
    run, earlier = None, before
    for n, told in enumerate(sorted(example.happenings, key=lambda h: h.known_at)):
        known_at = max(told.known_at, earlier + timedelta(microseconds=1))  # within one instant there is no before and after
        earlier = known_at
        row = _row(person, f"event {n}", told.at, known_at, told.order, told.shipment, told.product)
        if told.event == journey.trigger.event:
            run = run or row["id"]
        own = {"journey": journey.key, "run": run} if told.event.startswith("message.") and run else {}
        yield told.event, {**row, **own, **told.properties}


def _row(
    person: _Person, seed: str, at: datetime, known_at: datetime | None = None, order: str = "", shipment: str = "", product: str = ""
) -> dict[str, Any]:
    def known_as(kind: str, reference: str) -> UUID | None:
        return uuid7_from(person.example.starts, f"{person.customer}:{kind}:{reference}".encode()) if reference else None

    customer_dice, subject_dice = person.dice
    return {
        "id": uuid7_from(at, f"{person.customer}:{seed}".encode()), "known_at": known_at or at, "occurred_at": at, "store": "main",
        "customer_id": person.customer, "order_id": known_as("order", order), "shipment_id": known_as("shipment", shipment),
        "product_id": known_as("product", product), "message_id": None, "dice": subject_dice, "customer_dice": customer_dice,
        "imported": False,
    }  # fmt: skip


# What follows from it -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _histories() -> tuple[str, str]:
    """The statements that make the histories of all customers and orders, compiled once."""
    import ibis

    return tuple(str(ibis.to_sql(made(), dialect="duckdb")) for made in (customers.customer_history, orders.order_history))  # type: ignore[return-value]


def _follow(made: _World, journey: Journey, people: Sequence[_Person], until: datetime) -> None:
    """Histories, consents, the rules of a store that has just been opened, and its clocks."""
    run = made.connection.execute
    run(ORDER_FACTS)
    run(CUSTOMER_FACTS)
    for facts, key, table, text in zip(
        ("customer_fact", "order_fact"), ("customer_id", "order_id"), ("customer_history", "order_history"), _histories(), strict=True
    ):
        run("delete from touched")
        run(f"insert into touched select distinct {key} from {facts}")
        run(f"insert into {table} by name {text}")
    run(CONSENTS)
    run(CLOSED)
    rules = journeys.RULES
    run("insert into message_way (store, message, channel, rank) values ('main', '', 'email', 1)")  # where a step leaves the way open
    run("insert into store_rule (store, zone, quiet_from, quiet_until, day_cap, week_cap) values ('main', 'UTC', ?, ?, ?, ?)", rules)
    clocks = {*journey.clocks(), *messages.GUARD_CLOCKS, *(c for c in rules[:2] if c)}
    since = min(p.example.first for p in people) - timedelta(days=10)
    rows = [
        dict(zip(LOCAL_CLOCK, (zone, clock, *struck), strict=True))
        for zone in {"UTC", journey.default_zone, *(p.example.zone for p in people)}
        for clock in clocks
        for struck in journeys.strikes(zone, clock, since.date(), (until + timedelta(days=9)).date())
    ]
    made.lay("local_clock", LOCAL_CLOCK, rows)


# What the journey makes of it ---------------------------------------------------------------------------------------------

Became = dict[UUID, list[tuple[str, str, str, datetime | None, str]]]  # customer → (step, message, state, when it went, why not)


def _live_through(made: _World, journey: Journey, since: datetime, until: datetime) -> Became:
    """What became of every message; asked again with what went, as long as that changes anything."""
    statements = journeys.statements(journey, "duckdb")
    hears_itself = any(name in text for text in statements.values() for name in OF_ITSELF)
    known: list[dict[str, Any]] = []
    for _ in range(MOST_ROUNDS):
        Replay(made.connection, journey.key, statements, journey.subject == "customer").run(since, until)
        told = _judged(made, journey, until)
        if not hears_itself or told == known:
            break
        _retell(made, known, told)
        known = told
    became: Became = {}
    for customer, *message in made.connection.execute(
        "select customer_id, step, message, state, went_at, reason from intent order by coalesce(went_at, planned_at), step"
    ).fetchall():
        became.setdefault(customer, []).append(tuple(message))
    return became


def _judged(made: _World, journey: Journey, until: datetime) -> list[dict[str, Any]]:
    """Ask the guard of every message; the events that tell what became of them."""
    run = made.connection.execute
    lay_intents(made.connection, journey)
    run("create or replace table fallen (id uuid, fell_at timestamptz)")
    verdicts = messages.verdict_text("duckdb")
    while judge_round(made.connection, verdicts, until):
        run("insert into fallen select id, moment from said where outcome = 'drop'")
    rows = run(
        "select i.id, i.customer_id, i.order_id, i.run, i.step, i.message, i.category, i.channel, i.state, i.reason, "
        "coalesce(i.went_at, f.fell_at), p.dice, p.customer_dice from intent i left join fallen f using (id) "
        "join pass p on p.run = i.run and p.step = i.step where i.state in ('go', 'drop') order by 11, 1"
    ).fetchall()
    return [_of_message(journey, row) for row in rows]


def _of_message(journey: Journey, row: tuple[Any, ...]) -> dict[str, Any]:
    id, customer, order, run, step, message, category, channel, state, reason, at, dice, customer_dice = row
    return {
        "name": "message.sent" if state == "go" else "message.dropped", "id": id, "customer_id": customer, "order_id": order,
        "known_at": at + timedelta(milliseconds=1), "occurred_at": at, "store": "main", "dice": dice, "customer_dice": customer_dice,
        "imported": False, "message": message, "journey": journey.key, "run": run, "step": step, "category": category, "channel": channel,
        **({"reason": reason} if state == "drop" else {}),
    }  # fmt: skip


def _retell(made: _World, before: list[dict[str, Any]], now: list[dict[str, Any]]) -> None:
    """Put what went into the log, in place of what was thought to go."""
    for name in ("message.sent", "message.dropped"):
        ids = [str(row["id"]) for row in before if row["name"] == name]
        made.connection.execute(f"delete from {view_name(name)} where id in (select unnest(?::uuid[]))", [ids])
        if rows := [row for row in now if row["name"] == name]:
            made.add(name, rows)


# What was expected --------------------------------------------------------------------------------------------------------


def _compared(journey: Journey, person: _Person, became: list[Any], spent: float) -> Tested:
    """An example beside what came of it. Each message is held against the first one of its name that is still free."""
    example, said = person.example, []
    went = [(message, at) for _, message, state, at, _ in became if state == "go"]
    fell = {message: reason for _, message, state, _, reason in became if state != "go"}
    for wanted in sorted(example.expected, key=lambda e: e.at or datetime.max.replace(tzinfo=UTC)):
        if wanted.at is None:
            if wanted.message not in fell or wanted.dropped not in fell[wanted.message]:
                told = f"because “{fell[wanted.message]}”" if wanted.message in fell else "was not even meant"
                said.append(f"{wanted.message} should not go because “{wanted.dropped}”, but {told}")
            continue
        free = [one for one in went if one[0] == wanted.message]
        if not free:
            why = f": not sent, {fell[wanted.message]}" if wanted.message in fell else ""
            said.append(f"{wanted.message} should go at {journeys.spoken_moment(wanted.at, example)}, and nothing went{why}")
            continue
        nearest = min(free, key=lambda one: abs(one[1] - wanted.at))
        went.remove(nearest)
        if abs(nearest[1] - wanted.at) >= SLACK:
            times = journeys.spoken_moment(wanted.at, example), journeys.spoken_moment(nearest[1], example)
            said.append(f"{wanted.message} should go at {times[0]}, and went at {times[1]}")
    said += [f"{message} went at {journeys.spoken_moment(at, example)}, and was not expected" for message, at in went]
    return Tested(journey.key, example.name, example.place, tuple(said), spent)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value.isoformat() if isinstance(value, datetime) else value


def _arrow(kind: str) -> pa.DataType:
    return {"int64": pa.int64(), "float64": pa.float64(), "boolean": pa.bool_()}.get(kind, pa.string())
