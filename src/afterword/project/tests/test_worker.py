"""The worker's loop."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection

from afterword.kit import clock, sql
from afterword.project.worker import DRIVER, Work, Worker, assembled

pytestmark = pytest.mark.django_db(transaction=True)


class Counting:
    """A step that finds so many things to do, one each time."""

    def __init__(self, things: int) -> None:
        self.things, self.calls = things, 0

    def __call__(self, now: datetime) -> int:
        self.calls += 1
        done, self.things = min(self.things, 1), max(self.things - 1, 0)
        return done


def failing(now: datetime) -> int:
    raise RuntimeError("broken on purpose")


def test_rounds_go_on_until_nothing_is_left() -> None:
    step = Counting(3)
    assert Worker([Work("count", step)]).work()
    assert (step.things, step.calls) == (0, 4)


def test_a_step_that_fails_rests_and_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    broken, step = Work("broken", failing), Counting(3)
    worker = Worker([broken, Work("count", step)])
    worker.work()
    assert step.things == 0
    assert broken.next_at > clock.elapsed()
    assert "broken failed" in caplog.text
    first = broken.pause
    broken.next_at = 0
    worker.work()
    assert broken.pause == 2 * first


def test_a_step_that_breaks_the_connection_does_not_break_the_worker() -> None:
    def disconnect(now: datetime) -> int:
        return sql.run("select pg_terminate_backend(pg_backend_pid())")

    step = Counting(1)
    worker = Worker([Work("broken", disconnect), Work("count", step)])
    worker.work()
    connection.close()
    worker.work()
    assert step.things == 0


def test_whoever_holds_the_loop_keeps_the_worker_waiting() -> None:
    step = Counting(1)
    worker = Worker([Work("count", step)])
    at = connection.settings_dict
    with psycopg.connect(host=at["HOST"], port=at["PORT"], user=at["USER"], dbname=at["NAME"], autocommit=True) as other:
        other.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [DRIVER])
        assert not worker.work()
        assert step.calls == 0
        other.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [DRIVER])  # a lost connection gives it back a little later
    assert worker.work()
    assert step.things == 0


def test_periodic_jobs_wait_for_their_time() -> None:
    job = Counting(100)
    worker = Worker([], [Work("hourly", job, every=3600)])
    worker.work()
    worker.work()
    assert job.calls == 1


def test_it_sleeps_until_the_next_due_instant_as_fast_as_the_shown_clock_runs() -> None:
    now = clock.now()
    due = Worker([], due=[lambda _: now + timedelta(seconds=3)])
    assert 2 < due._until_due() <= 3
    clock.set_shown(now, rate=10)
    assert due._until_due() < 0.5
    clock.set_shown(now, rate=0)
    assert due._until_due() == 5.0, "while the shown clock stands nothing falls due"


def test_an_arriving_event_wakes_it_and_a_stop_ends_it() -> None:
    step, seen = Counting(0), threading.Event()

    def watch(now: datetime) -> int:
        step.calls += 1
        if step.calls >= 2:
            seen.set()
            worker.stop()
        return 0

    worker = Worker([Work("watch", watch)])
    running = threading.Thread(target=worker.run)
    running.start()
    while step.calls < 1:
        clock.rest(0.01)
    clock.rest(0.1)
    began = clock.elapsed()
    sql.notify("afterword_inbox")
    assert seen.wait(4)
    assert clock.elapsed() - began < 3
    running.join(3)
    assert not running.is_alive()


def test_the_worker_of_this_installation_can_be_assembled() -> None:
    assert all(callable(work.fn) for work in assembled().steps)
