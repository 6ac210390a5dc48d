"""A sender that is killed amid short messages: what may not go twice does not, and what a provider knows again is kept once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from standardwebhooks import Webhook

from afterword.kit import clock, sql
from afterword.kit.postgres.address import url_of
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.channels.sms_twilio.tests.samples_double import SETTINGS, twilio
from afterword.loop.channels.tests.samples_double import Answer, Asked, Double, serving
from afterword.loop.channels.webhook.payloads import new_secret
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SENDER = """
from afterword.project.main import set_up
set_up()
from afterword.kit import clock
from afterword.loop.messages import door as messages
messages.end_leases()
messages.hand_over(clock.real_now())
"""
MESSAGES = {"marketing": "win_back", "transactional": "order_confirmation"}
SECRET = new_secret()
MANY = 120


def _webhook(double: Double, asked: Asked) -> Answer:
    said = Webhook(SECRET).verify(asked.body, dict(asked.headers))
    id = said["data"]["id"]
    if id not in double.taken:
        double.taken.append(id)
    return 200, {}, b""


@pytest.fixture(params=["sms", "webhook"])
def provider(request: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Double]]:
    monkeypatch.setenv("AFTERWORD_WEBHOOKS_INSIDE", "1")
    accounts.save_store("main", by=None, name="Lut")
    with twilio() if request.param == "sms" else serving(_webhook) as double:
        given = {**SETTINGS, "api": double.url} if request.param == "sms" else {"url": double.url, "secret": SECRET}
        channels.set_provider("way", "sms_twilio" if request.param == "sms" else "webhook", given, by=None, at=clock.real_now())
        yield request.param, double


def lay(channel: str) -> dict[UUID, str]:
    """Messages that were let go: half must not go twice."""
    now = clock.real_now()
    told = [
        Told("customer.created", now, "t", str(n), who=Who(str(n), f"c{n}@b.example", f"+407{n:08}", verified=True)) for n in range(MANY)
    ]
    assert not identity.record(told, received_at=now).refused
    events.seal(clock.real_now())
    made = {}
    for n, (customer,) in enumerate(sql.rows("select id from customers_customer")):
        id, category = uuid4(), ("marketing", "transactional")[n % 2]
        made[id] = category
        sql.run(
            "insert into message_intent (id, origin, run, step, subject_id, customer_id, store, message, channel, category, planned_at, "
            "useful_until, state, released_at) values (%s, 'live', %s, 's', %s, %s, 'main', %s, %s, %s, %s, %s, 'released', %s)",
            [id, uuid4(), customer, customer, MESSAGES[category], channel, category, now, now + timedelta(days=9), now],
        )
        sql.run(
            "insert into message_delivery (intent_id, customer_id, store, channel, address, next_at) values (%s, %s, 'main', %s, '', %s)",
            [id, customer, channel, now],
        )
    sql.run("insert into message_live (origin, answer, live_at, by) values ('live', 'does_not', now(), 'test')")
    return made


def test_a_sender_killed_amid_notes_sends_nothing_twice_that_may_not(provider: tuple[str, Double]) -> None:
    channel, double = provider
    made = lay(channel)
    env = {**os.environ, "DATABASE_URL": url_of(connection.settings_dict), "AFTERWORD_WEBHOOKS_INSIDE": "1"}
    for _ in range(3):
        before = len(double.asked)
        double.faults, double.slow_for = ["slow"] * 400, 0.04
        sender = subprocess.Popen([sys.executable, "-c", SENDER], env=env)
        until = time.monotonic() + 60
        while len(double.asked) < before + 15 and sender.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        os.kill(sender.pid, signal.SIGKILL)
        sender.wait()
    double.faults = []
    for hours in (0, 1, 8, 20):
        messages.end_leases()
        messages.hand_over(clock.real_now() + timedelta(hours=hours))
    rows = sql.records(
        "select d.id, d.state, d.response, m.category, d.address from message_delivery d join message_intent m on m.id = d.intent_id"
    )
    assert {row["state"] for row in rows} <= {"accepted", "failed"}
    assert all(row["category"] == "marketing" and row["response"] == "in doubt" for row in rows if row["state"] == "failed")
    if channel == "webhook":
        assert sorted(double.taken) == sorted(str(row["id"]) for row in rows if row["state"] == "accepted")
        assert len(rows) == MANY == len(made)
        return
    went = Counter(one["To"] for one in double.taken)
    for row in rows:
        if row["category"] == "marketing":
            assert went[row["address"]] <= 1
        if row["state"] == "accepted":
            assert went[row["address"]] >= 1
