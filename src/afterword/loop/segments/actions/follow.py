"""Keeping membership exact while things happen and time goes by, without asking everybody again.

Asked are those of whom something became known that a condition reads, each at the instant at which it did, and those whose
answer may have turned by time alone, at the instant at which it may have. So a membership begins and ends at the same
instants however often this is called.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import psycopg
from django.db import DataError, ProgrammingError, transaction

from afterword.kit import sql
from afterword.loop.customers.door import TOLD_OF

from ..types import TooHeavy
from . import changes
from .fill import patience

log = logging.getLogger("afterword.segments")

LOCK = "segments"
MOST_EVENTS = 50_000
MANY = 2_000
PATIENCE = 60.0
UNASKABLE = (TooHeavy, DataError, ProgrammingError, psycopg.DataError, psycopg.ProgrammingError)
FOLLOWED = """
select s.id, s.key, s.asked_until, r.some, array(select jsonb_array_elements_text(r.reads)) as reads
from segment s join segment_revision r on r.id = s.live_id where s.is_on and s.fault = '' and s.asked_until < %(until)s order by s.id
"""
EDGE = "select known_at from event where known_at > %s and known_at <= %s order by known_at offset %s limit 1"
# Uses event_known and segment_due. What is told of somebody who goes on as another is the other's as well.
ASK = """
insert into segment_ask (segment_id, customer_id, moment)
with told as materialized (
    select customer_id, known_at, name from event
    where known_at > %(since)s and known_at <= %(until)s and name = any(%(names)s) and customer_id is not null
), touched as (
    select customer_id, known_at, name from told
    union all
    select s.survivor_id, t.known_at, t.name from told t join identity_survivor s on s.customer_id = t.customer_id
    union all
    select loser, known_at, 'customer.merged' from event_customer_merged where known_at > %(since)s and known_at <= %(until)s
), listens as (
    select s.id, s.asked_until, n.name from segment s join segment_revision r on r.id = s.live_id
    cross join lateral (select jsonb_array_elements_text(r.reads) union select unnest(%(people)s::text[])) as n (name)
    where s.id = any(%(segments)s)
)
select l.id, t.customer_id, t.known_at from touched t join listens l on l.name = t.name where t.known_at > l.asked_until
union
select segment_id, customer_id, due_at from segment_look_again where due_at <= %(until)s and segment_id = any(%(segments)s)
"""
ANSWER = """
insert into segment_answer (segment_id, customer_id, moment, inside, again)
with segment_asked as (select customer_id, moment from segment_ask where segment_id = %(segment)s)
select %(segment)s, a.customer_id, a.moment, coalesce(r.inside, false), r.again
from segment_asked a left join ({some}) r on r.customer_id = a.customer_id and r.moment = a.moment
"""
# Whoever may turn once more before the end is asked at that instant too.
ONCE_MORE = """
with asked as (delete from segment_ask returning segment_id, customer_id, moment)
insert into segment_ask (segment_id, customer_id, moment)
select distinct x.segment_id, x.customer_id, x.again from segment_answer x
join asked a on a.segment_id = x.segment_id and a.customer_id = x.customer_id and a.moment = x.moment
where x.again <= %(until)s and not exists (
    select 1 from segment_answer y where y.segment_id = x.segment_id and y.customer_id = x.customer_id and y.moment = x.again)
"""
REACHED = "update segment set asked_until = %(until)s where id = any(%(segments)s)"
SET_ASIDE = "update segment set fault = %s where id = %s"


def follow(until: datetime) -> int:
    """Bring every segment to `until`, which must be sealed; how many came or left. Many events make several passes."""
    changed = 0
    while True:
        made, reached = _pass(until)
        changed += made
        if reached:
            return changed


def _pass(until: datetime) -> tuple[int, bool]:
    with transaction.atomic():
        segments = sql.records(FOLLOWED, {"until": until})
        if not segments:
            return 0, True
        sql.run("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
        segments = sql.records(FOLLOWED, {"until": until})
        since = min((s["asked_until"] for s in segments), default=until)
        horizon: datetime = sql.value(EDGE, [since, until, MOST_EVENTS]) or until
        about = {
            "since": since, "until": horizon, "segments": [s["id"] for s in segments], "people": list(TOLD_OF),
            "names": sorted({*TOLD_OF, *(name for s in segments for name in s["reads"])}),
        }  # fmt: skip
        changes.clear()
        asked = sql.run(ASK, about)
        if asked:
            _answer(segments, about, asked)
        made = changes.keep(tell=horizon) if asked else 0
        sql.run(REACHED, about)
    return made, horizon >= until


def _answer(segments: list[dict[str, Any]], about: dict[str, Any], asked: int) -> None:
    """Ask until nobody can turn any more within the pass. A condition that cannot be asked is set aside, and stops no other."""
    while asked:
        if asked > MANY:
            sql.run("analyze segment_ask")
        waiting = {row[0]: row[1] for row in sql.rows("select segment_id, count(*) from segment_ask group by 1")}
        for segment in segments:
            if segment["id"] in waiting:
                _ask_one(segment, waiting[segment["id"]])
        asked = sql.run(ONCE_MORE, about)


def _ask_one(segment: dict[str, Any], asked: int) -> None:
    text = ANSWER.format(some=segment["some"])
    try:
        with patience(PATIENCE):
            (sql.run if asked > MANY else sql.few)(text, {"segment": segment["id"]})
    except UNASKABLE as fault:
        _set_aside(segment, str(fault).split("\n")[0])


def _set_aside(segment: dict[str, Any], fault: str) -> None:
    log.error("segment %s is not followed any more: %s", segment["key"], fault)
    sql.run(SET_ASIDE, [fault, segment["id"]])
    for table in ("segment_ask", "segment_answer"):
        sql.run(f"delete from {table} where segment_id = %s", [segment["id"]])
