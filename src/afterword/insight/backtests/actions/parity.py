"""Whether what ran is what the log says: the last days of each version lived again from the stored visits, visit by visit; and
every verdict of the guard asked again of its moment (`verdicts.py`).

Who stood where at the beginning is taken as it is stored; what somebody did to runs since then (paused, stopped, moved, taken
out) is done again at the same instants. Whatever differs then is a fault: in a step, in an engine, or in somebody's hand on
the history.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa

from afterword.kit import clock, sql
from afterword.kit.engines import duck
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys

from ...lake import door as lake
from ..types import Checked, Differing
from .replay import LAID, MERGED, Hand, Replay
from .verdicts import Again, ask_again

WEEK = timedelta(days=7)
MOST_TOLD = 10
VERSIONS = """
select v.id, v.number, j.key, v.text, v.pinned, v.ticked_until, v.paused_at, v.is_live
from journey_version v join journey j on j.id = v.journey_id
where v.is_live or exists (select 1 from standing s where s.version_id = v.id and s.step is not null)
   or exists (select 1 from journey_on o where o.version_id = v.id and o.until > %(since)s)
   or exists (select 1 from message_intent i where i.version_id = v.id and i.judged_at > %(since)s)
order by j.key, v.number
"""
# A moved run keeps since when it waits; it came to this version when it was moved.
STORED = """
select v.run, v.leg, v.step, v.entered_at, v.left_at, v.outcome, m.left_at as moved_at from (
    select journey, run, leg, step, entered_at, left_at, outcome from visit where version_id = %(version)s and left_at > %(since)s
    union all
    select journey, run, leg, step, entered_at, null, null from standing where version_id = %(version)s and step is not null
) v left join visit m on v.leg > 0 and m.journey = v.journey and m.run = v.run and m.leg = v.leg - 1 and m.outcome = 'moved'
where greatest(v.entered_at, coalesce(m.left_at, v.entered_at)) <= %(until)s
"""
BEGUN = """
select distinct run from visit where journey = %(journey)s and step = 'trigger' and left_at <= %(since)s
"""
# Whether an event brought a run to where it stood is not stored: it did if the last stay that took time ended with one.
BY_EVENT = """
select distinct w.run, w.entered_at from (
    select journey, run, entered_at from standing where version_id = %(version)s and step is not null
    union all
    select journey, run, entered_at from visit where version_id = %(version)s and left_at > %(since)s
) w join visit v on v.journey = w.journey and v.run = w.run and v.left_at = w.entered_at
    and (v.step = 'trigger' or (v.outcome = 'happened' and v.entered_at < v.left_at))
"""
HANDS = """
select kind, at, run, array(select jsonb_object_keys(steps)) from journey_hand
where version_id = %(version)s and at <= %(until)s order by at, id
"""
ARRIVALS = "select distinct at from journey_hand where to_version = %(version)s and kind = 'move' and at > %(since)s and at <= %(until)s"
ON = "select since, until from journey_on where version_id = %(version)s order by since"
DIFFER = """
create or replace table differ as
select coalesce(a.run, b.run) as run, coalesce(a.step, b.step) as step, coalesce(a.entered_at, b.entered_at) as entered_at,
       a.run is not null as stands, a.left_at as stored_at, a.outcome as stored, b.run is not null as follows, b.left_at, b.outcome
from ran a full join again b on a.run = b.run and a.leg = b.leg and a.step = b.step and a.entered_at = b.entered_at
where a.run is null or b.run is null or a.left_at is distinct from b.left_at or a.outcome is distinct from b.outcome
"""
KEEP = """
insert into parity_check (journey, version_id, number, since, until, checked_at, visits, differing, first, verdicts, otherwise, left_out,
                          first_otherwise)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s::jsonb)
