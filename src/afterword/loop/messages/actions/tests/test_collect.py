"""Mailboxes are read beside the worker: what comes in there is an answer or a report, at once, and a fault is said where people look."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from afterword.kit import clock, sql
from afterword.loop.channels import door as channels
from afterword.loop.channels.email_imap.tests.samples_server import Server, imap, mail
from afterword.loop.messages.actions import collect as collect_module
from afterword.loop.messages.actions.collect import Collecting, _lock, collect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> Iterator[Server]:
    with imap() as one:
        channels.set_provider("post", "email_imap", one.settings, by=None, at=clock.real_now())
        yield one


def eventually(holds: Callable[[], bool]) -> bool:
    for _ in range(300):
        if holds():
            return True
        time.sleep(0.1)
    return False


def test_a_mail_comes_in_while_it_is_watched_and_not_twice(server: Server) -> None:
    beside = Collecting()
    beside.start()
    try:
        server.put(mail("first"))
        assert eventually(lambda: sql.value("select count(*) from channel_pulled where settled") == 1)
        server.put(mail("second"))
        assert eventually(lambda: sql.value("select count(*) from channel_pulled where settled") == 2)
    finally:
        beside.stop()
    assert all(server.seen().values())
    assert channels.failing() == []
    (way,) = channels.inbound()
    assert collect(way) == 0


def test_only_one_process_reads_a_mailbox(server: Server) -> None:
    (way,) = channels.inbound()
    server.put(mail("first"))
    taken, done = threading.Event(), threading.Event()

    def another() -> None:
        from django.db import connection

        with sql.hold(_lock(way)):
            taken.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=another)
    thread.start()
    assert taken.wait(5)
    assert collect(way) == 0
    done.set()
    thread.join()
    assert collect(way) == 1


def test_a_password_that_is_no_longer_right_is_said(server: Server) -> None:
    channels.set_provider("post", "email_imap", {**server.settings, "password": "old"}, by=None, at=clock.real_now())
    beside = Collecting()
    beside.start()
    try:
        assert eventually(lambda: bool(channels.failing()))
    finally:
        beside.stop()
    (rest,) = channels.failing()
    assert (rest.provider, "not accepted" in rest.said) == ("post", True)


def test_who_is_refused_again_and_again_tries_less_and_less(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = list[float]()

    class Over(threading.Event):
        """Ends after eight tries, and waits for none of them."""

        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0.0)
            if len(pauses) == 8:
                self.set()
            return True

    given = {"host": "127.0.0.1", "port": "9", "tls": "none", "user": "u", "password": "p"}
    channels.set_provider("post", "email_imap", given, by=None, at=clock.real_now())
    collect_module.watch(channels.inbound()[0], Over())
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1] > 60) == (15.0, True)
