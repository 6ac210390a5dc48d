"""Carry errands out: lease what is due, hand each kind its own, keep what came of it, try again, and give up in the open.

What a performer held when it died is done again: each kind can tell a repetition by the errand's id.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from afterword.kit import clock, sql
from afterword.loop.messages import door as messages

from ..types import Errand, Kind, Outcome

LEASE = timedelta(seconds=120)
BATCH = 200
# Seconds until the next attempt, as Standard Webhooks proposes; after the last one an errand is dead until somebody replays it.
BACK_OFF = (5, 300, 1800, 7200, 18000, 36000, 50400)
DROP_LATE = """
update errand set state = 'dropped', next_at = null, said = 'too late to be of use', done_at = %(now)s
where next_at <= %(now)s and useful_until < %(now)s
"""
LEASED = """
update errand e set state = 'doing', leased_until = %(lease)s, attempts = e.attempts + 1
where e.id in (
    select id from errand where next_at <= %(now)s and (state <> 'doing' or leased_until < %(real)s)
    order by next_at, id limit %(most)s for update skip locked)
returning e.id, e.kind, e.settings, e.origin, e.run, e.step, e.store, e.customer_id, e.order_id, e.planned_at, e.attempts
"""
KEEP = """
update errand e set state = g.state, next_at = g.next_at, leased_until = null, said = g.said, done_at = g.done_at
from jsonb_to_recordset(%s::jsonb) as g (id uuid, state text, next_at timestamptz, said text, done_at timestamptz) where e.id = g.id
"""
INTEND = """
insert into errand (id, kind, settings, origin, version_id, run, leg, step, store, customer_id, order_id, planned_at, useful_until, next_at)
select given.*, given.planned_at from ({select}) as given
    (id, kind, settings, origin, version_id, run, leg, step, store, customer_id, order_id, planned_at, useful_until)
on conflict (origin, run, step) do nothing
"""
END = """
update errand m set state = 'dropped', next_at = null, said = 'the journey ended', done_at = e.ended_at
from ({select}) as e (run, ended_at) where m.origin = %(journey)s and m.run = e.run and m.state = 'planned'
"""
SLEEP = "update errand set next_at = null where version_id = %s and state = 'planned'"
WAKE = "update errand set next_at = %s where version_id = %s and state = 'planned' and next_at is null"
REPLAY = """
update errand set state = 'planned', next_at = %(now)s, attempts = 0, said = '', useful_until = null
where state = 'dead' and (%(ids)s::uuid[] is null or id = any(%(ids)s))
"""
_kinds: dict[str, Kind] = {}


@dataclass
class Performed:
    """How many errands were done, put off, given up."""

    done: int = 0
    again: int = 0
    dead: int = 0

    @property
    def total(self) -> int:
        return self.done + self.again + self.dead


def register_kind(kind: Kind) -> None:
    """Have journeys know a kind of errand by its name."""
    _kinds[kind.name] = kind


def kinds() -> dict[str, Kind]:
    """Every kind that is registered, by name."""
    return dict(_kinds)


def intend(select: str, params: dict[str, Any]) -> int:
    """Take the errands that a query yields, in the order of `INTEND`'s columns; how many are new. In the caller's transaction."""
    return sql.run(INTEND.format(select=select), params)


def end_runs(select: str, params: dict[str, Any]) -> int:
    """Runs ended early: what of theirs has not been begun is not done."""
    return sql.run(END.format(select=select), params)


def put_to_sleep(version: int) -> int:
    """A journey's version is paused: what has not been begun waits."""
    return sql.run(SLEEP, [version])


def wake_up(version: int, at: datetime) -> int:
    """It goes on: what waited is done now."""
    return sql.run(WAKE, [at, version])


def replay(now: datetime, ids: Sequence[Any] | None = None) -> int:
    """Take dead errands up again, all of them or some; how many."""
    return sql.run(REPLAY, {"now": now, "ids": list(ids) if ids is not None else None})


def perform(now: datetime) -> Performed:
    """Carry out everything that is due."""
    done = Performed()
    if not sql.value("select exists (select 1 from errand where next_at <= %s)", [now]):
        return done
    sql.run(DROP_LATE, {"now": now})
    while True:
        real = clock.real_now()
        taken = sql.records(LEASED, {"now": now, "real": real, "lease": real + LEASE, "most": BATCH})
        if not taken:
            return done
        _carry_out([_errand(row) for row in taken], now, done)
        if len(taken) < BATCH:
            return done


def _carry_out(taken: list[Errand], now: datetime, done: Performed) -> None:
    live = messages.live_origins()
    for name in dict.fromkeys(e.kind for e in taken):
        mine = [e for e in taken if e.kind == name]
        kind = _kinds.get(name)
        if kind is None:
            outcomes: Sequence[Outcome] = [Outcome(e.id, "again", f"nobody here knows what “{name}” is") for e in mine]
        elif kind.leaves:
            waiting = [e for e in mine if e.origin in live]
            _keep([Outcome(e.id, "done", "rehearsed") for e in mine if e.origin not in live], mine, now, done, state="rehearsed")
            outcomes = kind.perform(waiting, now) if waiting else []
        else:
            outcomes = kind.perform(mine, now)
        _keep(outcomes, mine, now, done)


def _keep(outcomes: Sequence[Outcome], errands: Sequence[Errand], now: datetime, done: Performed, *, state: str = "done") -> None:
    by_id = {e.id: e for e in errands}
    rows = []
    for outcome in outcomes:
        attempts = by_id[outcome.id].attempts
        end = outcome.result if outcome.result != "again" or attempts <= len(BACK_OFF) else "never"
        tally = {"done": "done", "again": "again", "never": "dead"}[end]
        setattr(done, tally, getattr(done, tally) + 1)
        next_at = now + timedelta(seconds=BACK_OFF[attempts - 1]) if end == "again" else None
        rows.append({
            "id": str(outcome.id), "state": {"done": state, "again": "planned", "never": "dead"}[end], "said": outcome.said[:500],
            "next_at": next_at.isoformat() if next_at else None, "done_at": now.isoformat() if end == "done" else None,
        })  # fmt: skip
    if rows:
        with transaction.atomic():
            sql.run(KEEP, [json.dumps(rows)])


def _errand(row: dict[str, Any]) -> Errand:
    settings = row["settings"]
    return Errand(**{**row, "settings": json.loads(settings) if isinstance(settings, str) else settings})
