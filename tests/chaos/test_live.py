"""A shop takes orders while its web pages, its worker and its database are killed: every order is confirmed, and once."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from afterword.kit.postgres.server import Server
from afterword.kit.process import command

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
ORDERS, CLIENTS = 300, 2
# In this order; which moment is the dice's. The web's own child is what answers: its parent alone must not leave it behind.
# “… sending” waits until messages are being handed over, which takes some thousandths of a second each time.
KILLS = ("postgres sending", "worker", "web", "worker sending", "postgres", "worker sending", "web's child")
SETUP = """
from afterword.project.main import set_up
set_up()
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys
from afterword.kit import clock
accounts.save_store("main", by=None, name="Chaos", currency="EUR", languages=("en",), zone="UTC",
                    brand={"sender_email": "shop@chaos.example"})
journeys.keep_shipped(at=clock.real_now())
journeys.publish("order_confirmation", at=clock.real_now())
print(accounts.create_key("main", "chaos", by=None))
"""
SETTLED = """
select not exists (select 1 from event_inbox)
   and not exists (select 1 from message_delivery where state in ('queued', 'handed', 'deferred'))
   and (select count(*) from message_intent where message = 'order_confirmation' and state = 'sent') >= %s
   and not exists (select 1 from message_intent where state in ('planned', 'released'))
"""
LEFT = """
select 'intent ' || state || ' ' || reason, count(*) from message_intent group by 1
union all select 'delivery ' || state || ' ' || coalesce(response, ''), count(*) from message_delivery group by 1
union all select 'inbox', count(*) from event_inbox union all select 'mails', count(*) from mailbox_mail
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Shop:
    """An installation of its own under `afterword up`, and what a killer needs to know of it."""

    def __init__(self, place: Path) -> None:
        place.mkdir()
        self.port, self.said = free_port(), place / "said"
        self.environment = {**os.environ, "AFTERWORD_HOME": str(place), "AFTERWORD_MAILBOX_PORT": str(free_port())}
        for name in ("DATABASE_URL", "AFTERWORD_TESTING", "DJANGO_SETTINGS_MODULE"):
            self.environment.pop(name, None)
        self.server = Server(place)
        subprocess.run(command("upgrade", "--quiet"), env=self.environment, check=True, capture_output=True)
        made = subprocess.run([sys.executable, "-c", SETUP], env=self.environment, check=True, capture_output=True, text=True)
        self.key = made.stdout.split()[-1]
        with self.said.open("ab") as said:
            arguments = command("up", "--port", str(self.port))
            self.up = subprocess.Popen(arguments, env=self.environment, stdout=said, stderr=said)

    def ask(self, text: str, params: Any = None) -> list[tuple[Any, ...]]:
        """What the database says, also just after it was killed."""
        for attempt in range(60):
            try:
                with psycopg.connect(make_conninfo(**self.server.parameters()), autocommit=True, connect_timeout=5) as connection:
                    return connection.execute(text, params).fetchall()
            except psycopg.OperationalError:
                if attempt == 59:
                    raise
                time.sleep(0.25)
        raise AssertionError("unreachable")

    def pid(self, what: str) -> int | None:
        """The process to be killed, if it lives just now."""
        if what.startswith("postgres"):
            return self.server.status().pid
        name = re.split("[' ]", what)[0]
        for child in psutil.Process(self.up.pid).children():
            if name in child.cmdline():
                below = child.children()
                return child.pid if "child" not in what else below[0].pid if below else None
        return None

    def kill(self, what: str) -> bool:
        """`kill -9`; False when there was nothing to kill within some seconds."""
        for _ in range(100):
            try:
                if what.endswith("sending"):
                    self.sending()
                if (found := self.pid(what)) is not None:
                    os.kill(found, signal.SIGKILL)
                    return True
            except (psutil.NoSuchProcess, ProcessLookupError, psycopg.OperationalError):
                pass
            time.sleep(0.1)
        return False

    def sending(self, within: float = 8.0) -> bool:
        """Come back in the middle of a handing over."""
        deadline = time.monotonic() + within
        with psycopg.connect(make_conninfo(**self.server.parameters()), autocommit=True, connect_timeout=5) as connection:
            while time.monotonic() < deadline:
                if connection.execute("select exists (select 1 from message_delivery where state = 'handed')").fetchone() == (True,):
                    return True
        return False

    def close(self) -> None:
        """Stop everything and leave no folder behind."""
        self.up.terminate()
        try:
            self.up.wait(40)
        finally:
            self.up.kill()
            self.server.stop()
            shutil.rmtree(self.server.place.folder, ignore_errors=True)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "home")
    yield made
    made.close()


