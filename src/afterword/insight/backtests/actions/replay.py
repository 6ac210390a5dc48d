"""The other driver, as small as the live one: the same steps bound to DuckDB, one pass, the horizon at the end.

What somebody did to runs in between (a merge made their customer another; a version was paused, stopped, moved) falls
between two passes, as it does live; the law that passes may be cut anywhere makes that the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.types import MOVED, STOPPED, TAKEN_OUT, TRIGGER

TYPES = {"string": "varchar", "int32": "integer", "int64": "bigint", "timestamp('UTC')": "timestamptz"}
ALL = ", ".join(journeys.COLUMNS)
# Every run stands somewhere: where it waits, or where it ended. Who waits is looked at again in the next pass.
STAND = f"""
insert into standing (journey, {ALL})
select ?, {ALL} from pass where left_at is null or (outcome is not null and next_step is null)
"""
AGAIN = f"""
insert into pass ({ALL}) select {ALL.split(", left_at")[0]}, entered_at, null, step, by_event from standing where left_at is null
"""
MERGED = """
update standing s set customer_id = m.to_customer, customer_dice = m.to_dice,
    free_at = case when s.left_at is null then m.known_at end,
    subject_id = case when $about_customers then m.to_customer else s.subject_id end,
    dice = case when $about_customers then m.to_dice else s.dice end
from (
    select g.known_at, s.run, case when coalesce(g.undone, false) then g.loser else g.customer_id end as to_customer,
           case when coalesce(g.undone, false) then e.customer_dice else g.customer_dice end as to_dice
    from event_customer_merged g
    join standing s on s.customer_id = case when coalesce(g.undone, false) then g.customer_id else g.loser end
    left join event_any e on e.id = s.run
    where g.known_at = $at and (not coalesce(g.undone, false) or e.customer_id = g.loser)
) m where s.run = m.run
"""
END = f"""
insert into over ({ALL})
select {ALL.replace("left_at, outcome", "$at, $outcome")} from standing s where left_at is null and {{which}}
"""
ENDED = "update standing s set left_at = $at, outcome = $outcome, next_step = null where left_at is null and {which}"
ARRIVE = """
update standing s set left_at = null, outcome = null, free_at = a.moved_at, due_at = a.moved_at from arriving a
where a.moved_at = ? and s.run = a.run and s.leg = a.leg
"""
# Runs that are `given` by their event: where each stands, or that it is over.
LAID = f"""
insert into standing (journey, {ALL})
select $journey, e.id, g.leg, case $about when 'customer' then e.customer_id when 'shipment' then e.shipment_id else e.order_id end,
       e.order_id, e.shipment_id, e.customer_id, e.store, case when $about = 'customer' then e.customer_dice else e.dice end,
       e.customer_dice, g.step, g.entered_at, g.entered_at, null, g.by_event, false,
       case when not g.is_open then $since::timestamptz end, case when not g.is_open then 'over' end, null, false
