"""Run a backtest: the lake mounted on DuckDB, the journey's own statements, then the guard, as it would have been asked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from afterword.kit.engines import duck
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.types import Journey
from afterword.loop.messages import door as messages
from afterword.loop.messages.types import INTENT

from ...lake import door as lake
from ..types import Backtest, Stay
from .replay import Replay

Progress = Callable[[str, int], None]
TYPES = {"string": "varchar", "int64": "bigint", "timestamp('UTC')": "timestamptz"}
FLOW = "select step, outcome, next_step, count(*) from pass group by all order by step, 4 desc"


def backtest(
    text: str, *, since: datetime, until: datetime, guard: bool = True, folder: Path | None = None, progress: Progress | None = None,
    stays: list[Stay] | None = None,
) -> Backtest:  # fmt: skip
    """Ask a journey document of the past: whoever would have entered in `(since, until]`, and all that follows by `until`.

    Args:
        text: the YAML document; it need not be published.
        guard: also ask the guard of every message, with the other journeys' messages as they really went.
        stays: filled with every visit, if given.
    """
    journey = journeys.understood(text)
    folder = folder or lake.lake_folder()
    clocked: dict[str, float] = {}
    with duck(spill=folder / "spill") as connection:
        began = time.perf_counter()
        lake.mount(connection, folder, events.vocabulary)
        clocked["read"], began = time.perf_counter() - began, time.perf_counter()
        statements = journeys.statements(journey, "duckdb")
        clocked["compile"], began = time.perf_counter() - began, time.perf_counter()
        whole = journey.subject == "customer"
        Replay(connection, journey.key, statements, whole, progress=progress).run(since, until)
        clocked["journey"], began = time.perf_counter() - began, time.perf_counter()
        entered = connection.execute("select count(*) from pass where step = 'trigger'").fetchone()[0]
        found = Backtest(journey.key, since, until, entered, connection.execute(FLOW).fetchall(), seconds=clocked)
        if stays is not None:
            rows = connection.execute("select run, step, entered_at, left_at, outcome from pass").fetchall()
            stays.extend(Stay(*row) for row in rows)
        if guard:
            _guarded(connection, journey, since, until, found, progress)
            clocked["guard"] = time.perf_counter() - began
    return found


def _guarded(connection: Any, journey: Journey, since: datetime, until: datetime, found: Backtest, progress: Progress | None) -> None:
    """Judge every intent at its planned moment; for each person day by day, so that what went counts for what follows.

    People do not touch each other's verdicts, so each round takes everybody's earliest day that is still open.
    """
    _lay_intents(connection, journey)
    verdicts = messages.verdict_text("duckdb")
    while asked := _judge_round(connection, verdicts, until):
        if progress:
            progress("guard", asked)
    found.verdicts = connection.execute("select step, state, reason, count(*) from intent group by all order by step, 4 desc").fetchall()
    found.per_day = connection.execute("select went_at::date, count(*) from intent where state = 'go' group by 1 order by 1").fetchall()
    found.per_person = connection.execute(
        "select n, count(*) from (select count(*) as n from intent where state = 'go' group by customer_id) group by 1 order by 1"
    ).fetchall()


def _lay_intents(connection: Any, journey: Journey) -> None:
    sends = json.dumps(journeys.sends(journey))
    connection.execute(
        "create or replace table send as select unnest(from_json(?, "
        '\'[{"step":"varchar","message":"varchar","channel":"varchar","category":"varchar","priority":"bigint","useful_for":"bigint"}]\'), '
        "recursive := true)",
        [sends],
    )
    connection.execute(
        "create or replace table intent as select md5(? || ':' || p.run::varchar || ':' || p.step)::uuid as id, p.run, p.step, "
        "p.customer_id, "
        "p.order_id, coalesce(p.store, 'main') as store, s.message, s.channel, s.category, s.priority, p.left_at as planned_at, "
        "p.left_at + to_seconds(s.useful_for) as useful_until, 'planned' as state, '' as reason, null::timestamptz as went_at, "
        "e.ended_at, case when s.category = 'marketing' then to_timestamp(ceil(epoch(p.left_at) / 300) * 300) "
        "else p.left_at end as ask_at "
        "from pass p join send s using (step) "
        "left join (select run, min(left_at) as ended_at from pass where outcome = 'exited' group by run) e "
        "on e.run = p.run where p.outcome = 'done'",
        [journey.key],
    )
    connection.execute(f"create or replace table judging ({', '.join(f'{n} {TYPES.get(k, k)}' for n, k in INTENT.items())})")
    # What other journeys sent went as it went; this one's own messages are what is being asked.
    connection.execute(
        "create or replace table went as select customer_id, occurred_at as went_at from event_message_sent "
        "where coalesce(category, '') <> 'transactional' and coalesce(journey, '') <> ?",
        [journey.key],
    )


def _judge_round(connection: Any, verdicts: str, until: datetime) -> int:
    """One round; how many intents were asked about. A hold moves its intent on, so rounds end."""
    columns = ", ".join(c for c in INTENT if c != "moment")
    connection.execute("delete from judging")
    asked = connection.execute(
        f"insert into judging ({columns}, moment) select {columns}, ask_at from intent join "
        "(select customer_id, date_trunc('day', min(ask_at)) + interval 1 day as edge from intent where ask_at <= $1 group by 1) first "
        "using (customer_id) where ask_at < edge and ask_at <= $1",
        [until],
    ).fetchone()[0]
    if not asked:
        return 0
    connection.execute(f"create or replace table said as {verdicts}")
    connection.execute(
        "update intent set state = s.outcome, reason = s.reason, "
        # An exit that comes while a message is held asks about it again at that moment.
        "ask_at = case when s.outcome = 'hold' then least(s.until, case when ended_at > s.moment then ended_at end) end, "
        "went_at = case when s.outcome = 'go' then s.moment end from said s where intent.id = s.id"
    )
    connection.execute(
        "insert into went select i.customer_id, i.went_at from intent i join said s using (id) "
        "where s.outcome = 'go' and i.category <> 'transactional'"
    )
    return int(asked)
