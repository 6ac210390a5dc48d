"""A replay whose processes and database are killed at random moments ends where an undisturbed one does, with nothing twice."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from afterword.kit.postgres.server import Server
from afterword.kit.process import command

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
SHOP = ("replay", "--shop", "sample", "--customers", "120", "--days", "15", "--step", "6", "--until", "2026-06-01")
KILLS = 5
ENDS = {
    "visits": "select journey, run, leg, step, entered_at, due_at, left_at, outcome from visit order by 2, 3, 4, 5, 1",
    "standing": "select journey, run, leg, step, entered_at, due_at from standing order by run, leg, journey",
    "intents": "select id, message, state, reason, planned_at, released_at, sent_at from message_intent order by id",
    "mails": "select message_id, recipient, subject from mailbox_mail order by message_id, recipient, subject",
    "events": "select e.id, s.mark, e.name, e.occurred_at, e.known_at from event_source s join event e on e.id = s.event_id order by e.id",
    "waiting": "select count(*) from event_inbox",
    "orders": "select order_id, known_from, known_to, status from order_history order by order_id, known_from",
}


class Home:
    """An installation in a folder of its own."""

    def __init__(self, place: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.environment = {**os.environ, "AFTERWORD_HOME": str(place), "AFTERWORD_MAILBOX_PORT": str(port)}
        self.environment.pop("DATABASE_URL", None)
        place.mkdir()
        self.said = place / "said"
        self.server = Server(place, durable=False)
        self.server.join()
        subprocess.run(command("upgrade"), env=self.environment, check=True, capture_output=True)

    def start(self) -> subprocess.Popen[bytes]:
        with self.said.open("ab") as said:
            return subprocess.Popen(command(*SHOP), env=self.environment, stderr=said, stdout=said)

    def through(self) -> None:
        """Start until it is through: a start that finds the database away may fail."""
        for _ in range(5):
            if self.start().wait(120) == 0:
                return
            time.sleep(1)
        raise AssertionError(self.said.read_text()[-3000:])

    def ask(self, text: str, params: Any = None) -> list[tuple[Any, ...]]:
        with psycopg.connect(make_conninfo(**self.server.parameters()), autocommit=True) as connection:
            cursor = connection.execute(text, params)
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        self.server.stop()
        shutil.rmtree(self.server.place.folder, ignore_errors=True)


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[tuple[Home, Home]]:
    """Two installations with the same secret, so that the same orders have the same ids and the same lots."""
    calm, wild = Home(tmp_path / "calm"), Home(tmp_path / "wild")
    wild.ask("update accounts_installation set secret = %s", [calm.ask("select secret from accounts_installation")[0][0]])
    yield calm, wild
    calm.close()
    wild.close()


@pytest.mark.slow
def test_killed_again_and_again_it_ends_where_an_undisturbed_one_does(homes: tuple[Home, Home]) -> None:
    calm, wild = homes
    began = time.monotonic()
    calm.through()
    took, dice = time.monotonic() - began, random.Random(11)
    killed = 0
    for n in range(KILLS):
        process = wild.start()
        time.sleep(2.0 + dice.uniform(0.1, max(0.3, (took - 2.0) / KILLS)))
        if n == 2:
            database = wild.server.status().pid
            assert database is not None
            os.kill(database, signal.SIGKILL)
            process.wait(60)
            wild.server.start()
        killed += process.poll() is None or n == 2
        process.kill()
        process.wait()
    wild.through()
    assert killed >= 3, "it was through too soon to be disturbed"
    for what, question in ENDS.items():
        assert wild.ask(question) == calm.ask(question), what
    assert calm.ask("select count(*) from mailbox_mail") == calm.ask("select count(*) from message_intent where state = 'sent'")
    assert calm.ask("select count(*) > 100 from mailbox_mail") == [(True,)]
