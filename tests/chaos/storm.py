"""Thousands of messages through a stormy mail server, while it, the sender and the database are killed: `make chaos` prints the table.

Nothing is lost: each message ends as accepted or as given up with a reason, and what we call accepted the server has. Nothing goes
twice but in the one window of SMTP (accepted there, not yet written down here): there a message that concerns an order is sent again with
the same Message-ID, and marketing is given up.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from afterword.kit.postgres.server import Server
from afterword.kit.process import command

WINDOW = 90.0  # seconds before a kill in which an answer may have been heard and not yet been written down
SETUP = """
from afterword.project.main import set_up
set_up()
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages
from afterword.kit import clock, sql
accounts.save_store("main", by=None, name="Storm", currency="EUR", languages=("en",), zone="UTC",
                    brand={"sender_email": "shop@storm.example"})
channels.add_domain("storm.example", at=clock.real_now())
now, many = clock.real_now(), __MANY__
for first in range(0, many, 1000):
    named = [(n, "gone" if n % 50 == 7 else "c") for n in range(first, min(first + 1000, many))]
    told = [Told("customer.created", now, "storm", str(n), who=Who(str(n), f"{name}{n}@b{n % 9}.example", verified=True))
            for n, name in named]
    assert not identity.record(told, received_at=now).refused
while events.waiting():
    events.seal(clock.real_now())
for origin in ("order_confirmation", "satisfaction", "win_back"):
    messages.go_live(origin, answer="does_not", by=None, at=now)
sql.run('''
insert into message_intent (id, origin, run, step, subject_id, customer_id, store, message, channel, category, planned_at, useful_until,
                            state, released_at)
select md5('storm' || n)::uuid, k.origin, md5('run' || n)::uuid, 's', id, id, 'main', k.message, 'email', k.category, %(now)s,
       %(now)s::timestamptz + interval '30 days', 'released', %(now)s
from (select id, row_number() over (order by id) as n from customers_customer) c
join (values (0, 'order_confirmation', 'order_confirmation', 'transactional'), (1, 'satisfaction', 'nps', 'service'),
             (2, 'win_back', 'win_back', 'marketing')) k (of, origin, message, category) on k.of = n %% 3
''', {"now": now})
sql.run('''
insert into message_delivery (intent_id, customer_id, store, channel, address, next_at)
select id, customer_id, store, channel, '', released_at from message_intent
''')
"""
# A sender as the worker is one, whose clock runs fast where nothing is due, so that waiting takes no time.
SENDER = """
from datetime import timedelta
from afterword.project.main import set_up
set_up()
from afterword.kit import clock, sql
from afterword.loop.messages import door as messages
from django.db import OperationalError, InterfaceError, connection
messages.end_leases()
ahead = timedelta()
while True:
    try:
        done = messages.hand_over(clock.real_now() + ahead)
        left, due = sql.rows("select count(*), min(next_at) from message_delivery where state not in ('accepted', 'failed')")[0]
        if not left:
            break
        if not done.total:
            ahead = max(ahead, due - clock.real_now()) if due else ahead
            clock.rest(0.05)
    except (OperationalError, InterfaceError):
        connection.close()
        clock.rest(0.2)
