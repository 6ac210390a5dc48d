"""The live driver: bind the composed steps to PostgreSQL, and move every visit as far as the horizon allows.

One transaction a version: look (which stored visits are due, or woken by an event of their customer), enter, step by step,
then write history, where runs stand, and intents, once. A worker that dies in between has done nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, transaction

from afterword.kit import sql
from afterword.loop.errands import door as errands
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages

from ..rules.holdouts import GLOBAL
from ..tables.compose import COLUMNS, PASS, RUN
from ..types import TRIGGER

LOCK = 0x71C5
MOST_EVENTS = 50_000
ANALYZE_FROM = 5_000
TYPES = {"string": "text", "int32": "integer", "int64": "bigint", "timestamp('UTC')": "timestamptz"}
RUN_COLUMNS = ", ".join(RUN)
ALL = ", ".join(COLUMNS)

# Emptied at the start of a pass and not at its commit, where PostgreSQL would cut the file each time.
MAKE_PASS = "create temp table if not exists pass (" + ", ".join(f"{name} {TYPES.get(kind, kind)}" for name, kind in PASS.items()) + ")"
LARGE = 4_000_000  # bytes from which it is cut all the same
# Versions with something to do: a new event of a name they know, or a visit that is due. Uses standing_due and event_known.
VERSION = """
v.id, v.ticked_until, j.key, v.statements, v.listens, v.is_live, v.sends, v.errands,
       coalesce(v.document ->> 'subject', 'order') = 'customer' as about_customers"""
GATE = f"""
with heard as (
    select array_agg(distinct name) as names from event
    where known_at > (select min(ticked_until) from journey_version where ticked_until < %(until)s and paused_at is null)
      and known_at <= %(until)s
), due as (
    select distinct version_id from standing where step is not null and due_at <= %(until)s
)
select {VERSION}, v.is_live and v.trigger = any(heard.names) as starts
from journey_version v join journey j on j.id = v.journey_id, heard
where v.ticked_until < %(until)s and v.paused_at is null
  and (v.id in (select version_id from due)
       or ((v.is_live and v.trigger = any(heard.names)) or v.listens ?| heard.names or 'customer.merged' = any(heard.names)))
order by v.id
"""
EDGES = """
select (select known_at from event where known_at > %(since)s and known_at <= %(until)s order by known_at offset %(most)s limit 1),
       (select min(known_at) from event_customer_merged where known_at > %(since)s and known_at <= %(until)s)
"""
PASS_BY = """
update journey_version set ticked_until = %(until)s
where ticked_until < %(until)s and paused_at is null and not id = any(%(busy)s)
"""
# A stored visit is looked at if it is due, or if an event that its step listens to concerns its customer. In the order of
# customers, because every step then reads the log's index from one end to the other instead of here and there.
LOOK = f"""
insert into pass ({ALL})
select {RUN_COLUMNS}, step, entered_at, due_at, free_at, by_event, true, entered_at, null, step, by_event
from standing where version_id = %(version)s and step is not null and due_at <= %(until)s
union
select {RUN_COLUMNS}, step, entered_at, due_at, free_at, by_event, true, entered_at, null, step, by_event
from standing where version_id = %(version)s and step is not null and (customer_id, step) in (
    select e.customer_id, w.step from event e join jsonb_each(%(listens)s::jsonb) l on l.key = e.name
    cross join jsonb_array_elements_text(l.value) as w (step) where e.known_at > %(since)s and e.known_at <= %(until)s)
order by customer_id
"""
# Quarters of the log in which nothing became known since anybody here arrived are not looked into.
FLOOR = """
with arrived as (select least(min(entered_at), %(since)s) as first, array_agg(distinct next_step) as steps from pass)
select set_config('afterword.floor', coalesce((
    select low::text from event_reach where known_until > (select first from arrived) order by low limit 1),
    'ffffffff-ffff-ffff-ffff-ffffffffffff'), true),
    (select steps from arrived)
