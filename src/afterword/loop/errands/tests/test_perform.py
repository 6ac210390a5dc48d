"""Errands: done once, tried again, given up in the open; calls signed as the receiver's own library checks them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID, uuid4

import pytest

from afterword.kernel.errors import Refused
from afterword.kit import clock, http, sql
from afterword.loop.errands import door
from afterword.loop.errands.actions.perform import BACK_OFF
from afterword.loop.errands.rules import settings
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> UUID:
    """Somebody who has an errand."""
    identity.record([Told("page.viewed", NOW, "test", "p", who=Who(external_id="ana"))], received_at=NOW)
    found = identity.customer_by("external", "main", "ana")
    assert found
    return found


def intended(kind: str, given: dict[str, object], customer: UUID, *, origin: str = "j", useful: timedelta = timedelta(days=7)) -> UUID:
    id = uuid4()
    row = {"id": str(id), "kind": kind, "settings": given, "run": str(uuid4()), "customer_id": str(customer)}
    select = (
        "select (%(row)s::jsonb ->> 'id')::uuid, %(row)s::jsonb ->> 'kind', %(row)s::jsonb -> 'settings', %(origin)s, 1, "
        "(%(row)s::jsonb ->> 'run')::uuid, 0, 'step', 'main', (%(row)s::jsonb ->> 'customer_id')::uuid, null::uuid, "
        "%(at)s::timestamptz, %(until)s::timestamptz"
    )
    assert door.intend(select, {"row": json.dumps(row), "origin": origin, "at": NOW, "until": NOW + useful}) == 1
    return id


def state(id: UUID) -> tuple[str, str, int]:
    found = sql.one("select state, said, attempts from errand where id = %s", [id])
    assert found
    return (str(found[0]), str(found[1]), int(found[2]))


def test_a_task_is_on_the_list_once_however_often_it_is_done(customer: UUID) -> None:
    id = intended("task", settings.task({"title": "Ring her", "due_in": "2d"}, "x"), customer)
    assert door.perform(NOW).done == 1
    sql.run("update errand set state = 'planned', next_at = %s where id = %s", [NOW, id])
    door.perform(NOW)
    (task,) = door.tasks()
    assert (task["title"], task["due_at"]) == ("Ring her", NOW + timedelta(days=2))
    assert door.close_task(task["id"], by="ana", at=NOW)
    assert not door.close_task(task["id"], by="ana", at=NOW)
    assert door.tasks() == []
    assert door.reopen_task(task["id"])


def test_a_tag_is_an_event_that_conditions_can_read(customer: UUID) -> None:
    intended("tag", settings.tag("vip", "x"), customer, origin="thanks")
    door.perform(NOW)
    assert sql.rows("select name, properties ->> 'tag', properties ->> 'journey' from event_inbox where name = 'customer.tagged'") == [
        ("customer.tagged", "vip", "thanks")
    ]


def test_what_is_too_late_is_dropped_and_says_so(customer: UUID) -> None:
    id = intended("tag", settings.tag("vip", "x"), customer, useful=timedelta(hours=1))
    door.perform(NOW + timedelta(hours=2))
    assert state(id)[:2] == ("dropped", "too late to be of use")


def test_a_kind_that_nobody_knows_waits_for_whoever_does(customer: UUID) -> None:
    id = intended("award", {}, customer)
    assert door.perform(NOW).again == 1
    assert state(id)[0] == "planned"


# Calls --------------------------------------------------------------------------------------------------------------------


class Receiver(ThreadingHTTPServer):
    """A receiver that answers as it is told, and keeps what it got."""

    answers: list[int]
    got: list[tuple[dict[str, str], bytes]]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """On this machine; allowed for once."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server = self.server
            assert isinstance(server, Receiver)
            body = self.rfile.read(int(self.headers["content-length"]))
            server.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(server.answers.pop(0) if server.answers else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    monkeypatch.setenv("AFTERWORD_WEBHOOKS_INSIDE", "1")
    server = Receiver(("127.0.0.1", 0), Handler)
    server.answers, server.got = [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def live(origin: str) -> None:
    sql.run("insert into message_live (origin, live_at, by, answer) values (%s, %s, 'ana', 'does_not')", [origin, NOW])


def test_a_call_is_signed_so_that_the_receiver_can_check_it(customer: UUID, receiver: Receiver) -> None:
    secret = door.open_endpoint("erp", f"http://127.0.0.1:{receiver.server_port}/in?x=1", at=NOW)
    live("j")
    id = intended("webhook", settings.webhook({"to": "erp", "name": "vip.reached", "data": {"level": 2}}, "x"), customer)
    assert door.perform(NOW).done == 1
    ((headers, body),) = receiver.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert headers["webhook-id"] == str(id)
    assert abs(int(headers["webhook-timestamp"]) - clock.real_now().timestamp()) < 60
    told = json.loads(body)
    assert told["type"] == "vip.reached"
    assert told["data"] | {"level": 2, "customer_id": str(customer)} == told["data"]
    assert secret not in str(sql.rows("select * from errand_endpoint"))


def test_a_new_secret_signs_beside_the_old_one_until_that_is_retired(customer: UUID, receiver: Receiver) -> None:
    url = f"http://127.0.0.1:{receiver.server_port}/"
    door.open_endpoint("erp", url, at=NOW)
    door.open_endpoint("erp", url, at=NOW)
    live("j")
    intended("webhook", settings.webhook("erp", "x"), customer)
    door.perform(NOW)
    assert len(receiver.got[0][0]["webhook-signature"].split()) == 2
    door.retire_former_secret("erp")
    intended("webhook", settings.webhook("erp", "x"), customer)
    door.perform(NOW)
    assert len(receiver.got[1][0]["webhook-signature"].split()) == 1


def test_whoever_fails_is_called_again_later_and_in_the_end_given_up_until_replayed(customer: UUID, receiver: Receiver) -> None:
    door.open_endpoint("erp", f"http://127.0.0.1:{receiver.server_port}/", at=NOW)
    live("j")
    id = intended("webhook", settings.webhook("erp", "x"), customer, useful=timedelta(days=60))
    receiver.answers = [503] * (len(BACK_OFF) + 1)
    now = NOW
    for wait in BACK_OFF:
        assert door.perform(now).again == 1
        assert door.perform(now + timedelta(seconds=wait - 1)).total == 0
        now += timedelta(seconds=wait)
    assert door.perform(now).dead == 1
    assert state(id)[0] == "dead"
    assert [row["id"] for row in door.dead()] == [id]
    assert door.replay(now) == 1
    assert door.perform(now).done == 1
    assert {headers["webhook-id"] for headers, _ in receiver.got} == {str(id)}, "every attempt has the same id"


@pytest.mark.parametrize(("status", "word"), [(404, "dead"), (302, "dead"), (429, "planned"), (410, "dead")])
def test_what_an_answer_means(customer: UUID, receiver: Receiver, status: int, word: str) -> None:
    door.open_endpoint("erp", f"http://127.0.0.1:{receiver.server_port}/", at=NOW)
    live("j")
    id = intended("webhook", settings.webhook("erp", "x"), customer)
    receiver.answers = [status]
    door.perform(NOW)
    assert state(id)[0] == word
    assert bool(door.endpoints()[0]["closed_at"]) == (status == 410)


def test_a_rehearsing_journey_calls_nobody(customer: UUID, receiver: Receiver) -> None:
    door.open_endpoint("erp", f"http://127.0.0.1:{receiver.server_port}/", at=NOW)
    id = intended("webhook", settings.webhook("erp", "x"), customer)
    door.perform(NOW)
    assert receiver.got == []
    assert state(id)[0] == "rehearsed"


def test_an_endpoint_that_is_not_there_is_said(customer: UUID) -> None:
    live("j")
    id = intended("webhook", settings.webhook("erp", "x"), customer)
    door.perform(NOW)
    assert state(id)[:2] == ("dead", "there is no endpoint called “erp”")


def test_nobody_inside_is_called_unless_that_is_allowed(customer: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="https"):
        door.open_endpoint("erp", "http://127.0.0.1:9/", at=NOW)
    for address in ("127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "0.0.0.0"):
        with pytest.raises(Refused, match="inside our own network"):
            http.refuse_inside("x", [address])
    door.open_endpoint("erp", "https://localhost:9/", at=NOW)
    live("j")
    id = intended("webhook", settings.webhook("erp", "x"), customer)
    door.perform(NOW)
    assert state(id)[0] == "dead"
    assert "inside our own network" in state(id)[1]


@pytest.mark.parametrize(
    ("kind", "given", "place"),
    [
        ("task", {"note": "x"}, "s.title"),
        ("task", {"title": "x", "due_in": "soon"}, "s.due_in"),
        ("task", {"title": "x", "who": 1}, "s.who"),
        ("tag", "V I P", "s"),
        ("webhook", {"to": "A b"}, "s.to"),
        ("webhook", {"to": "erp", "data": {"a": [1]}}, "s.data"),
    ],
)
def test_settings_that_make_no_sense_are_refused_with_their_place(kind: str, given: object, place: str) -> None:
    with pytest.raises(Refused) as refused:
        door.kinds()[kind].check(given, "s")
    assert refused.value.values["place"] == place