"""
Progress = Callable[[str], None]


def check_parity(*, days: int = 7, folder: Path | None = None, progress: Progress | None = None) -> list[Checked]:
    """Live the last days of every version again and hold that against what is stored; the answers are kept."""
    until = events.frontier()
    if until is None:
        return []
    with sql.hold("afterword parity") as mine:
        found = _all_checked(until - timedelta(days=days), until, folder, progress) if mine else []
        for one in found:
            _keep(one)
    return found


def _all_checked(since: datetime, until: datetime, folder: Path | None, progress: Progress | None) -> list[Checked]:
    found = []
    lake.export(folder)
    folder = folder or lake.lake_folder()
    with duck(spill=folder / "spill") as connection:
        lake.mount(connection, folder, events.vocabulary)
        for version in sql.records(VERSIONS, {"since": since}):
            if progress:
                progress(f"{version['key']}, version {version['number']}")
            horizon = until if version["paused_at"] else min(until, version["ticked_until"])
            found.append(_checked(connection, version, since, horizon))
        again = ask_again(connection, since, until, progress)
    return [_with(one, again.get(one.version_id, Again())) for one in found]


def _with(one: Checked, again: Again) -> Checked:
    """What was found of the visits, and of the verdicts."""
    return replace(one, verdicts=again.asked, otherwise=again.differing, left_out=again.left_out, first_otherwise=again.first)


def _keep(one: Checked) -> None:
    first, otherwise = (json.dumps([each.plain() for each in some]) for some in (one.first, one.first_otherwise))
    visits = [one.visits, one.differing, first]
    verdicts = [one.verdicts, one.otherwise, one.left_out, otherwise]
    sql.run(KEEP, [one.journey, one.version_id, one.number, one.since, one.until, clock.real_now(), *visits, *verdicts])


def _checked(connection: Any, version: dict[str, Any], since: datetime, until: datetime) -> Checked:
    pinned = version["pinned"]
    journey = journeys.understood(version["text"], json.loads(pinned) if isinstance(pinned, str) else pinned)
    about = {"version": version["id"], "journey": version["key"], "since": since, "until": until}
    stored = sql.rows(STORED, about)
    replay = Replay(connection, journey.key, journeys.statements(journey, "duckdb"), journey.subject == "customer")
    replay.lay()
    _stand(connection, about, journey.subject, journey.trigger.reentry.rule, stored)
    replay.hands, replay.paused_at, replay.entering = _hands(about)
    _merge_past(connection, since, replay.about_customers)
    replay.run(since, until, stored=True)
    _lay(connection, "ran", [_as_of(row[:6], until) for row in stored])
    connection.execute(
        "create or replace table again as select run, leg, step, entered_at, left_at, outcome from pass "
        "where left_at is null or (left_at > $since and left_at <= $until)",
        {"since": since, "until": until},
    )
    connection.execute(DIFFER)
    visits = connection.execute("select count(*) from ran").fetchone()[0]
    differing = connection.execute("select count(*) from differ").fetchone()[0]
    rows = connection.execute("select * from differ order by entered_at, run limit ?", [MOST_TOLD]).fetchall()
    first = tuple(Differing(*row) for row in rows)
    return Checked(version["key"], version["id"], version["number"], since, until, int(visits), int(differing), first)


def _as_of(row: tuple[Any, ...], until: datetime) -> tuple[Any, ...]:
    """A visit as it stood at the horizon: what left later was still there."""
    run, leg, step, entered_at, left_at, _outcome = row
    return row if left_at is None or left_at <= until else (run, leg, step, entered_at, None, None)


def _stand(connection: Any, about: dict[str, Any], subject: str, rule: str, stored: list[tuple[Any, ...]]) -> None:
    """Who stood where at the beginning; who will be moved here stands aside until then; who had entered is known."""
    since, until = about["since"], about["until"] + WEEK
    by_event = set(sql.rows(BY_EVENT, about))
    given: dict[tuple[UUID, int], tuple[Any, ...]] = {}
    arriving: dict[tuple[UUID, int], datetime] = {}
    for run, leg, step, entered_at, _left, _outcome, moved_at in sorted(stored, key=lambda row: (row[3], row[4] or until)):
        key = (run, leg)
        arrived = max(entered_at, moved_at) if moved_at else entered_at
        if key not in given and moved_at and moved_at > since:
            arriving[key] = moved_at
            given[key] = (run, leg, step, entered_at, (run, entered_at) in by_event, False)
        elif arrived <= since:
            given[key] = (run, leg, step, entered_at, (run, entered_at) in by_event, True)
    if rule in ("once", "once_per_customer"):
        there = {run for run, _ in given}
        for (run,) in sql.rows(BEGUN, about):
            if run not in there:
                given[run, 0] = (run, 0, "trigger", since, False, False)
    columns = ("run", "leg", "step", "entered_at", "by_event", "is_open")
    types = (pa.string(), pa.int32(), pa.string(), pa.timestamp("us", "UTC"), pa.bool_(), pa.bool_())
    rows = [(str(row[0]), *row[1:]) for row in given.values()]
    _register(connection, "given", columns, types, rows)
    connection.execute(LAID, {"journey": about["journey"], "about": subject, "since": since})
    moved = [(str(run), leg, at) for (run, leg), at in arriving.items()]
    _register(connection, "arriving_given", ("run", "leg", "moved_at"), (pa.string(), pa.int32(), pa.timestamp("us", "UTC")), moved)
    connection.execute("create or replace table arriving as select run::uuid as run, leg, moved_at from arriving_given")


def _hands(about: dict[str, Any]) -> tuple[list[Hand], datetime | None, bool]:
    """What was done since the beginning; since when it was paused at the beginning, if it was; whether people entered then."""
    since, paused_at, found = about["since"], None, []
    for kind, at, run, steps in sql.rows(HANDS, about):
        if at > since:
            found.append(Hand(kind, at, tuple(steps), run))
        elif kind in ("pause", "resume"):
            paused_at = at if kind == "pause" else None
    found += [Hand("arrive", at) for (at,) in sql.rows(ARRIVALS, about)]
    entering = False
    for began, ended in sql.rows(ON, about):
        if began > since:
            found.append(Hand("on", began))
        if ended is not None and ended > since:
            found.append(Hand("off", ended))
        entering = entering or (began <= since and (ended is None or ended > since))
    return sorted(found, key=lambda hand: hand.at), paused_at, entering


def _merge_past(connection: Any, since: datetime, about_customers: bool) -> None:
    """Whose each run was at the beginning: it began as the event's customer's, and customers became others since."""
    text = """
        select distinct g.known_at from event_customer_merged g where g.known_at <= $since
        and (g.loser::uuid in (select customer_id from standing) or g.customer_id in (select customer_id from standing)
             or g.customer_id in (select customer_id from event_customer_merged)) order by 1
    """
    for (at,) in connection.execute(text, {"since": since}).fetchall():
        connection.execute(MERGED, {"at": at, "about_customers": about_customers})


def _lay(connection: Any, name: str, rows: list[tuple[Any, ...]]) -> None:
    instant = pa.timestamp("us", "UTC")
    columns = ("run", "leg", "step", "entered_at", "left_at", "outcome")
    types = (pa.string(), pa.int32(), pa.string(), instant, instant, pa.string())
    _register(connection, "laid", columns, types, [(str(row[0]), *row[1:]) for row in rows])
    connection.execute(f"create or replace table {name} as select * replace (run::uuid as run) from laid")
    connection.unregister("laid")


def _register(connection: Any, name: str, columns: tuple[str, ...], types: tuple[Any, ...], rows: list[tuple[Any, ...]]) -> None:
    arrays = {column: pa.array([row[n] for row in rows], kind) for n, (column, kind) in enumerate(zip(columns, types, strict=True))}
    connection.register(name, pa.table(arrays))