"""
STEP = "with added as (insert into pass ({columns}) {select} returning next_step) select next_step, count(*) from added group by 1"
KEEP_HISTORY = """
insert into visit (journey, version_id, run, leg, step, entered_at, due_at, left_at, outcome)
select %(journey)s, %(version)s, run, leg, step, entered_at, due_at, left_at, outcome from pass where outcome is not null
"""
KEEP_STANDING = f"""
insert into standing as s (journey, version_id, {RUN_COLUMNS}, step, entered_at, due_at, free_at, by_event)
select %(journey)s, %(version)s, {RUN_COLUMNS},
       case when left_at is null then step end,
       case when left_at is null then entered_at else left_at end,
       case when left_at is null then due_at end, case when left_at is null then free_at end,
       case when left_at is null then by_event else next_by_event end
from pass where left_at is null or (outcome is not null and next_step is null)
on conflict (journey, run, leg) do update
set step = excluded.step, entered_at = excluded.entered_at, due_at = excluded.due_at, free_at = excluded.free_at,
    by_event = excluded.by_event
where (s.step, s.due_at) is distinct from (excluded.step, excluded.due_at)
"""
COUNT = """
insert into visit_count as c (version_id, step, outcome, visits)
select %(version)s, step, outcome, count(*) from pass where outcome is not null group by step, outcome
on conflict (version_id, step, outcome) do update set visits = c.visits + excluded.visits
"""
# Where a customer became another, the run goes on as theirs; where that was undone, as whose it began.
MERGED = """
update standing s set customer_id = m.to_customer, customer_dice = m.to_dice,
    subject_id = case when %(about_customers)s then m.to_customer else s.subject_id end,
    dice = case when %(about_customers)s then m.to_dice else s.dice end,
    free_at = case when s.step is not null then m.known_at end, due_at = case when s.step is not null then m.known_at end
from (
    select g.known_at, s.run, s.leg, case when g.undone then g.loser else g.customer_id end as to_customer,
           case when g.undone then e.customer_dice else g.customer_dice end as to_dice
    from event_customer_merged g
    join standing s on s.version_id = %(version)s and s.customer_id = case when g.undone then g.customer_id else g.loser end
    left join event e on g.undone and e.id = s.run
    where g.known_at = %(until)s and (g.undone is not true or e.customer_id = g.loser)
) m where s.journey = %(journey)s and s.run = m.run and s.leg = m.leg
"""
ENDED = "select run, left_at from pass where outcome = 'exited'"
HELD_OUT = f"""
select run, coalesce(store, 'main') as store, customer_id, entered_at, step = '{GLOBAL}' as everywhere from pass where outcome = 'held_out'
"""
INTENTS = """
select md5(%(journey)s || ':' || p.run::text || ':' || p.step)::uuid, %(journey)s, %(version)s, p.run, p.leg, p.step, p.subject_id,
       p.customer_id, p.order_id, p.shipment_id, coalesce(p.store, 'main'), s.message, s.channel, s.category, s.priority,
       p.left_at, p.left_at + s.useful_for * interval '1 second'
from pass p join jsonb_to_recordset(%(sends)s::jsonb)
     as s(step text, message text, channel text, category text, priority smallint, useful_for bigint) on s.step = p.step
where p.outcome = 'done'
"""
ERRANDS = """
select md5(%(journey)s || ':' || p.run::text || ':' || p.step)::uuid, s.kind, s.settings, %(journey)s, %(version)s, p.run, p.leg, p.step,
       coalesce(p.store, 'main'), p.customer_id, p.order_id, p.left_at, p.left_at + s.useful_for * interval '1 second'
