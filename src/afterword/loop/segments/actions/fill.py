"""Asking everybody at once: when a segment begins, when its condition changes, and to check what has been followed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
from django.db import OperationalError, transaction
from psycopg.errors import QueryCanceled

from afterword.kit import sql

from ..types import Counted, TooHeavy
from . import changes

FOUND = "create temp table segment_found on commit drop as {everybody}"
ANSWERED = """
insert into segment_answer (segment_id, customer_id, moment, inside, again)
select %(segment)s, coalesce(f.customer_id, m.customer_id), %(until)s, coalesce(f.inside, false), f.again
from segment_found f
full join (select customer_id from segment_membership where segment_id = %(segment)s and known_to = '9999-12-31 00:00+00') m
    on m.customer_id = f.customer_id
where f.inside or f.again is not null or m.customer_id is not null
"""
COUNTED = "select count(*) filter (where inside), count(*) from segment_found"
SOME = "select customer_id from segment_found where inside order by md5(customer_id::text) limit %s"
DIFFERING = """
select coalesce(f.customer_id, m.customer_id), coalesce(f.inside, false)
from (select customer_id, true as inside from segment_found where inside) f
full join (select customer_id from segment_membership where segment_id = %s and known_to = '9999-12-31 00:00+00') m
    on m.customer_id = f.customer_id
where f.customer_id is null or m.customer_id is null
"""
# Whoever came and left at one instant, because the condition was changed twice before anything happened, was never there.
NEVER = "delete from segment_membership where segment_id = %s and known_from = known_to"
PLENTY = 120.0


def fill(segment: int, everybody: str, until: datetime, *, tell: datetime | None = None) -> int:
    """Make the membership of a segment what its condition says at `until`; how many came or left. In a transaction.

    Raises TooHeavy.
    """
    changes.clear()
    with found(everybody, until, seconds=PLENTY):
        sql.run("delete from segment_look_again where segment_id = %s", [segment])
        sql.run(ANSWERED, {"segment": segment, "until": until})
        sql.run("analyze segment_answer")
    changed = changes.keep(tell=tell)
    sql.run(NEVER, [segment])
    return changed


def counted(everybody: str, until: datetime, *, seconds: float, most: int = 6) -> Counted:
    """How many fulfil a condition at a moment, and some of them. Raises TooHeavy where it would take longer than `seconds`."""
    with transaction.atomic(), found(everybody, until, seconds=seconds):
        with patience(seconds):
            inside, of = sql.one(COUNTED) or (0, 0)
            sample = tuple(row[0] for row in sql.rows(SOME, [most]))
        return Counted(inside, of, sample)


def differing(segment: int, everybody: str, until: datetime) -> list[tuple[object, bool]]:
    """Whoever is in the segment and should not be (false), or should be and is not (true)."""
    with transaction.atomic(), found(everybody, until, seconds=PLENTY):
        return [(row[0], bool(row[1])) for row in sql.rows(DIFFERING, [segment])]


@contextmanager
def found(everybody: str, until: datetime, *, seconds: float) -> Iterator[None]:
    """Inside, a table `segment_found` has everybody's answer. In a transaction. Raises TooHeavy."""
    with patience(seconds):
        sql.run(FOUND.format(everybody=everybody), {"until": until})
    yield
    sql.run("drop table segment_found")


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Inside, every statement may take so long and no longer. What was done in it is undone where one takes longer."""
    before = sql.value("select current_setting('statement_timeout')")
    try:
        with transaction.atomic():
            sql.run("select set_config('statement_timeout', %s, true)", [f"{int(seconds * 1000)}ms"])
            yield
            sql.run("select set_config('statement_timeout', %s, true)", [before])
    except (OperationalError, psycopg.OperationalError) as error:
        if isinstance(error, QueryCanceled) or isinstance(error.__cause__, QueryCanceled):
            raise TooHeavy(seconds=f"{seconds:g}") from error
        raise
