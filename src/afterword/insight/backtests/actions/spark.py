"""The third driver: the same steps on a Spark cluster, for histories that one machine does not hold.

A table of a pass is a temporary view over what has been computed so far; each step's rows are computed once and kept where
they are. Cuts (merges, and what was done to a version) are made as in `replay`, here as selections, for nothing is updated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from itertools import pairwise
from pathlib import Path
from typing import Any

import ibis

from afterword.kernel.shapes import Event, readable, view_name, wide_name
from afterword.loop.conditions.types import COMMON
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.types import MOVED, STOPPED, TAKEN_OUT, TRIGGER, Journey

from ...lake import door as lake
from .replay import Hand

TYPES = {
    "uuid": "binary", "string": "string", "int32": "int", "int64": "bigint", "float64": "double", "boolean": "boolean",
    "timestamp('UTC')": "timestamp",
}  # fmt: skip
ALL = ", ".join(journeys.COLUMNS)
OPEN = ALL.split(", left_at")[0]
FAR = "timestamp '9999-12-31 00:00:00'"
# Where a customer became another, the run goes on as theirs; where that was undone, as whose it began.
MERGED = f"""
select s.journey, {", ".join(f"s.{c}" for c in journeys.COLUMNS)},
       case when g.id is not null then case when coalesce(g.undone, false) then g.loser else g.customer_id end end as to_customer,
       case when g.id is not null then case when coalesce(g.undone, false) then e.customer_dice else g.customer_dice end end as to_dice
from standing s left join event_any e on e.id = s.run left join event_customer_merged g
on g.known_at = {{at}} and s.customer_id = case when coalesce(g.undone, false) then g.customer_id else g.loser end
and (not coalesce(g.undone, false) or e.customer_id = g.loser)
"""


def statements(journey: Journey) -> dict[str, str]:
    """The text of one pass of each step, in Spark's words."""
    _ = ibis.pyspark  # makes its compiler's options known
    return journeys.statements(journey, "pyspark")


@dataclass
class SparkReplay:
    """One journey on one Spark session in which the world's views can be seen. The visits lie in the view `pass` afterwards."""

    session: Any
    journey: str
    statements: Mapping[str, str]
    about_customers: bool = False
    hands: Sequence[Hand] = ()
    paused_at: datetime | None = field(default=None, init=False)

    def run(self, since: datetime, until: datetime) -> int:
        """Move every run that enters in `(since, until]` to the horizon; how many visits there are."""
        self._lay("pass")
        self._lay("standing", journey="string")
        cuts = sorted({*self._merges(since, until), *(h.at for h in self.hands if since < h.at <= until)})
        if cuts:
            self._in_parts(sorted({since, *cuts, until}))
        else:
            self._pass(since, until)
        return int(self.session.table("pass").count())

    def _in_parts(self, edges: list[datetime]) -> None:
        self._lay("over")
        for low, high in pairwise(edges):
            if self.paused_at is None:
                self._stretch(low, high)
            self._merge(high)
            for hand in (h for h in self.hands if h.at == high):
                self._lay_hand(hand)
        self._show("pass", f"select {ALL} from over union all select {ALL} from standing where left_at is null")

    def _stretch(self, low: datetime, high: datetime, *, enter: bool = True) -> None:
        self._show("pass", f"select {OPEN}, entered_at as left_at, cast(null as string) as outcome, step as next_step, "
                           "by_event as next_by_event from standing where left_at is null")  # fmt: skip
        self._pass(low, high, enter=enter)
        self._show("over", f"select {ALL} from over union all select {ALL} from pass where outcome is not null")
        self._show(
            "standing",
            f"select journey, {ALL} from standing where left_at is not null union all select '{self.journey}' as journey, {ALL} from pass "
            "where left_at is null or (outcome is not null and next_step is null)",
        )

    def _merge(self, at: datetime) -> None:
        """Runs of whoever became another go on as theirs."""
        where = f"where g.known_at = {stamp(at)}"
        if not self.session.sql(f"select 1 from event_customer_merged g {where} limit 1").count():
            return
        self._show("merging", MERGED.format(at=stamp(at)))
        changed = {
            "customer_id": "coalesce(to_customer, customer_id)", "customer_dice": "coalesce(to_dice, customer_dice)",
            "free_at": f"case when to_customer is not null and left_at is null then {stamp(at)} else free_at end",
        }  # fmt: skip
        if self.about_customers:
            changed |= {"subject_id": "coalesce(to_customer, subject_id)", "dice": "coalesce(to_dice, dice)"}
        columns = ", ".join(f"{changed[c]} as {c}" if c in changed else c for c in journeys.COLUMNS)
        self._show("standing", f"select journey, {columns} from merging")

    def _lay_hand(self, hand: Hand) -> None:
        match hand.kind:
            case "pause":
                self.paused_at = hand.at
            case "resume" if self.paused_at:
                free = ALL.replace("free_at", f"case when left_at is null then {stamp(hand.at)} else free_at end as free_at")
                self._show("standing", f"select journey, {free} from standing")
                self._stretch(self.paused_at, hand.at, enter=False)
                self.paused_at = None
            case "stop":
                self._end(hand.at, STOPPED, "true")
            case "move":
                self._end(hand.at, MOVED, f"step in ({', '.join(repr(step) for step in hand.steps)})")
            case "take_out":
                self._end(hand.at, TAKEN_OUT, f"run = {_bytes(hand.run)}")

    def _end(self, at: datetime, outcome: str, which: str) -> None:
        closed = f"{stamp(at)} as left_at, '{outcome}' as outcome, cast(null as string) as next_step"
        ended = ALL.replace("left_at, outcome, next_step", closed)
        mine = f"left_at is null and {which}"
        self._show("over", f"select {ALL} from over union all select {ended} from standing where {mine}")
        self._show(
            "standing",
            f"select journey, {ALL} from standing where not ({mine}) union all select journey, {ended} from standing where {mine}",
        )

    def _merges(self, since: datetime, until: datetime) -> list[datetime]:
        rows = self.session.sql(
            f"select distinct known_at from event_customer_merged where known_at > {stamp(since)} and known_at < {stamp(until)}"
        ).collect()
        return [row[0].replace(tzinfo=UTC) for row in rows]

    def _pass(self, since: datetime, until: datetime, *, enter: bool = True) -> None:
        bind(self.session, since, until)
        waiting = {row[0] for row in self.session.sql("select distinct next_step from pass").collect()} | ({TRIGGER} if enter else set())
        for step, text in self.statements.items():
            if step not in waiting:
                continue
            rows = settled(self.session.sql(f"select {ALL} from ({text})"))
            self.session.table("pass").unionByName(rows).createOrReplaceTempView("pass")
            waiting |= {row[0] for row in rows.select("next_step").distinct().collect()}

    def _show(self, view: str, text: str) -> None:
        """Compute a view now, and keep it where it is."""
        settled(self.session.sql(text)).createOrReplaceTempView(view)

    def _lay(self, view: str, **before: str) -> None:
        columns = {**before, **{name: TYPES.get(kind, kind) for name, kind in journeys.PASS.items()}}
        empty(self.session, view, columns)


