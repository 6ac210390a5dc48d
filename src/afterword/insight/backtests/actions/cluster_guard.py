"""The guard on a cluster: what `guard` asks on one machine, round by round, as selections, for nothing is updated there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis

from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.types import Journey
from afterword.loop.messages import door as messages
from afterword.loop.messages.types import INTENT

from .spark import TYPES, settled, stamp

KEPT = tuple(name for name in INTENT if name != "moment")
TEXT = "lower(concat_ws('-', substr(h, 1, 8), substr(h, 9, 4), substr(h, 13, 4), substr(h, 17, 4), substr(h, 21)))"
# The ids are those that the messages have where they are really sent.
MEANT = f"""
select unhex(md5(concat({{journey}}, ':', {TEXT}, ':', p.step))) as id, p.run, p.step, p.customer_id, p.order_id,
       coalesce(p.store, 'main') as store, s.message, s.channel, s.category, cast(s.priority as bigint) as priority,
       p.left_at as planned_at, timestamp_micros(unix_micros(p.left_at) + s.useful_for * 1000000) as useful_until,
       'planned' as state, '' as reason, cast(null as timestamp) as went_at, e.ended_at,
       case when s.category = 'marketing'
            then timestamp_seconds(ceil(unix_micros(p.left_at) / 300000000) * 300) else p.left_at end as ask_at
from (select *, hex(run) as h from pass where outcome = 'done') p join send s on s.step = p.step
left join (select run, min(left_at) as ended_at from pass where outcome = 'exited' group by run) e on e.run = p.run
"""
WENT = """
select customer_id, occurred_at as went_at from event_message_sent
where coalesce(category, '') <> 'transactional' and coalesce(journey, '') <> {journey}
"""
JUDGING = f"""
select {", ".join(f"i.{name}" for name in KEPT)}, i.ask_at as moment from intent i
join (select customer_id, date_trunc('day', min(ask_at)) + interval 1 day as edge from intent where ask_at <= {{until}} group by 1) f
on f.customer_id = i.customer_id where i.ask_at < f.edge and i.ask_at <= {{until}}
"""
WAYS = """
select j.id, w.channel, w.rank from judging j
left join (select distinct store, message from message_way where message <> '') c on c.store = j.store and c.message = j.message
join message_way w on w.store = j.store and w.message = coalesce(c.message, '')
where j.channel = 'auto'
union all
select id, way as channel, cast(place + 1 as bigint) as rank from judging
lateral view posexplode(split(channel, ',')) each as place, way where contains(channel, ',')
"""
# A hold moves its message on, an exit that comes meanwhile asks about it again at that moment.
TOLD = """
select i.id, i.run, i.step, i.customer_id, i.order_id, i.store, i.message, i.channel, i.category, i.priority, i.planned_at,
       i.useful_until, coalesce(s.outcome, i.state) as state, coalesce(s.reason, i.reason) as reason,
       case when s.outcome = 'go' then s.moment else i.went_at end as went_at, i.ended_at,
       case when s.id is null then i.ask_at
            when s.outcome = 'hold' then least(s.until, case when i.ended_at > s.moment then i.ended_at end) end as ask_at
from intent i left join said s on s.id = i.id
"""
MORE = """
select * from went union all
select i.customer_id, i.went_at from intent i join said s on s.id = i.id where s.outcome = 'go' and i.category <> 'transactional'
"""


@dataclass(frozen=True)
class SparkGuard:
    """The guard over the messages of the journey whose visits lie in the view `pass`; they lie in the view `intent` afterwards."""

    session: Any
    journey: Journey
    progress: Callable[[str, int], None] | None = None

    def judge(self, until: datetime) -> None:
        """Ask of every message that falls due by `until`."""
        _ = ibis.pyspark  # makes its compiler's options known
        verdicts = messages.verdict_text("pyspark")
        key = "'" + self.journey.key.replace("'", "\\'") + "'"
        self._lay_sends(journeys.sends(self.journey))
        self._show("intent", MEANT.format(journey=key))
        self._show("went", WENT.format(journey=key))
        while asked := self._round(verdicts, until):
            if self.progress:
                self.progress("guard", asked)

    def _lay_sends(self, sends: Sequence[dict[str, Any]]) -> None:
        names = ("step", "message", "channel", "category", "priority", "useful_for")
        rows = [tuple(one[name] for name in names) for one in sends]
        schema = ", ".join(f"{name} {'bigint' if name in names[4:] else 'string'}" for name in names)
        self.session.createDataFrame(rows, schema).createOrReplaceTempView("send")

    def _round(self, verdicts: str, until: datetime) -> int:
        """Everybody's earliest day that is still open; how many messages were asked about."""
        self._show("judging", f"select {self._typed()} from ({JUDGING.format(until=stamp(until))})")
        asked = int(self.session.table("judging").count())
        if not asked:
            return 0
        self._show("judging_way", WAYS)
        self._show("said", verdicts)
        self._show("intent", TOLD)
        self._show("went", MORE)
        return asked

    def _typed(self) -> str:
        return ", ".join(f"cast({name} as {TYPES[kind]}) as {name}" for name, kind in INTENT.items())

    def _show(self, view: str, text: str) -> None:
        """Compute a view now, and keep it where it is."""
        settled(self.session.sql(text)).createOrReplaceTempView(view)
