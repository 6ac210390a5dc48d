"""Ask for a backtest, answer it in a process of its own, stop it. What a page shows meanwhile is one row."""

from __future__ import annotations

import json
from datetime import datetime

from afterword.kernel.errors import AfterwordError
from afterword.kit import children, clock, sql
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys

from .. import queries
from ..types import Asked, NothingKnown, Stopped

ASK = """
insert into backtest_asked (journey, version, since, until, asked_by, asked_at, heard_at, steps, doing)
values (%s, %s, %s, %s, %s, %s, %s, %s, 'starting') returning id
"""
HEAR = "update backtest_asked set doing = %s, steps_done = %s, heard_at = %s where id = %s and state = 'running'"
KEPT = "update backtest_asked set state = 'done', result = %s::jsonb, steps_done = steps, heard_at = %s where id = %s and state = 'running'"
FAILED = "update backtest_asked set state = 'failed', said = %s, heard_at = %s where id = %s and state = 'running'"


def ask_backtest(journey: str, *, since: datetime, by: str) -> int:
    """Have a journey's live version, or its draft where none is live, asked of the past since then; the number to look after it by."""
    until = events.frontier()
    if until is None or until <= since:
        raise NothingKnown
    known = journeys.known(journey)
    version = known.version()
    now, steps = clock.real_now(), len(known.drawing_of(version).steps) + 2
    id = int(sql.value(ASK, [journey, version.number if version else None, since, until, by, now, now, steps]))
    children.start("answer-backtest", str(id))
    return id


def stop_backtest(id: int) -> None:
    """Let it go: its process ends at its next step."""
    sql.run("update backtest_asked set state = 'stopped', heard_at = %s where id = %s and state = 'running'", [clock.real_now(), id])


def answer(id: int) -> None:
    """Run a backtest that was asked for, telling how far it is; what goes wrong is kept for the page as well."""
    wanted = queries.asked(id)
    try:
        found = _asked_of_the_past(wanted)
        sql.run(KEPT, [json.dumps(found), clock.real_now(), id])
    except Stopped:
        return
    except AfterwordError as error:
        sql.run(FAILED, [str(error), clock.real_now(), id])
        raise
    except Exception as error:
        sql.run(FAILED, [f"{type(error).__name__}: {error}"[:500], clock.real_now(), id])
        raise


def _asked_of_the_past(wanted: Asked) -> dict[str, object]:
    from ...lake import door as lake
    from .ask import backtest

    done = 0

    def heard(doing: str) -> None:
        if sql.run(HEAR, [doing, min(done, wanted.steps - 1), clock.real_now(), wanted.id]) != 1:
            raise Stopped

    def stepped(step: str, count: int) -> None:
        nonlocal done
        done += step != "guard"
        heard("asking the guard, day by day" if step == "guard" else f"step “{step.replace('_', ' ')}”")

    heard("reading what is new")
    lake.export(progress=lambda name, count: heard(f"reading {name.replace('_', ' ').replace('.', ' ')}"))
    done = 1
    known = journeys.known(wanted.journey)
    version = known.version(wanted.version) if wanted.version else None
    text = version.text if version else known.draft
    return backtest(text, since=wanted.since, until=wanted.until, progress=stepped).plain()