def settled(rows: Any) -> Any:
    """The same rows, computed now and kept where they are, without a guess at their size.

    A checkpoint keeps the guess that was made before it. One that is joined with itself, round after round, squares it each time: after
    some thirty rounds the number alone fills the memory. Without it the cluster looks at what a shuffle really brings.
    """
    from pyspark.sql import DataFrame

    session, kept = rows.sparkSession, rows.localCheckpoint()._jdf
    return DataFrame(session._jsparkSession.internalCreateDataFrame(kept.queryExecution().toRdd(), kept.schema(), False), session)


def bind(session: Any, since: datetime, until: datetime) -> None:
    """Fix the two bounds of the pass."""
    for name, at in (("since", since), ("until", until)):
        session.sql(f"create or replace temporary function {name}() returns timestamp return {stamp(at)}")


def stamp(at: datetime) -> str:
    """An instant as Spark reads it; sessions are in UTC."""
    return f"timestamp '{at.astimezone(UTC).isoformat(sep=' ', timespec='microseconds').removesuffix('+00:00')}'"


def empty(session: Any, view: str, columns: Mapping[str, str]) -> None:
    """A view without rows."""
    session.createDataFrame([], ", ".join(f"`{name}` {kind}" for name, kind in columns.items())).createOrReplaceTempView(view)


def mount(session: Any, folder: Path, definitions: Iterable[type[Event]]) -> None:
    """Make the lake's tables visible in a Spark session; what has no file yet is an empty view."""
    definitions = list(definitions)
    for definition in definitions:
        view, types = view_name(definition.name), lake.event_types(definition)
        _read(session, view, types, sorted(str(f) for f in lake.files(folder, view)))
    for name, types in lake.SNAPSHOTS.items():
        path = folder / "now" / f"{name}.parquet"
        _read(session, name, types, [str(path)] if path.exists() else [])
    show_wide(session, definitions)


def show_wide(session: Any, definitions: Iterable[type[Event]]) -> None:
    """The views over all events: what is told, and what may be remembered."""
    parts = []
    for definition in definitions:
        own = [f"`{p.name}` as `{wide_name(definition.name, p.name)}`" for p in readable(definition)]
        columns = ", ".join([*(f"`{c}`" for c in COMMON), f"'{definition.name}' as name", *own])
        parts.append(session.sql(f"select {columns} from {view_name(definition.name)}"))
    reduce(lambda a, b: a.unionByName(b, allowMissingColumns=True), parts).createOrReplaceTempView("event_any")
    session.sql("select * from event_any").createOrReplaceTempView("event_lately")
    told = session.sql(f"select *, known_at as seen_from, {FAR} as forgotten_at from event_any")
    columns = ", ".join(f"p.{c}" if c in ("customer_id", "seen_from", "forgotten_at") else f"e.`{c}`" for c in told.columns)
    given = session.sql(f"select {columns} from event_past p join event_any e on e.id = p.id")
    told.unionByName(given).createOrReplaceTempView("event_recalled")


def _read(session: Any, view: str, types: Mapping[str, str], paths: list[str]) -> None:
    if not paths:
        empty(session, view, {name: TYPES[kind] for name, kind in types.items()})
        return
    frame = session.read.option("mergeSchema", "true").parquet(*paths)
    there = set(frame.columns)
    columns = ", ".join(f"cast({f'`{c}`' if c in there else 'null'} as {TYPES[t]}) as `{c}`" for c, t in types.items())
    frame.createOrReplaceTempView(f"{view}_files")
    session.sql(f"select {columns} from {view}_files").createOrReplaceTempView(view)


def _bytes(value: Any) -> str:
    return f"unhex('{value.hex}')"
