"""What is live leaves, what rehearses does not; nobody's batch is sent twice, and what is in doubt is treated as its category says."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as Received

from afterword.faces.mailbox.jobs import Mailbox
from afterword.kit import clock, process, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import NotAllowed
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages
from afterword.loop.messages.actions import lease
from afterword.loop.messages.queries import servers

pytestmark = pytest.mark.django_db(transaction=True)
MESSAGES = {"marketing": "win_back", "service": "nps", "transactional": "order_confirmation"}


class Outside:
    """A mail server of the world: keeps who it accepted for; whoever is called `breaks` breaks it once the words are there."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.broken = 0

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Received) -> str:
        if envelope.rcpt_tos[0].startswith("breaks"):
            self.broken += 1
            assert server.transport is not None
            server.transport.close()
            return "250 lost"
        self.kept.append(envelope.rcpt_tos[0])
        return "250 kept"


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    keeper = Outside()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller, mailbox = Controller(keeper, hostname="127.0.0.1", port=port), Mailbox("127.0.0.1", 0)
    controller.start()
    mailbox.start()
    for name, value in (("SMTP_HOST", "127.0.0.1"), ("SMTP_PORT", port), ("SMTP_TLS", "none"), ("MAILBOX_PORT", mailbox.port)):
        monkeypatch.setenv(f"AFTERWORD_{name}", str(value))
    servers.mailbox.cache_clear()
    servers.outside.cache_clear()
    accounts.save_store("main", by=None, name="Lut", brand={"sender_email": "shop@lut.example"})
    yield keeper
    controller.stop()
    mailbox.stop()
    servers.mailbox.cache_clear()
    servers.outside.cache_clear()


def released(origin: str, who: str, category: str = "marketing") -> UUID:
    """A message that the guard let go."""
    now, id = clock.real_now(), uuid4()
    told = Told("customer.created", now, "test", who, who=Who(who, f"{who}@b.example", verified=True), personal={})
    customer = sql.value("select id from customers_customer where email = %s", [f"{who}@b.example"]) or _customer(told, now)
    sql.run(
        "insert into message_intent (id, origin, run, step, subject_id, customer_id, store, message, channel, category, planned_at, "
        "useful_until, state, released_at) values (%s, %s, %s, 's', %s, %s, 'main', %s, 'email', %s, %s, %s, 'released', %s)",
        [id, origin, uuid4(), customer, customer, MESSAGES[category], category, now, now + timedelta(days=9), now],
    )
    sql.run(
        "insert into message_delivery (intent_id, customer_id, store, channel, address, next_at) values (%s, %s, 'main', 'email', '', %s)",
        [id, customer, now],
    )
    return id


def _customer(told: Told, now: datetime) -> UUID:
    from afterword.loop.events import door as events

    assert not identity.record([told], received_at=now).refused
    events.seal(clock.real_now())
    found: UUID = sql.value("select id from customers_customer where email = %s", [f"{told.source_id}@b.example"])
    return found


def state(id: UUID) -> tuple[Any, ...] | None:
    return sql.one("select m.state, d.response from message_intent m join message_delivery d on d.intent_id = m.id where m.id = %s", [id])


def in_mailbox() -> list[str]:
    return [row[0] for row in sql.rows("select recipient from mailbox_mail order by 1")]


def test_a_fresh_shop_rehearses_and_each_journey_goes_live_on_its_own(outside: Outside) -> None:
    messages.go_live("win_back", answer="does_not", by=None, at=clock.now())
    first, second = released("win_back", "ana"), released("care", "bogdan")
    messages.hand_over(clock.real_now())
    assert (outside.kept, in_mailbox()) == (["ana@b.example"], ["bogdan@b.example"])
    said = dict(sql.rows("select message_id, (properties ->> 'rehearsal')::bool from event_inbox where name = 'message.sent'"))
    assert said == {first: False, second: True}
    messages.rehearse("win_back", by=None, at=clock.now())
    released("win_back", "ana")
    messages.hand_over(clock.real_now())
    assert (outside.kept, in_mailbox()) == (["ana@b.example"], ["ana@b.example", "bogdan@b.example"])


