"""What customers would have done about messages that never went: made up by dice, at a rate that is measured, stated or plainly a guess.

A later step may hang on a reaction. Where the very same message went out live (same run, same step, no earlier than it is
meant here), its reactions stand as they happened. Where it did not, they are drawn: each as some customer really reacted to
such a message once, after as long and with the same answer. And what this journey's own messages led to, where it would
not have sent them here, is left out. Lots are drawn from the message's own id, so the same question has the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from afterword.kernel.shapes import readable, view_name
from afterword.loop.conditions.types import COMMON, Agg, walk
from afterword.loop.events import door as events
from afterword.loop.journeys.types import Journey
from afterword.loop.messages import door as messages

from ..types import Assumption, BadAssumption, Stated

DAY = 86_400
WORDS = ("message.sent", "message.dropped")
# The share of messages that bring a reaction about, and after how many seconds half of those have: where there is no history.
GUESSES: Mapping[str, tuple[float, int]] = {
    "message.delivered": (0.98, 60), "message.opened": (0.45, 4 * 3600), "message.read": (0.6, 4 * 3600),
    "message.clicked": (0.08, 5 * 3600), "message.replied": (0.01, 12 * 3600),
    "survey.answered": (0.12, DAY), "review.submitted": (0.05, 2 * DAY),
}  # fmt: skip
SPREAD = (0.1, 0.3, 0.6, 1.0, 1.6, 3.0, 6.0)
ANSWERS = {"csat": (5, 5, 5, 5, 5, 4, 4, 3, 2, 1), "nps": (10, 10, 9, 9, 9, 8, 8, 7, 5, 3), "review": (5, 5, 5, 5, 4, 4, 4, 3, 2, 1)}
ENOUGH = 30  # messages that went, from which a rate is called measured
MOST_DONORS = 2000
NEVER_TOLD = ("id", "run", "step", "journey", "message", "category", "channel", "by_machine", "campaign", *COMMON)
DONORS = """
create or replace table {name} as
select (row_number() over (order by md5(id::varchar)) - 1)::bigint as n, * exclude (id) from (
    select r.id, greatest(1, epoch(r.occurred_at - s.occurred_at)::bigint) as delay {own}
    from {view} r join event_message_sent s on s.message_id = r.message_id
    where s.message = $message and r.known_at <= $until and s.known_at <= $until and r.occurred_at > s.occurred_at {people}
    qualify row_number() over (partition by r.message_id order by r.occurred_at, r.id) = 1
) order by 1 limit {most}
"""
RATE = """
select count(*), count(*) filter (where answered) from (
    select s.message_id in (select message_id from {view} r where r.known_at <= $until {people}) as answered
    from event_message_sent s where s.message = $message and s.known_at <= $until - interval 7 day)
"""
LIVED = """
create or replace table lived as
select i.id from intent i join send s using (step) semi join (
    select run, step, known_at from event_message_sent_told where journey = $journey
    union all select run, step, known_at from event_message_dropped_told where journey = $journey
    union all select run, step, known_at from event_message_failed_told where journey = $journey
) w on w.run = i.run and w.step in (i.step, s.also) and w.known_at >= i.planned_at
"""
LEFT_OUT = """
create or replace table left_out as
select distinct message_id as id from (
    select message_id from event_message_sent_told where journey = $journey
    union all select message_id from event_message_dropped_told where journey = $journey
    union all select message_id from event_message_failed_told where journey = $journey
) where message_id is not null and message_id not in (select id from lived)
"""
SEEN = """
create or replace view {view} as select * from {view}_told where message_id is null or message_id not in (select id from left_out)
union all by name select * from {view}_assumed
"""
# One lot a message decides whether somebody reacts, so whoever answers has also opened; another one, after whose example.
MADE = """
insert into {view}_assumed by name
select md5(i.id::varchar || $event)::uuid as id, i.at + to_microseconds(1000) as known_at, i.at as occurred_at, i.store, i.customer_id,
       i.order_id, i.shipment_id, i.id as message_id, i.dice, i.customer_dice, false as imported {told}