from given g join event_any e on e.id = g.run::uuid
"""
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Hand:
    """What somebody did to the runs of this version: pause, resume, stop, move (of those who stand at `steps`), take_out (of `run`).

    Also on and off: from here on people enter, or nobody does; and arrive: the runs of `arriving` that were moved here at this instant.
    """

    kind: str
    at: datetime
    steps: tuple[str, ...] = ()
    run: UUID | None = None


@dataclass
class Replay:
    """One journey on one DuckDB connection on which the world's tables (typed events, histories, clocks) can be seen.

    Args:
        journey: the journey's key.
        statements: step → statement for DuckDB, in order, the trigger first.
        about_customers: whether the subject of a run is its customer.
        hands: what was done to its runs, in order.
        progress: told of each step and the rows it added.
    """

    connection: Any
    journey: str
    statements: Mapping[str, str]
    about_customers: bool = False
    hands: Sequence[Hand] = ()
    progress: Progress | None = None
    paused_at: datetime | None = None
    entering: bool = True

    def lay(self) -> None:
        """The tables of a replay, in which nobody stands anywhere yet."""
        self.connection.execute(f"create or replace table pass ({self._columns()})")
        self.connection.execute("create or replace table standing as select ''::varchar as journey, * from pass where false")

    def _columns(self) -> str:
        """Steps are written as the few words they are: a byte a visit instead of sixteen."""
        steps = f"enum ({', '.join(repr(step) for step in self.statements)})"
        kinds = {**{n: TYPES.get(k, k) for n, k in journeys.PASS.items()}, "step": steps, "next_step": steps}
        return ", ".join(f"{name} {kind}" for name, kind in kinds.items())

    def run(self, since: datetime, until: datetime, *, stored: bool = False) -> int:
        """Move every run that enters in `(since, until]` to the horizon; how many visits the table `pass` holds afterwards.

        Args:
            stored: who stood where at `since` lies in the table `standing` already; `pass` has what became of them too.
        """
        run = self.connection.execute
        if not stored:
            self.lay()
        cuts = sorted({*self._merges(since, until), *(h.at for h in self.hands if since < h.at <= until)})
        if not cuts and not stored:
            self._pass(since, until)
        else:
            self._in_parts(sorted({since, *cuts, until}))
        return int(run("select count(*) from pass").fetchone()[0])

    def _in_parts(self, edges: list[datetime]) -> None:
        """Pass by pass; what is over is put aside, hands are laid on the rest, and in the end all of it lies in `pass`."""
        run = self.connection.execute
        run(f"create or replace table over as select {ALL} from pass where false")
        for low, high in pairwise(edges):
            if self.paused_at is None:
                self._stretch(low, high)
            run(MERGED, {"at": high, "about_customers": self.about_customers})
            for hand in (h for h in self.hands if h.at == high):
                self._lay(hand)
        run("delete from pass")
        run(f"insert into pass ({ALL}) select {ALL} from over union all select {ALL} from standing where left_at is null")
        run("drop table over")

    def _stretch(self, low: datetime, high: datetime, *, enter: bool = True) -> None:
        """From one cut to the next: whoever waits is looked at again."""
        run, enter = self.connection.execute, enter and self.entering
        run("delete from pass")
        run(AGAIN)
        self._pass(low, high, enter=enter)
        run(f"insert into over ({ALL}) select {ALL} from pass where outcome is not null")
        run("delete from standing where left_at is null")
        run(STAND, [self.journey])

    def _lay(self, hand: Hand) -> None:
        match hand.kind:
            case "pause":
                self.paused_at = hand.at
            case "resume" if self.paused_at:
                self.connection.execute("update standing set free_at = ? where left_at is null", [hand.at])
                self._stretch(self.paused_at, hand.at, enter=False)
                self.paused_at = None
            case "on" | "off":
                self.entering = hand.kind == "on"
            case "arrive":
                self.connection.execute(ARRIVE, [hand.at])
            case "stop":
                self._end(hand, STOPPED, "true", {})
            case "move":
                self._end(hand, MOVED, "s.step in (select unnest($steps::varchar[]))", {"steps": list(hand.steps)})
            case "take_out":
                self._end(hand, TAKEN_OUT, "s.run = $run::uuid", {"run": str(hand.run)})

    def _end(self, hand: Hand, outcome: str, which: str, more: Mapping[str, Any]) -> None:
        about = {"at": hand.at, "outcome": outcome, **more}
        self.connection.execute(END.format(which=which), about)
        self.connection.execute(ENDED.format(which=which), about)

    def _merges(self, since: datetime, until: datetime) -> list[datetime]:
        """When customers became others in between."""
        found = self.connection.execute(
            "select distinct known_at from event_customer_merged where known_at > ? and known_at < ?", [since, until]
        ).fetchall()
        return [at for (at,) in found]

    def _pass(self, since: datetime, until: datetime, *, enter: bool = True) -> None:
        """One pass, from what already lies in `pass`."""
        run = self.connection.execute
        bind(self.connection, since, until)
        for step, text in self.statements.items():
            arrives = enter if step == TRIGGER else run("select 1 from pass where next_step = ? limit 1", [step]).fetchone()
            if not arrives:
                continue
            added = run(f"insert into pass ({ALL}) {text}").fetchone()[0]
            if self.progress:
                self.progress(step, added)


def bind(connection: Any, since: datetime, until: datetime) -> None:
    """Fix the two bounds of the pass."""
    for name, at in (("since", since), ("until", until)):
        connection.execute(f"create or replace macro {name}() as '{at.isoformat()}'::timestamptz")
