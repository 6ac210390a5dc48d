"""Ask for a backtest, answer it in a process of its own, stop it. What a page shows meanwhile is one row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from afterword.kernel.errors import AfterwordError
from afterword.kit import children, clock, sql
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.types import NoSuchVersion

from .. import queries
from ..types import Asked, NothingKnown, Stated, Stopped

ASK = """
insert into backtest_asked (journey, version, since, until, asked_by, asked_at, heard_at, steps, doing, against, stated)
values (%s, %s, %s, %s, %s, %s, %s, %s, 'starting', %s, %s::jsonb) returning id
"""
ASK_ENTERING = """
insert into backtest_asked (journey, since, until, asked_by, asked_at, heard_at, steps, doing, purpose, mark)
values (%s, %s, %s, %s, %s, %s, %s, 'starting', 'entering', %s) returning id
"""
HEAR = "update backtest_asked set doing = %s, steps_done = %s, heard_at = %s where id = %s and state = 'running'"
KEPT = "update backtest_asked set state = 'done', result = %s::jsonb, steps_done = steps, heard_at = %s where id = %s and state = 'running'"
FAILED = "update backtest_asked set state = 'failed', said = %s, heard_at = %s where id = %s and state = 'running'"


def ask_backtest(
    journey: str, *, since: datetime, by: str, until: datetime | None = None, version: str = "", against: str = "",
    stated: Mapping[str, Stated] | None = None,
) -> int:  # fmt: skip
    """Have a version of a journey asked of the past since then; the number to look after it by.

    Args:
        until: the end; everything that is known, if not given.
        version: `draft` or the number of a version; the live one (the draft where none is live), if not given.
        against: another one, to be held beside it; none, if empty.
        stated: what to assume of reactions, by `step:event`.
    """
    sealed = events.frontier()
    until = min(until, sealed) if until and sealed else sealed
    if until is None or until <= since:
        raise NothingKnown
    known = journeys.known(journey)
    number = version_of(known, version)
    if against:
        version_of(known, against)
    now, steps = clock.real_now(), len(known.drawing_of(known.version(number) if number else None).steps) + 2
    steps += steps if against else 0
    said = json.dumps({name: {"rate": one.rate, "delay": one.delay} for name, one in (stated or {}).items()})
    id = int(sql.value(ASK, [journey, number, since, until, by, now, now, steps, against, said]))
    children.start("answer-backtest", str(id))
    return id


def ask_entering(journey: str, *, since: datetime, by: str) -> Asked:
    """Have it counted who would be let in to the draft of those who did since then what it waits for; what was asked lately is taken."""
    known = journeys.known(journey)
    mark = journeys.digest(known.draft)
    until = events.frontier()
    if until is None or until <= since:
        raise NothingKnown
    found = queries.let_in(journey, mark, since)
    if found is not None and found.state in ("running", "done"):
        return found
    now, steps = clock.real_now(), len(known.drawing_of(None).steps) + 3
    id = int(sql.value(ASK_ENTERING, [journey, since, until, by, now, now, steps, mark]))
    children.start("answer-backtest", str(id))
    return queries.asked(id)


def version_of(known: journeys.Known, named: str) -> int | None:
    """The number of the version that is named (the live one by nothing); None for the draft. Raises NoSuchVersion."""
    if named == "draft":
        return None
    if not named:
        live = known.version()
        return live.number if live else None
    found = known.version(int(named)) if named.isdecimal() and len(named) < 6 else None
    if found is None:
        raise NoSuchVersion(number=named, name=known.name)
    return found.number


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
    from .ask import backtest, compare
    from .entering import foresee_entering

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
    if wanted.purpose == "entering":
        return foresee_entering(known.draft, since=wanted.since, until=wanted.until, progress=stepped).plain()
    text, pinned = document(known, wanted.version)
    stated = {name: Stated(**one) for name, one in wanted.stated.items()}
    if wanted.against:
        other = document(known, version_of(known, wanted.against))
        found = compare((text, pinned), other, since=wanted.since, until=wanted.until, progress=stepped, stated=stated)
    else:
        found = backtest(text, since=wanted.since, until=wanted.until, progress=stepped, pinned=pinned, stated=stated)
    return found.plain()


def document(known: journeys.Known, number: int | None) -> tuple[str, Mapping[str, str] | None]:
    """The text of a version with what segments meant in it; the draft where there is no number."""
    version = known.version(number) if number else None
    return (version.text, version.pinned) if version else (known.draft, None)
