"""The worker's loop: everything that is due, in order, again and again.

It sleeps until an event arrives (NOTIFY), until the next thing is due, or until a periodic job's time has come. Whoever
drives the loop holds its lock, so a replay and the worker never seal at once, and a second worker stands by.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from types import FrameType

import psycopg
from django.db import OperationalError, close_old_connections, connection

from afterword.kit import clock, sql

from . import rooms

log = logging.getLogger("afterword.worker")

Deed = Callable[[datetime], int]
CHANNELS = ("afterword_inbox",)
DRIVER = "afterword loop"  # the lock of whoever seals and ticks
LONGEST_SLEEP = 5.0
STAND_BY = 1.0  # seconds between two questions whether the loop is free
SHORTEST_ROUND = 0.1  # seconds: under a flood of events a round takes many at once, and leaves the processor to the intake
MOST_ROUNDS = 50  # rounds in a row before periodic jobs and signals are looked at
LONGEST_BACKOFF = 60.0


@dataclass
class Work:
    """One thing the worker does, and how it is doing. `every` is None for a step of each round."""

    name: str
    fn: Deed
    every: int | None = None
    next_at: float = float("-inf")
    pause: float = 0.0

    def attempt(self, now: datetime) -> int:
        """Do it unless it rests; how many things were done. A failure is logged, and rests longer each time."""
        if clock.elapsed() < self.next_at:
            return 0
        try:
            done = self.fn(now)
        except Exception:
            self.pause = min(max(1.0, self.pause * 2), LONGEST_BACKOFF)
            self.next_at = clock.elapsed() + self.pause
            log.exception("%s failed; next attempt in %.0f s", self.name, self.pause)
            close_old_connections()
            return 0
        self.pause = 0.0
        self.next_at = clock.elapsed() + self.every if self.every is not None else float("-inf")
        return done


def load(path: str) -> Deed:
    """The function that `module:name` names."""
    module, name = path.split(":")
    found: Deed = getattr(import_module(module), name)
    return found


def known(path: str) -> bool:
    """Whether the room of `module:name` is there and installed."""
    module = path.split(":")[0].removeprefix("afterword.")
    return rooms.present(module) and any(module.startswith(app.removeprefix("afterword.") + ".") for app in rooms.installed())


class Worker:
    """One worker. `steps` are done each round, in order; `periodic` when their time has come; `due` say when to wake."""

    def __init__(
        self, steps: Iterable[Work], periodic: Iterable[Work] = (), due: Iterable[Callable[[datetime], datetime | None]] = (),
        first: Iterable[Callable[[], int]] = (),
    ) -> None:  # fmt: skip
        self.steps, self.periodic, self.due, self.first = list(steps), list(periodic), list(due), list(first)
        self.listener = sql.Listener(*CHANNELS, name="afterword worker")
        self.stopping = False
        self._wake: int | None = None

    def round(self) -> int:
        """Every step once, at one moment."""
        now = clock.now()
        return sum(step.attempt(now) for step in self.steps)

    def work(self) -> bool:
        """Rounds until nothing is left to do, then the periodic jobs; False when somebody else drives the loop."""
        with sql.hold(DRIVER) as mine:
            if not mine:
                return False
            ours = connection.connection
            while self.first:  # once, when it is first alone: what another left lying when it died need not wait
                self.first[0]()
                self.first.pop(0)
            for _ in range(MOST_ROUNDS):
                began = clock.elapsed()
                if self.round() == 0 or self.stopping:
                    break
                clock.rest(max(0.0, SHORTEST_ROUND - (clock.elapsed() - began)))
                if connection.connection is not ours:
                    return True  # the connection was lost, and the lock with it: ask for it again
            now = clock.now()
            for job in self.periodic:
                job.attempt(now)
        return True

    def run(self) -> None:
        """Until it is told to stop."""
        while not self.stopping:
            pause = STAND_BY
            try:
                close_old_connections()
                self.listener.listen()  # before looking, so that nothing can arrive unheard in between
                if self.work():
                    pause = self._until_due()
                if not self.stopping:
                    self.listener.wait(pause, also=self._wake)
            except Exception as fault:
                if isinstance(fault, (OperationalError, psycopg.OperationalError)):
                    log.warning("the database does not answer (%s); next attempt in %.0f s", str(fault).split("\n")[0], STAND_BY)
                else:
                    log.exception("the worker failed; next attempt in %.0f s", STAND_BY)
                connection.close()
                self.listener.close()
                clock.rest(STAND_BY)
        self.listener.close()
        connection.close()

    def _until_due(self) -> float:
        """Real seconds until there is something to do, as far as is known."""
        now, rate = clock.now(), (row.rate if (row := clock.shown()) else 1.0)
        waits = [work.next_at - clock.elapsed() for work in [*self.steps, *self.periodic] if work.next_at > float("-inf")]
        if rate > 0:
            waits += [(moment - now).total_seconds() / rate for ask in self.due if (moment := ask(now)) is not None]
        return min([LONGEST_SLEEP, *(max(wait, 0.02) for wait in waits)])

    def obey_signals(self) -> None:
        """End after the present step on SIGTERM or Ctrl-C, also out of a sleep."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        self._wake = reading
        signal.set_wakeup_fd(writing)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """What the signals call."""
        self.stopping = True


def assembled() -> Worker:
    """The worker of this installation, from the list of rooms."""
    return Worker(
        steps=[Work(step.name, load(step.path)) for step in rooms.STEPS if known(step.path)],
        periodic=[Work(job.name, load(job.path), every=job.every) for job in rooms.PERIODIC if known(job.path)],
        due=[load(path) for path in rooms.DUE if known(path)],  # type: ignore[misc]
        first=[load(path) for path in rooms.FIRST if known(path)],  # type: ignore[misc]
    )


def run() -> None:
    """`afterword worker`."""
    worker = assembled()
    worker.obey_signals()
    log.info("working: %s", ", ".join(work.name for work in [*worker.steps, *worker.periodic]))
    started = [load(path)() for path in rooms.BESIDE if known(path)]  # type: ignore[call-arg]
    beside = [one for one in started if one is not None]
    try:
        worker.run()
    finally:
        for one in beside:
            one.stop()  # type: ignore[attr-defined]