from (
    select i.*, p.shipment_id, p.dice, p.customer_dice, {at} as at {donated}
    from intent i join pass p on p.run = i.run and p.step = i.step and p.outcome = 'done'
    {donors}
    where i.step = $step and i.state = '{state}' and i.id not in (select id from lived) {lot}
) i where i.at <= $until
"""
LOT = "(md5_number_lower('{salt}' || i.id::varchar) % 1000000007)::double / 1000000007"
SIGNED = "select count(*), coalesce(bit_xor(md5_number_lower(message_id::varchar || known_at::varchar)), 0) from {view}_assumed"


@dataclass
class Assumptions:
    """The made-up part of a world, on one DuckDB connection whose journey stands in `pass` and `intent`."""

    connection: Any
    journey: Journey
    until: datetime
    stated: Mapping[str, Stated] = field(default_factory=dict)
    each: list[Assumption] = field(default_factory=list, init=False)
    swapped: tuple[str, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        """Find out which reactions matter, and measure how often each follows."""
        read = reactions_read(self.journey)
        for step, key in senders(self.journey).items():
            for event in ("message.sent", "message.dropped", *GUESSES):
                if event in read and may_follow(event, key):
                    self.each.append(self._measured(len(self.each), step, key, event))
        known = {f"{one.step}:{one.event}" for one in self.each}
        for name in self.stated:
            if name not in known:
                raise BadAssumption(given=name, expected="one of " + (", ".join(sorted(known)) or "none: no step hangs on a reaction"))
        if self.each:
            self._swap(tuple(dict.fromkeys([*WORDS, "message.failed", *(one.event for one in self.each)])))

    def _measured(self, n: int, step: str, message: str, event: str) -> Assumption:
        if event in WORDS:
            return Assumption(step, message, event, 1.0, 0, 0, "certain")
        run, view = self.connection.execute, view_name(event)
        own = "".join(f', r."{p.name}"' for p in readable(events.vocabulary.definition(event)) if p.name not in NEVER_TOLD)
        people = "and coalesce(r.by_machine, false) = false" if event in ("message.opened", "message.clicked") else ""
        about = {"message": message, "until": self.until}
        run(DONORS.format(name=f"donor_{n}", own=own, view=view, people=people, most=MOST_DONORS), about)
        sent, hits = run(RATE.format(view=view, people=people), about).fetchone()
        rate, delay = GUESSES[event]
        source: Any = "default"
        if sent >= ENOUGH:
            rate, source = hits / sent, "measured"
        if run(f"select count(*) from donor_{n}").fetchone()[0]:
            delay = int(run(f"select median(delay) from donor_{n}").fetchone()[0])
        else:
            self._guessed(n, message, event, delay)
        if told := self.stated.get(f"{step}:{event}"):
            if told.delay is not None and told.delay != delay:
                run(f"update donor_{n} set delay = greatest(1, (delay * ?)::bigint)", [told.delay / delay])
            rate, source, delay = told.rate, "stated", told.delay if told.delay is not None else delay
        return Assumption(step, message, event, rate, delay, sent, source)

    def _guessed(self, n: int, message: str, event: str, delay: int) -> None:
        """Nobody has ever reacted to such a message here: a plain guess of how people do."""
        shipped = messages.kind(message)
        kind = "review" if event == "review.submitted" else shipped.survey
        scores = ANSWERS[kind] if event in ("survey.answered", "review.submitted") and kind in ANSWERS else (0,)
        own = {
            "survey.answered": f", '{kind}' as survey, '{kind}' as kind, score::bigint as score",
            "review.submitted": ", score::bigint as rating",
        }
        self.connection.execute(
            f"create or replace table donor_{n} as select (row_number() over () - 1)::bigint as n, greatest(1, (d * ?)::bigint) as delay"
            f"{own.get(event, '')} from (select unnest({list(SPREAD)}) as d), (select unnest({list(scores)}) as score)",
            [delay],
        )

    def _swap(self, names: tuple[str, ...]) -> None:
        """Lay views over the typed events in which what is left out is missing and what is made up stands beside what was told."""
        run, self.swapped = self.connection.execute, names
        run("create or replace table left_out (id uuid)")
        for view in map(view_name, names):
            run(f"alter table {view} rename to {view}_told")
            run(f"create or replace table {view}_assumed as select * from {view}_told where false")
            run(SEEN.format(view=view))

    def undo(self) -> None:
        """The world as it was told."""
        for view in map(view_name, self.swapped):
            self.connection.execute(f"drop view {view}")
            self.connection.execute(f"alter table {view}_told rename to {view}")
            self.connection.execute(f"drop table {view}_assumed")
        self.swapped = ()

    def make(self) -> bool:
        """Make up reactions to what went just now; whether the world is another one by that, so that the journey must be asked again."""
        if not self.each:
            return False
        run, before = self.connection.execute, self._signature()
        for text in (LIVED, LEFT_OUT):
            run(text, {"journey": self.journey.key})
        for view in map(view_name, self.swapped):
            run(f"delete from {view}_assumed")
        self.each = [self._made(n, one) for n, one in enumerate(self.each)]
        return self._signature() != before

    def _made(self, n: int, one: Assumption) -> Assumption:
        run = self.connection.execute
        about: dict[str, Any] = {"event": one.event, "step": one.step, "until": self.until}
        dropped = one.event == "message.dropped"
        parts = {"view": view_name(one.event), "state": "drop" if dropped else "go", "donated": "", "donors": "", "lot": ""}
        parts["at"] = "i.fell_at" if dropped else "i.went_at"
        columns = {p.name for p in readable(events.vocabulary.definition(one.event))}
        given = {"journey": f"'{self.journey.key}'", "run": "i.run", "step": "i.step", "message": "i.message", "category": "i.category",
                 "channel": "i.channel", "by_machine": "false", "reason": "i.reason" if dropped else "null"}  # fmt: skip
        told = {name: value for name, value in given.items() if name in columns}
        if one.source != "certain":
            count = run(f"select count(*) from donor_{n}").fetchone()[0]
            parts["at"] = "i.went_at + to_seconds(d.delay)"
            parts["donors"] = f"join donor_{n} d on d.n = md5_number_lower('who' || i.id::varchar) % {count}"
            parts["lot"] = f"and {LOT.format(salt='whether')} < {one.rate!r}"
            names = [row[0] for row in run(f"describe donor_{n}").fetchall() if row[0] not in ("n", "delay", *told)]
            parts["donated"] = "".join(f', d."{name}" as given_{name}' for name in names)
            told |= {name: f"i.given_{name}" for name in names}
        parts["told"] = "".join(f', {value} as "{name}"' for name, value in told.items())
        made = run(MADE.format(**parts), about).fetchone()[0]
        lived = run("select count(*) from intent where step = ? and id in (select id from lived)", [one.step]).fetchone()[0]
        return replace(one, made=int(made), lived=int(lived))

    def _signature(self) -> tuple[Any, ...]:
        run = self.connection.execute
        left_out = run("select count(*), coalesce(bit_xor(md5_number_lower(id::varchar)), 0) from left_out").fetchone()
        return left_out, *(run(SIGNED.format(view=view_name(name))).fetchone() for name in self.swapped)


def reactions_read(journey: Journey) -> set[str]:
    """The names of the events that its steps hear of or ask about, once somebody has entered."""
    read = set(journey.wakes())
    for step in journey.steps.values():
        for node in step.asks.values():
            read |= {part.event for part in walk(node) if isinstance(part, Agg)}
    return read


def senders(journey: Journey) -> dict[str, str]:
    """Sending step → message."""
    return {key: step.message for key, step in journey.steps.items() if step.intent == "message"}  # type: ignore[attr-defined]


def may_follow(event: str, message: str) -> bool:
    """Whether a message can bring such an event about: an answer follows a question."""
    shipped = messages.kind(message)
    return bool(shipped.survey) if event == "survey.answered" else shipped.review if event == "review.submitted" else True