def test_going_live_wants_an_answer_a_mail_server_and_the_deed_and_is_audited(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    analyst = accounts.create_member("eva@shop.example", "analyst", by=None)
    with pytest.raises(NotAllowed):
        messages.go_live("win_back", answer="both", by=analyst, at=clock.now())
    with pytest.raises(messages.NoAnswer):
        messages.go_live("win_back", answer="", by=None, at=clock.now())
    marketer = accounts.create_member("max@shop.example", "marketer", by=None)
    for _ in range(2):
        messages.go_live("win_back", answer="switched_off", by=marketer, at=clock.now())
    found = messages.live_origins()["win_back"]
    assert (found.answer, found.by, messages.is_live("win_back")) == ("switched_off", "max@shop.example", True)
    messages.rehearse("win_back", by=marketer, at=clock.now())
    assert not messages.is_live("win_back")
    assert [row.what for row in accounts.audited()[:2]] == ["journey rehearses", "journey went live"]
    monkeypatch.delenv("AFTERWORD_SMTP_HOST")
    with pytest.raises(messages.NoServer):
        messages.go_live("win_back", answer="does_not", by=marketer, at=clock.now())


def test_a_live_journey_without_a_mail_server_waits_and_nothing_of_it_goes_to_the_mailbox(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages.go_live("win_back", answer="does_not", by=None, at=clock.now())
    monkeypatch.delenv("AFTERWORD_SMTP_HOST")
    id = released("win_back", "ana")
    assert messages.hand_over(clock.real_now()).deferred == 1
    assert in_mailbox() == []
    assert state(id) == ("released", str(messages.NoServer()))


@pytest.mark.parametrize("category", ["marketing", "service", "transactional"])
def test_a_conversation_that_broke_after_the_words_is_in_doubt(outside: Outside, category: str) -> None:
    messages.go_live("x", answer="does_not", by=None, at=clock.now())
    id = released("x", "breaks", category)
    done = messages.hand_over(clock.real_now())
    if category == "marketing":
        assert (done.failed, state(id)) == (1, ("failed", "in doubt"))
        assert sql.value("select properties ->> 'reason' from event_inbox where name = 'message.failed'") == "in_doubt"
    else:
        assert done.deferred == 1
        messages.hand_over(clock.real_now() + timedelta(minutes=2))
        assert outside.broken == 2


def held_by(holder: str, *ids: UUID, begun: bool) -> None:
    sql.run(
        "update message_delivery set state = 'handed', leased_until = now() + interval '2 minutes', held_by = %s, attempts = 1, "
        "begun_at = case when %s then now() end where intent_id = any(%s)",
        [holder, begun, list(ids)],
    )


def dead() -> str:
    """The name of a process that has ended."""
    words = "from afterword.kit import process; print(process.name())"
    said = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    return said.stdout.strip()


def test_what_a_dead_sender_had_begun_is_in_doubt_and_what_it_had_not_begun_is_sent(outside: Outside) -> None:
    messages.go_live("x", answer="does_not", by=None, at=clock.now())
    begun, waited, confirmed = released("x", "ana"), released("x", "bogdan"), released("x", "carol", "transactional")
    holder = dead()
    held_by(holder, begun, confirmed, begun=True)
    held_by(holder, waited, begun=False)
    assert messages.hand_over(clock.real_now()).total == 0  # its lease still holds: nobody knows yet that it is dead
    assert messages.end_leases() == 3
    messages.hand_over(clock.real_now())
    assert sorted(outside.kept) == ["bogdan@b.example", "carol@b.example"]
    assert state(begun) == ("failed", "in doubt")


@pytest.mark.parametrize("said", ["again", "give up", "nothing"])
def test_a_shop_may_be_asked_what_becomes_of_what_is_in_doubt(outside: Outside, said: str) -> None:
    messages.set_doubts({"transactional": "ask", "marketing": "ask"}, by=None)
    assert messages.doubts() == {"transactional": "ask", "service": "again", "marketing": "ask"}
    messages.go_live("x", answer="does_not", by=None, at=clock.now())
    broken, begun = released("x", "breaks", "transactional"), released("x", "ana")
    held_by(dead(), begun, begun=True)
    messages.end_leases()
    now = clock.real_now()
    assert messages.hand_over(now).deferred == 2
    assert {one["id"] for one in messages.doubted()} == {broken, begun}
    assert messages.doubted(["other"]) == []
    messages.end_leases()
    messages.hand_over(now + timedelta(days=2))
    assert (outside.broken, outside.kept) == (1, []), "nothing goes before somebody says so"
    assert not sql.value("select count(*) from event_inbox where name like 'message.%%'")
    if said != "nothing":
        messages.settle_doubt(begun, again=said == "again", by=None, now=now + timedelta(days=2))
        with pytest.raises(messages.NotInDoubt):
            messages.settle_doubt(uuid4(), again=True, by=None, now=now)
    messages.hand_over(now + timedelta(days=2, minutes=1))
    assert outside.kept == (["ana@b.example"] if said == "again" else [])
    messages.hand_over(now + timedelta(days=3, minutes=1))
    assert (state(begun) or ("",))[0] == ("sent" if said == "again" else "failed")
    assert (outside.broken, state(broken)) == (1, ("failed", "in doubt"))
    assert messages.doubted() == []


def test_who_says_what_is_done_in_doubt_has_the_deed(outside: Outside) -> None:
    eva = accounts.create_member("eva@shop.example", "analyst", by=None)
    with pytest.raises(NotAllowed):
        messages.set_doubts({"marketing": "again"}, by=eva)
    id = released("x", "ana")
    with pytest.raises(NotAllowed):
        messages.settle_doubt(id, again=True, by=eva, now=clock.real_now())
    with pytest.raises(messages.NotInDoubt):
        messages.settle_doubt(id, again=True, by=None, now=clock.real_now())
    assert state(id) == ("released", "")


def test_a_batch_of_a_sender_that_lives_is_left_to_it(outside: Outside) -> None:
    id = released("x", "ana")
    with subprocess.Popen(
        [sys.executable, "-c", "from afterword.kit import process; print(process.name(), flush=True); input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        held_by(other.stdout.readline().strip(), id, begun=False)
        assert messages.end_leases() == 0
        assert messages.hand_over(clock.real_now()).total == 0
        other.communicate("\n")
    assert messages.end_leases() == 1
    assert messages.hand_over(clock.real_now()).accepted == 1


def test_what_is_not_ours_any_more_does_not_leave(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    messages.go_live("x", answer="does_not", by=None, at=clock.now())
    ids = [released("x", f"p{n}") for n in range(3)]
    taken = lease.lease

    def lost(now: datetime) -> dict[UUID, dict[str, Any]]:
        found = taken(now)
        sql.run("update message_delivery set held_by = 'another/1/1.0'")
        return found

    monkeypatch.setattr("afterword.loop.messages.actions.hand_over.lease", lost)
    messages.hand_over(clock.real_now())
    assert outside.kept == []
    assert {state(id) for id in ids} == {("released", "")}
    assert sql.value("select count(*) from message_delivery where held_by = 'another/1/1.0' and state = 'handed'") == 3


def test_what_never_began_is_tried_again_at_once_and_costs_no_attempt(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    messages.go_live("x", answer="does_not", by=None, at=clock.now())
    released("x", "ana")
    monkeypatch.setattr(lease, "BEGUN", "select 1 where false and %(id)s is null and %(me)s = '' and %(now)s is null")
    assert messages.hand_over(clock.real_now()).deferred == 1
    monkeypatch.undo()
    assert sql.one("select attempts, next_at < now() + interval '3 seconds' from message_delivery") == (0, True)


def test_a_mailbox_that_is_away_for_a_moment_is_asked_again_within_seconds(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERWORD_MAILBOX_PORT", "9")
    servers.mailbox.cache_clear()
    released("x", "ana")
    assert messages.hand_over(clock.real_now()).deferred == 1
    assert sql.value("select next_at < now() + interval '3 seconds' from message_delivery")
    sql.run("update message_delivery set attempts = 40")
    assert messages.hand_over(clock.real_now() + timedelta(seconds=3)).deferred == 1


def test_this_process_has_a_name_and_the_dead_are_known() -> None:
    assert not process.is_gone(process.name())
    assert process.is_gone(dead())
    assert not process.is_gone("elsewhere/1/1.0")
