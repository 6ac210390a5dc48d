"""Who would be let in if a draft were published so that also those enter who did what it waits for since some day.

The same statements as in a backtest, to the last sealed moment, and nothing is assumed: what this journey would have sent has not
gone. What it means to send by now is asked of the guard at that moment, as it would be by the worker right after publishing.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from afterword.kit import sql
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.types import Journey
from afterword.loop.messages import door as messages

from ..types import LetIn
from .ask import Past, Progress
from .guard import judge_round, lay_intents
from .replay import LAID, Replay

# Who entered before cannot enter again where a journey is entered once.
EARLIER = "select distinct run from visit where journey = %s and step = 'trigger' and left_at <= %s"
WENT = """
create or replace table went as
select customer_id, occurred_at as went_at from event_message_sent where coalesce(category, '') <> 'transactional'
"""
COUNT = """
select (select count(*) from pass where step = 'trigger' and outcome = 'entered'),
       (select count(distinct customer_id) from pass where step = 'trigger' and outcome = 'entered'),
       (select count(*) from intent where state = 'go'),
       (select count(distinct customer_id) from intent where state = 'go'),
       (select count(*) from intent where state = 'hold')
"""


def foresee_entering(text: str, *, since: datetime, until: datetime, folder: Path | None = None, progress: Progress | None = None) -> LetIn:
    """How many would enter, and how many of them would be sent something at once.

    Args:
        text: the draft.
        since: from when on who did what it waits for is let in; never back to where a former version let people in.
        until: the last sealed moment.
    """
    journey = journeys.understood(text)
    begin = journeys.enters_from(journey.key, until, since)
    with Past.of(folder, begin, until, True, progress) as past:
        past.strike(journey)
        run = past.connection.execute
        replay = Replay(past.connection, journey.key, journeys.statements(journey, "duckdb"), journey.subject == "customer")
        replay.progress = progress
        replay.lay()
        _keep_out(past.connection, journey, begin)
        replay.run(begin, until, stored=True)
        lay_intents(past.connection, journey)
        run(WENT)
        run("update intent set ask_at = $until", {"until": until})
        if progress:
            progress("guard", 0)
        judge_round(past.connection, messages.verdict_text("duckdb"), until)
        return LetIn(begin, until, *run(COUNT).fetchone())


def _keep_out(connection: Any, journey: Journey, since: datetime) -> None:
    """Those who have entered before, where that counts."""
    if journey.trigger.reentry.rule not in ("once", "once_per_customer"):
        return
    runs = [str(run) for (run,) in sql.rows(EARLIER, [journey.key, since])]
    given = {
        "run": pa.array(runs, pa.string()), "leg": pa.array([0] * len(runs), pa.int32()), "step": pa.array(["trigger"] * len(runs)),
        "entered_at": pa.array([since] * len(runs), pa.timestamp("us", "UTC")), "by_event": pa.array([False] * len(runs), pa.bool_()),
        "is_open": pa.array([False] * len(runs), pa.bool_()),
    }  # fmt: skip
    connection.register("given", pa.table(given))
    connection.execute(LAID, {"journey": journey.key, "about": journey.subject, "since": since})
    connection.unregister("given")
