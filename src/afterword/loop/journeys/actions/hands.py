"""Laying hands on what is under way: pause and resume a version, stop it, move its runs to another, take one person out.

Each deed happens at the sealed frontier, after every run has been brought there, and is a row with its instant: history
shows it, and a backtest that follows what really ran does the same at the same instant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from afterword.kit import sql
from afterword.loop.errands import door as errands
from afterword.loop.events import door as events
from afterword.loop.messages import door as messages

from ..types import MOVED, STOPPED, TAKEN_OUT, NotSo
from .tick import LOCK, MERGED, VERSION, Ticked, pass_version

ONE = f"""
select {VERSION}, false as starts, v.paused_at, v.number, j.name from journey_version v join journey j on j.id = v.journey_id
where v.id = %s for update of v
"""
KEEP = """
insert into journey_hand (journey, version_id, kind, at, to_version, steps, run, runs, by)
values (%(journey)s, %(version)s, %(kind)s, %(at)s, %(to)s, %(steps)s, %(run)s, %(runs)s, %(by)s)
"""
OPEN = "s.version_id = %(version)s and s.step is not null"
CLOSE = """
insert into visit (journey, version_id, run, leg, step, entered_at, due_at, left_at, outcome)
select s.journey, s.version_id, s.run, s.leg, s.step, s.entered_at, s.due_at, %(at)s, %(outcome)s from standing s where {which}
"""
COUNT = """
insert into visit_count as c (version_id, step, outcome, visits)
select %(version)s, s.step, %(outcome)s, count(*) from standing s where {which} group by s.step
on conflict (version_id, step, outcome) do update set visits = c.visits + excluded.visits
"""
LEAVE = "update standing s set step = null, entered_at = %(at)s, due_at = null, free_at = null where {which}"
MOVE = """
update standing s set leg = s.leg + 1, version_id = %(to)s, step = w.target, free_at = %(at)s, due_at = %(at)s
from jsonb_each_text(%(steps)s::jsonb) as w (step, target) where s.version_id = %(version)s and s.step = w.step
"""
ARRIVED = """
insert into visit_count as c (version_id, step, outcome, visits)
select %(to)s, 'moved', w.target, count(*) from standing s join jsonb_each_text(%(steps)s::jsonb) as w (step, target) on w.step = s.step
where s.version_id = %(version)s group by w.target
on conflict (version_id, step, outcome) do update set visits = c.visits + excluded.visits
"""
MERGES = "select known_at from event_customer_merged where known_at > %s and known_at <= %s order by known_at"
STANDS = "select step, count(*) as runs from standing where version_id = %s and step is not null group by step order by step"


@dataclass(frozen=True)
class Foreseen:
    """What a deed would do: how many runs it touches by step, and how many would leave a step and send a message at once."""

    runs: Mapping[str, int]
    leaving: int = 0
    sending: int = 0

    @property
    def total(self) -> int:
        return sum(self.runs.values())


@transaction.atomic
def pause(version: int, *, by: str) -> datetime:
    """From now on nothing of this version starts, moves or is sent, until it is resumed; since when."""
    row, at = _brought(version)
    if row["paused_at"] is not None:
        raise NotSo(name=row["name"], fault="is paused already")
    sql.run("update journey_version set paused_at = %s where id = %s", [at, version])
    messages.put_to_sleep(version, at)
    errands.put_to_sleep(version)
    _keep(row, "pause", at, by, runs=_standing(version).total)
    return at


@transaction.atomic
def resume(version: int, *, by: str) -> datetime:
    """Go on: what fell due meanwhile leaves now, what was held is judged again; whoever would have entered meanwhile did not."""
    row = _locked(version)
    if row["paused_at"] is None:
        raise NotSo(name=row["name"], fault="is not paused")
    at = _frontier()
    touched = _standing(version).total
    for (merged_at,) in sql.rows(MERGES, [row["ticked_until"], at]):
        sql.run(MERGED, {"version": version, "journey": row["key"], "until": merged_at, "about_customers": row["about_customers"]})
    sql.run("update standing set free_at = %s, due_at = %s where version_id = %s and step is not null", [at, at, version])
    pass_version({**row, "is_live": False}, at, Ticked(at), whole=True)
    sql.run("update journey_version set paused_at = null, ticked_until = greatest(ticked_until, %s) where id = %s", [at, version])
    messages.wake_up(version, at)
    errands.wake_up(version, at)
    _keep(row, "resume", at, by, runs=touched)
    return at


@transaction.atomic
def stop(version: int, *, by: str) -> int:
    """End every run of this version where it stands, and let nobody in; how many ended. What was not yet sent is not sent."""
    if _locked(version)["paused_at"] is not None:
        resume(version, by=by)
    row, at = _brought(version)
    ended = _end(row, at, STOPPED, OPEN, {})
    sql.run("update journey_version set is_live = false where id = %s", [version])
    sql.run("update journey set live_id = null where live_id = %s", [version])
    _keep(row, "stop", at, by, runs=ended)
    return ended


@transaction.atomic
def move(version: int, to: int, steps: Mapping[str, str], *, by: str) -> int:
    """Move the runs that stand at these steps to steps of another version of the journey; how many.

    They keep since when they wait: it may be over at once (`foresee_move` says for how many). Who stands elsewhere stays.
    """
    row, at = _brought(version)
    target, _ = _brought(to)
    if target["key"] != row["key"]:
        raise NotSo(name=row["name"], fault=f"is another journey than “{target['name']}”")
    for each in (row, target):
        if each["paused_at"] is not None:
            raise NotSo(name=each["name"], fault=f"version {each['number']} is paused; resume it first")
    known = dict(_pairs(target["statements"]))
    for key in steps.values():
        if key not in known:
            raise NotSo(name=target["name"], fault=f"version {target['number']} has no step “{key}”")
    about = {"version": version, "to": to, "at": at, "steps": json.dumps(dict(steps)), "outcome": MOVED}
    which = "s.version_id = %(version)s and s.step in (select jsonb_object_keys(%(steps)s::jsonb))"
    sql.run(CLOSE.format(which=which), about)
    sql.run(COUNT.format(which=which), about)
    sql.run(ARRIVED, about)
    moved = sql.run(MOVE, about)
    _keep(row, "move", at, by, runs=moved, to=to, steps=dict(steps))
    return moved


@transaction.atomic
def take_out(journey: str, run: UUID, *, by: str) -> None:
    """End one run where it stands. What it had not yet sent is not sent."""
    version = sql.value("select version_id from standing where journey = %s and run = %s and step is not null", [journey, run])
    if version is None:
        raise NotSo(name=journey, fault="has no such run under way")
    row, at = _brought(version)
    if not _end(row, at, TAKEN_OUT, OPEN + " and s.run = %(run)s", {"run": run}):
        raise NotSo(name=row["name"], fault="has no such run under way any more")
    _keep(row, "take_out", at, by, runs=1, run=run)


def foresee(version: int) -> Foreseen:
    """Whom a pause, a resume or a stop would touch: how many stand at each step."""
    return _standing(version)


def foresee_move(version: int, to: int, steps: Mapping[str, str]) -> Foreseen:
    """What a move would do, found by doing it and taking it back: how many runs, how many leave at once, how many messages."""
    with transaction.atomic():
        mark = transaction.savepoint()
        found = {step: n for step, n in _standing(version).runs.items() if step in steps}
        move(version, to, steps, by="")
        row = _locked(to)
        at = row["ticked_until"]
        done = Ticked(at)
        with connection.cursor() as cursor:
            cursor.execute("select %s::timestamptz + interval '1 microsecond'", [at])
            soon = cursor.fetchone()[0]
        pass_version(row, soon, done, whole=True)
        transaction.savepoint_rollback(mark)
    return Foreseen(found, done.visits, done.intents)


# What they have in common ---------------------------------------------------------------------------------------------------


def _frontier() -> datetime:
    at = events.frontier()
    if at is None:
        raise NotSo(name="The log", fault="is empty: nothing is under way yet")
    return at


def _locked(version: int) -> dict[str, Any]:
    """A version, for this transaction alone."""
    sql.run("select pg_advisory_xact_lock(%s, %s)", [LOCK, version])
    found = sql.records(ONE, [version])
    if not found:
        raise NotSo(name=str(version), fault="is no version of a journey")
    return found[0]


def _brought(version: int) -> tuple[dict[str, Any], datetime]:
    """A version whose every run has been brought to the frontier, unless it is paused."""
    row = _locked(version)
    if row["paused_at"] is not None:
        return row, _frontier()
    at = max(_frontier(), row["ticked_until"])
    done = Ticked(at)
    while not pass_version({**row, "starts": True}, at, done):
        pass
    return row, at


def _standing(version: int) -> Foreseen:
    return Foreseen({row["step"]: row["runs"] for row in sql.records(STANDS, [version])})


def _end(row: dict[str, Any], at: datetime, outcome: str, which: str, more: dict[str, Any]) -> int:
    about = {"version": row["id"], "at": at, "outcome": outcome, **more}
    sql.run(COUNT.format(which=which), about)
    ended = sql.run(CLOSE.format(which=which), about)
    runs = f"select s.run, %(at)s::timestamptz from standing s where {which}"
    messages.end_runs(runs, {**about, "journey": row["key"]})
    errands.end_runs(runs, {**about, "journey": row["key"]})
    sql.run(LEAVE.format(which=which), about)
    return ended


def _keep(
    row: dict[str, Any], kind: str, at: datetime, by: str, *, runs: int, to: int | None = None, steps: Mapping[str, str] | None = None,
    run: UUID | None = None,
) -> None:  # fmt: skip
    given = {"journey": row["key"], "version": row["id"], "kind": kind, "at": at, "to": to, "run": run, "runs": runs, "by": by}
    sql.run(KEEP, {**given, "steps": json.dumps(dict(steps or {}))})


def _pairs(statements: Any) -> list[tuple[str, str]]:
    return [(step, text) for step, text in (json.loads(statements) if isinstance(statements, str) else statements)]
