"""Ask the guard of every message of a backtest, as it would have been asked: for each person day by day, so that what went counts.

People do not touch each other's verdicts, so each round takes everybody's earliest day that is still open.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.types import Journey
from afterword.loop.messages import door as messages
from afterword.loop.messages.types import INTENT, JUDGING_WAY

TYPES = {"string": "varchar", "int64": "bigint", "timestamp('UTC')": "timestamptz"}
# What may go one way or another: `auto` by the message's own ways or all those of its store, a list by those that it names.
LAY_WAYS = """
create or replace table judging_way as
select j.id, w.channel, w.rank from judging j
left join (select distinct store, message from message_way where message <> '') c on c.store = j.store and c.message = j.message
join message_way w on w.store = j.store and w.message = coalesce(c.message, '')
where j.channel = 'auto'
union all
select id, unnest(string_split(channel, ',')), unnest(range(1, len(string_split(channel, ',')) + 1)) from judging
where contains(channel, ',')
"""
MAKE_WAYS = f"create or replace table judging_way ({', '.join(f'{n} {TYPES.get(k, k)}' for n, k in JUDGING_WAY.items())})"


def judge_all(connection: Any, until: datetime, progress: Callable[[str, int], None] | None = None) -> None:
    """Judge every row of `intent` that falls due by `until`, round by round."""
    verdicts = messages.verdict_text("duckdb")
    while asked := judge_round(connection, verdicts, until):
        if progress:
            progress("guard", asked)


def let_all_go(connection: Any) -> None:
    """What there is without a guard: each message goes when it is meant to."""
    connection.execute("update intent set state = 'go', went_at = planned_at")


@dataclass(frozen=True)
class Keys:
    """What steps are called elsewhere, by their keys: `lots` under which key a message's lots are drawn, `also` under which it may
    really have gone."""

    lots: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)


OWN = Keys()


def lay_intents(connection: Any, journey: Journey, keys: Keys = OWN) -> None:
    """The table `intent`: what the journey that stands in `pass` means to send; and `went`: what others sent, as it really went."""
    sends = json.dumps([
        {**one, "lot": keys.lots.get(one["step"], one["step"]), "also": keys.also.get(one["step"], one["step"])}
        for one in journeys.sends(journey)
    ])  # fmt: skip
    connection.execute(
        "create or replace table send as select unnest(from_json(?, "
        '\'[{"step":"varchar","message":"varchar","channel":"varchar","category":"varchar","priority":"bigint","useful_for":"bigint",'
        '"lot":"varchar","also":"varchar"}]\'), '
        "recursive := true)",
        [sends],
    )
    connection.execute(
        "create or replace table intent as select md5(? || ':' || p.run::varchar || ':' || s.lot)::uuid as id, p.run, p.step, "
        "p.customer_id, "
        "p.order_id, coalesce(p.store, 'main') as store, s.message, s.channel, s.category, s.priority, p.left_at as planned_at, "
        "p.left_at + to_seconds(s.useful_for) as useful_until, 'planned' as state, '' as reason, null::timestamptz as went_at, "
        "null::timestamptz as fell_at, e.ended_at, "
        "case when s.category = 'marketing' then to_timestamp(ceil(epoch(p.left_at) / 300) * 300) else p.left_at end as ask_at "
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


def judge_round(connection: Any, verdicts: str, until: datetime) -> int:
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
    connection.execute(LAY_WAYS)
    connection.execute(f"create or replace table said as {verdicts}")
    connection.execute(
        "update intent set state = s.outcome, reason = s.reason, "
        # An exit that comes while a message is held asks about it again at that moment.
        "ask_at = case when s.outcome = 'hold' then least(s.until, case when ended_at > s.moment then ended_at end) end, "
        "went_at = case when s.outcome = 'go' then s.moment end, "
        "fell_at = case when s.outcome = 'drop' then s.moment end from said s where intent.id = s.id"
    )
    connection.execute(
        "insert into went select i.customer_id, i.went_at from intent i join said s using (id) "
        "where s.outcome = 'go' and i.category <> 'transactional'"
    )
    return int(asked)
