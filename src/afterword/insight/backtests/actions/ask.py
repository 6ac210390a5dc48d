"""Run a backtest: the lake mounted on DuckDB, the journey's own statements, then the guard, as it would have been asked.

Where later steps hang on reactions to messages that never went, those are made up (`assume`) and the journey is asked again,
until the world stays the same: edges point forward, so that is at most once for each sending step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from afterword.kit.engines import duck
from afterword.loop.conditions.types import LOCAL_CLOCK
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.types import Journey

from ...lake import door as lake
from ..types import Backtest, Stated, Stay
from . import guard as guarding
from . import paths
from .assume import Assumptions
from .replay import Replay

EARLIER = timedelta(days=70)  # longer than any clock looks ahead
Progress = Callable[[str, int], None]
FLOW = "select step, outcome, next_step, count(*) from pass group by all order by step, 4 desc, outcome, next_step"
VERDICTS = "select step, state, reason, count(*) from intent group by all order by step, 4 desc, state, reason"
PER_DAY = "select cast(went_at as date), count(*) from intent where state = 'go' group by 1 order by 1"
PER_PERSON = """
select n, count(*) from (select count(*) as n from intent where state = 'go' group by customer_id) group by 1 order by 1
"""
STAYS = "select run, step, entered_at, left_at, outcome from pass"


def backtest(
    text: str, *, since: datetime, until: datetime, guard: bool = True, folder: Path | None = None, progress: Progress | None = None,
    stays: list[Stay] | None = None, pinned: Mapping[str, str] | None = None, stated: Mapping[str, Stated] | None = None,
) -> Backtest:  # fmt: skip
    """Ask a journey document of the past: whoever would have entered in `(since, until]`, and all that follows by `until`.

    Args:
        text: the YAML document; it need not be published.
        guard: also ask the guard of every message, with the other journeys' messages as they really went.
        stays: filled with every visit, if given.
        pinned: what segments meant when the document was published; what they mean now, if not given.
        stated: what to assume of reactions, by `step:event`, in place of what was measured.
    """
    with Past.of(folder, since, until, guard, progress) as world:
        found = world.asked(journeys.understood(text, pinned), stated or {})
        if stays is not None:
            stays.extend(Stay(*row) for row in world.connection.execute(STAYS).fetchall())
        paths.choose(world.connection)
        found.people = paths.people(world.connection, world.made_up, world.steps)
    return found


def compare(
    first: tuple[str, Mapping[str, str] | None], second: tuple[str, Mapping[str, str] | None], *, since: datetime, until: datetime,
    guard: bool = True, folder: Path | None = None, progress: Progress | None = None, stated: Mapping[str, Stated] | None = None,
) -> Backtest:  # fmt: skip
    """Ask two versions (text, and what segments meant in it) of the same past: the first, with the second `beside` it.

    The lots of assumed reactions are the same in both, so what differs is due to the versions. `beside` is the second as plain
    values with `differ`: how many runs went another way, and the paths of some of those people in both; and `renamed`: the keys of
    its steps that have but another key in the first, with that.
    """
    with Past.of(folder, since, until, guard, progress) as world:
        asked = [journeys.understood(*one) for one in (first, second)]
        renamed = journeys.renamed(*(journeys.drawn(journeys.loaded(text)) for text, _ in (first, second)))
        wanted = stated or {}
        mine = guarding.Keys(also={was: key for key, was in renamed.items()})
        found = world.asked(asked[0], _fitting(wanted, asked[0]), mine)
        paths.keep_paths(world.connection, 0)
        other = world.asked(asked[1], _fitting(wanted, asked[1], renamed), guarding.Keys(renamed, renamed))
        paths.keep_paths(world.connection, 1, renamed)
        differ: dict[str, Any] = dict(paths.differing(world.connection))
        paths.choose(world.connection, "differing")
        other.people = paths.people(world.connection, world.made_up, world.steps)
        world.asked(asked[0], _fitting(wanted, asked[0]), mine)  # the first once more, for the same people
        found.people = paths.people(world.connection, world.made_up, world.steps)
    found.beside = {**other.plain(), "differ": differ, "renamed": renamed}
    return found


def struck(journey: Journey, there: set[str], zones: set[str], since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    """The strikes of the clocks that a journey asks for and that are not there: rows of `local_clock`."""
    first, last = (since - EARLIER).date(), (until + EARLIER).date()
    pairs = [(zone, clock) for zone in sorted(zones | {journey.default_zone}) for clock in journey.clocks() if clock not in there]
    return [(*pair, *one) for pair in pairs for one in journeys.strikes(*pair, first, last)]


def _fitting(stated: Mapping[str, Stated], journey: Journey, renamed: Mapping[str, str] = MappingProxyType({})) -> dict[str, Stated]:
    """What is stated of steps that this version has, also of those that have another key in it (`renamed`: key here → key there)."""
    now = {was: key for key, was in renamed.items()}
    split = [(step, event, one) for name, one in stated.items() for step, _, event in [name.partition(":")]]
    return {f"{now.get(step, step)}:{event}": one for step, event, one in split if now.get(step, step) in journey.steps}


@dataclass
class Past:
    """The past on a DuckDB connection, in which journeys can be asked one after another."""

    connection: Any
    since: datetime
    until: datetime
    guard: bool
    progress: Progress | None
    read: float
    made_up: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    before: Assumptions | None = field(default=None, init=False)

    @classmethod
    @contextmanager
    def of(cls, folder: Path | None, since: datetime, until: datetime, guard: bool, progress: Progress | None) -> Iterator[Past]:
        """The lake of a folder, the installation's own by default."""
        folder = folder or lake.lake_folder()
        with duck(spill=folder / "spill") as connection:
            began = time.perf_counter()
            lake.mount(connection, folder, events.vocabulary)
            yield cls(connection, since, until, guard, progress, time.perf_counter() - began)

    def asked(self, journey: Journey, stated: Mapping[str, Stated], keys: guarding.Keys = guarding.OWN) -> Backtest:
        """What would have been; afterwards its stays stand in `pass` and its messages in `intent`."""
        if self.before:
            self.before.undo()
        clocked = {"read": self.read}
        began = time.perf_counter()
        statements = journeys.statements(journey, "duckdb")
        self.strike(journey)
        self.before = assumed = Assumptions(self.connection, journey, self.until, stated)
        self.made_up, self.steps = assumed.swapped, tuple(statements)
        clocked["compile"] = time.perf_counter() - began
        clocked |= {"journey": 0.0, "guard": 0.0}
        replay = Replay(self.connection, journey.key, statements, journey.subject == "customer", progress=self.progress)
        for _ in range(len(assumed.each) + 2):
            began = time.perf_counter()
            replay.run(self.since, self.until)
            clocked["journey"] += time.perf_counter() - began
            began = time.perf_counter()
            self._judged(journey, keys)
            clocked["guard"] += time.perf_counter() - began
            if not assumed.make():
                break
        return self._told(journey, clocked, assumed)

    def strike(self, journey: Journey) -> None:
        """The clocks of a journey that was never published: nobody has struck them yet."""
        run = self.connection.execute
        there = {row[0] for row in run("select distinct clock from local_clock").fetchall()}
        zones = {row[0] for row in run("select distinct zone from local_clock").fetchall()}
        if not (rows := struck(journey, there, zones, self.since, self.until)):
            return
        columns = zip(*rows, strict=True)
        given = pa.table(dict(zip(LOCAL_CLOCK, map(list, columns), strict=True)))
        self.connection.register("struck", given)
        run("create or replace table local_clock as select * from local_clock union all by name select * from struck")
        self.connection.unregister("struck")

    def _judged(self, journey: Journey, keys: guarding.Keys) -> None:
        guarding.lay_intents(self.connection, journey, keys)
        if self.guard:
            guarding.judge_all(self.connection, self.until, self.progress)
        else:
            guarding.let_all_go(self.connection)

    def _told(self, journey: Journey, clocked: dict[str, float], assumed: Assumptions) -> Backtest:
        run = self.connection.execute
        entered = run("select count(*) from pass where step = 'trigger'").fetchone()[0]
        return Backtest(
            journey.key, self.since, self.until, entered, run(FLOW).fetchall(), run(VERDICTS).fetchall() if self.guard else [],
            run(PER_DAY).fetchall(), run(PER_PERSON).fetchall(), clocked, assumed.each,
        )  # fmt: skip