from pass p join jsonb_to_recordset(%(errands)s::jsonb) as s(step text, kind text, settings jsonb, useful_for bigint) on s.step = p.step
where p.outcome = 'done'
"""


@dataclass
class Ticked:
    """What a tick did: versions passed, visits ended, intents made, and up to when.

    `edges` are those of the log after an instant; it is sealed up to `until`, so many versions ask for them once.
    """

    until: datetime
    versions: int = 0
    visits: int = 0
    intents: int = 0
    edges: dict[tuple[datetime, datetime], tuple[datetime | None, datetime | None]] = field(default_factory=dict, repr=False)


def tick(until: datetime) -> Ticked:
    """Move every run of every version to the horizon `until`, which must be sealed. Idle, this costs one indexed query."""
    done = Ticked(until)
    busy = sql.records(GATE, {"until": until})
    for version in busy:
        while not pass_version(version, until, done):
            pass
    sql.run(PASS_BY, {"until": until, "busy": [v["id"] for v in busy]})
    return done


def pass_version(version: dict[str, Any], until: datetime, done: Ticked, *, whole: bool = False) -> bool:
    """One pass of one version, in one transaction; true when it has reached `until`. Many events make several passes, unless `whole`."""
    with transaction.atomic():
        sql.run("select pg_advisory_xact_lock(%s, %s)", [LOCK, version["id"]])
        since: datetime = sql.value("select ticked_until from journey_version where id = %s", [version["id"]])
        if since >= until:
            return True
        horizon, merges = (until, True) if whole else _bounded(since, until, done)
        _bind(since, horizon)
        about = {
            "version": version["id"],
            "journey": version["key"],
            "since": since,
            "until": horizon,
            "listens": _text(version["listens"]),
        }
        found, waiting = _look(about)
        if not found and not version["starts"]:
            if merges:
                _merge(version, about)
            sql.run("update journey_version set ticked_until = %(until)s where id = %(version)s", about)
            return horizon >= until
        for step, text in _load(version["statements"]):
            if step == TRIGGER:
                waiting |= _step(text, found) if version["is_live"] else set()
            elif step in waiting:
                waiting |= _step(text, found)
        done.visits += sql.run(KEEP_HISTORY, about)
        if waiting:
            sql.run(KEEP_STANDING, about)
            sql.run(COUNT, about)
            done.intents += messages.intend(INTENTS, {**about, "sends": _text(version["sends"])})
            messages.end_runs(ENDED, about)
            if _load(version["errands"]):
                errands.intend(ERRANDS, {**about, "errands": _text(version["errands"])})
            errands.end_runs(ENDED, about)
            _tell_held_out(version["key"], horizon)
        sql.run("update journey_version set ticked_until = %(until)s where id = %(version)s", about)
        if merges:
            _merge(version, about)
        done.versions += 1
        return horizon >= until


def _merge(version: dict[str, Any], about: dict[str, Any]) -> None:
    """At the instant of a merge, once everything up to it has been passed."""
    sql.run(MERGED, {**about, "about_customers": version["about_customers"]})


def _tell_held_out(journey: str, now: datetime) -> None:
    """`experiment.held_out` for everybody whom a holdout has left alone in this pass."""
    told = [
        Told(
            name="experiment.held_out",
            occurred_at=row["entered_at"],
            source="afterword",
            source_id=f"{journey}:{row['run']}:held_out",
            store=row["store"],
            customer_id=row["customer_id"],
            properties={"journey": journey, "run": str(row["run"]), "everywhere": row["everywhere"]},
        )
        for row in sql.records(HELD_OUT)
    ]
    if told:
        identity.record(told, received_at=max(now, *(t.occurred_at for t in told)))


def _load(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _bounded(since: datetime, until: datetime, done: Ticked) -> tuple[datetime, bool]:
    """A horizon at most so many events away, so that a pass after a long pause stays of one size, and not beyond the next merge.

    Also whether it is the instant of that merge.
    """
    if (since, until) not in done.edges:
        done.edges[since, until] = sql.rows(EDGES, {"since": since, "until": until, "most": MOST_EVENTS})[0]
    edge, merge = done.edges[since, until]
    horizon = min(edge or until, merge or until)
    return horizon, horizon == merge


def _bind(since: datetime, until: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MAKE_PASS)
        cursor.execute(
            "select pg_relation_size('pass'), set_config('afterword.since', %s, true), set_config('afterword.until', %s, true)",
            [since.isoformat(), until.isoformat()],
        )
        size = cursor.fetchone()[0]
        cursor.execute("truncate pass" if size > LARGE else "delete from pass")


def _look(about: dict[str, Any]) -> tuple[int, set[str]]:
    """How many stored visits are looked at, and the steps at which they stand."""
    found = sql.run(LOOK, about)
    if found >= ANALYZE_FROM:
        sql.run("analyze pass")
    _, steps = sql.rows(FLOOR, about)[0]
    return found, set(steps or ())


def _step(text: str, found: int) -> set[str]:
    # The plan for a few visits is kept; the one for very many is made for them alone.
    done = sql.records(_wrapped(text)) if found >= ANALYZE_FROM else sql.prepared(_wrapped(text))
    # `None` is a run that has ended or stays: something to write even if no further step waits.
    return {row["next_step"] or "" for row in done}


@cache
def _wrapped(text: str) -> str:
    return STEP.format(columns=ALL, select=text)