"""
STATES = "select m.id::text, m.category, d.state, d.response from message_delivery d join message_intent m on m.id = d.intent_id"


@dataclass
class Weather:
    """What happened: when who was killed, and how the server treated us."""

    kills: list[tuple[float, str]] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)


@dataclass
class Table:
    """What became of the messages. `lost`, `twice` and `marketing_twice` must be nothing."""

    messages: int
    accepted: int = 0
    given_up: int = 0
    refused: int = 0
    in_doubt: int = 0
    lost: int = 0
    unsettled: int = 0
    again_in_the_window: int = 0
    twice: int = 0
    marketing_twice: int = 0
    seconds: float = 0.0
    weather: Weather = field(default_factory=Weather)

    def lines(self) -> Iterator[str]:
        """The table, as it is printed."""
        kills = Counter(who for _, who in self.weather.kills)
        rows = [
            ("messages", self.messages),
            ("accepted by the mail server, and known to be", self.accepted),
            ("refused for ever by the mail server, said so", self.refused),
            ("given up after many tries, said so", self.given_up),
            ("marketing in doubt, given up, said so", self.in_doubt),
            ("sent again in the one window, same Message-ID", self.again_in_the_window),
            ("lost", self.lost),
            ("neither accepted nor given up", self.unsettled),
            ("twice outside the window", self.twice),
            ("marketing twice", self.marketing_twice),
            *((f"killed: {who}", n) for who, n in sorted(kills.items())),
            *((f"the server: {what}", n) for what, n in sorted(self.weather.said.items())),
        ]
        width = max(len(name) for name, _ in rows)
        yield from (f"{name:<{width}}  {n:>8,}" for name, n in rows)
        yield f"{'seconds':<{width}}  {self.seconds:>8.0f}"


def storm(many: int, *, kills: int, seed: int = 7) -> Table:
    """Send so many messages through the storm, with so many kills, and count."""
    folder = Path(tempfile.mkdtemp(prefix="storm-"))
    dice, weather, began = random.Random(seed), Weather(), time.monotonic()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **os.environ, "AFTERWORD_HOME": str(folder / "home"), "AFTERWORD_SMTP_HOST": "127.0.0.1", "AFTERWORD_SMTP_PORT": str(port),
        "AFTERWORD_SMTP_TLS": "none",
    }  # fmt: skip
    for name in ("DATABASE_URL", "AFTERWORD_TESTING", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    (folder / "home").mkdir()
    server = Server(folder / "home")
    server.join()
    try:
        subprocess.run(command("upgrade", "--quiet"), env=environment, check=True, capture_output=True)
        subprocess.run([sys.executable, "-c", SETUP.replace("__MANY__", str(many))], env=environment, check=True)
        _weathered(folder, port, environment, server, many, kills, dice, weather)
        table = _counted(_states(server), (folder / "accepted.log").read_text().splitlines(), many, weather)
    finally:
        server.leave()
    weather.said = Counter((folder / "said.log").read_text().splitlines())
    table.seconds = time.monotonic() - began
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(server.place.folder, ignore_errors=True)
    return table


def _weathered(
    folder: Path, port: int, environment: dict[str, str], server: Server, many: int, kills: int, dice: random.Random, weather: Weather
) -> None:
    """The sender at work, and the kills: at every so many accepted messages one of the three."""
    sea = subprocess.Popen([sys.executable, "-m", "tests.chaos.sea", str(port), str(folder), "1"])
    sender = subprocess.Popen([sys.executable, "-c", SENDER], env=environment)
    marks = sorted(dice.sample(range(many // 20, int(many * 0.9)), kills))
    whom = (["sender", "mail server", "sender", "database"] * kills)[:kills]
    log = folder / "accepted.log"
    try:
        while sender.poll() is None or sender.returncode != 0:
            if sender.poll() is not None:
                sender = subprocess.Popen([sys.executable, "-c", SENDER], env=environment)
            if marks and log.exists() and _lines(log) >= marks[0]:
                marks.pop(0)
                who = whom.pop(0)
                weather.kills.append((time.time(), who))
                if who == "sender":
                    sender.send_signal(signal.SIGKILL)
                    sender.wait()
                elif who == "mail server":
                    sea.send_signal(signal.SIGKILL)
                    sea.wait()
                    sea = subprocess.Popen([sys.executable, "-m", "tests.chaos.sea", str(port), str(folder), str(len(marks) + 2)])
                elif (pid := server.status().pid) is not None:
                    os.kill(pid, signal.SIGKILL)
                    time.sleep(0.5)
                    server.join()
            time.sleep(0.05)
    finally:
        for process in (sender, sea):
            with suppress(ProcessLookupError):
                process.kill()


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n")


def _states(server: Server) -> list[tuple[Any, ...]]:
    with psycopg.connect(make_conninfo(**server.parameters())) as connection:
        return connection.execute(STATES).fetchall()


def _counted(states: list[tuple[Any, ...]], log: list[str], many: int, weather: Weather) -> Table:
    kept: dict[str, list[tuple[float, str]]] = {}
    for line in log:
        when, mark, _, said = line.split("\t")
        kept.setdefault(mark.partition("@")[0], []).append((float(when), said))
    table = Table(many, weather=weather)
    for id, category, state, response in states:
        times = kept.get(id, [])
        table.accepted += state == "accepted"
        table.unsettled += state not in ("accepted", "failed")
        table.lost += state == "accepted" and not times
        if state == "failed":
            table.in_doubt += response == "in doubt"
            table.refused += response.startswith("550")
            table.given_up += response != "in doubt" and not response.startswith("550")
        for at, answer in times[:-1]:
            in_window = answer == "lost" or any(0 <= kill - at <= WINDOW for kill, _ in weather.kills)
            table.again_in_the_window += in_window
            table.twice += not in_window
            table.marketing_twice += category == "marketing"
    table.unsettled += many - len(states)
    return table


def main() -> None:
    """`make chaos`."""
    table = storm(int(os.environ.get("CHAOS_MESSAGES", "10000")), kills=12)
    print("\n".join(table.lines()))
    if table.lost or table.twice or table.marketing_twice or table.unsettled:
        sys.exit("Something was lost or came twice.")


if __name__ == "__main__":
    main()