def body(n: int) -> bytes:
    """One order of one customer."""
    properties = {
        "currency": "EUR", "total_minor": 2450, "items": 1, "number": f"C{n}", "email": f"c{n}@chaos.example", "full_name": "Ana Pop",
        "lines": [{"product": "honey", "title": "Honey", "quantity": 1, "unit_price_minor": 2450}],
    }  # fmt: skip
    event = {
        "name": "order.placed", "occurred_at": datetime.now(UTC).isoformat(), "id": f"order-{n}", "order": f"C{n}",
        "customer": {"external_id": f"c{n}", "email": f"c{n}@chaos.example", "verified": True}, "properties": properties,
    }  # fmt: skip
    return json.dumps({"events": [event]}).encode()


class Pourer(threading.Thread):
    """A shop's own sender: it tells each order until an answer says that it is kept, and counts how often it had to ask again."""

    def __init__(self, shop: Shop, first: int, pause: float) -> None:
        super().__init__(daemon=True)
        self.shop, self.first, self.pause = shop, first, pause
        self.again, self.odd = 0, list[tuple[int, bytes]]()

    def run(self) -> None:
        for n in range(self.first, ORDERS, CLIENTS):
            said = body(n)
            while not self.told(said):
                self.again += 1
                time.sleep(0.1)
            time.sleep(self.pause)

    def told(self, said: bytes) -> bool:
        headers = {"Content-Type": "application/json", "Authorization": "Basic " + b64encode(f"{self.shop.key}:".encode()).decode()}
        line = http.client.HTTPConnection("127.0.0.1", self.shop.port, timeout=8)
        try:
            line.request("POST", "/api/v1/events", said, headers)
            answer = line.getresponse()
            words = answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()
        if answer.status not in (200, 429, 503):
            self.odd.append((answer.status, words[:300]))
        return answer.status == 200


def until(what: Any, within: float) -> bool:
    """Whether it comes true in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.3)
    return False


@pytest.mark.slow
def test_every_order_is_confirmed_once_whatever_is_killed(shop: Shop) -> None:
    dice = random.Random(23)
    pourers = [Pourer(shop, n, 0.08) for n in range(CLIENTS)]
    for pourer in pourers:
        pourer.start()
    assert until(lambda: shop.ask("select count(*) > 10 from event")[0][0], 60), shop.said.read_text()[-3000:]
    killed = []
    for what in KILLS:
        time.sleep(dice.uniform(0.8, 2.2))
        killed += [what] if shop.kill(what) else []
    for pourer in pourers:
        pourer.join(90)
    assert not any(pourer.is_alive() for pourer in pourers), shop.said.read_text()[-3000:]
    settled = until(lambda: shop.ask(SETTLED, [ORDERS])[0][0], 60)
    assert settled, (shop.ask(LEFT), shop.said.read_text()[-3000:])
    assert killed == list(KILLS)
    assert sum(pourer.again for pourer in pourers) > 0, "nobody noticed"
    assert [odd for pourer in pourers for odd in pourer.odd] == []
    assert_once(shop)


def assert_once(shop: Shop) -> None:
    """Orders, events, messages and mails: each of them once."""
    assert shop.ask("select count(*), count(distinct order_id) from event where name = 'order.placed'") == [(ORDERS, ORDERS)]
    assert shop.ask("select count(*) from orders_order") == [(ORDERS,)]
    assert shop.ask("select count(*), count(distinct id) from event") == shop.ask("select count(*), count(*) from event_source")
    assert shop.ask("select count(*) from (select known_at from event group by 1 having count(*) > 1) twice") == [(0,)]
    intents = "select count(*), count(distinct order_id) from message_intent where message = 'order_confirmation'"
    assert shop.ask(intents) == [(ORDERS, ORDERS)]
    assert shop.ask("select distinct state from message_intent") == [("sent",)]
    mails = "select count(*), count(distinct message_id), count(distinct recipient) from mailbox_mail"
    assert shop.ask(mails) == [(ORDERS, ORDERS, ORDERS)]
    ours = "select count(*) from mailbox_mail m join message_intent i on m.message_id like i.id || '@%'"
    assert shop.ask(ours) == [(ORDERS,)]
    told = "select count(*), count(distinct message_id) from event where name = 'message.sent'"
    assert shop.ask(told) == [(ORDERS, ORDERS)]
