"""Papers that travel with mails: the shop's own invoice where it can be had in time, else a summary; and what of it is said."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from afterword.kit import clock, sql
from afterword.kit.http import Inside
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.models import Member
from afterword.loop.channels.door import Outcome
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages.actions import papers, write
from afterword.loop.messages.actions.forget import forget
from afterword.loop.messages.actions.lease import lease
from afterword.loop.messages.actions.outcomes import Handed, keep
from afterword.loop.messages.actions.tests.test_write import AT, due
from afterword.loop.messages.queries.letters import Letter, letters
from afterword.loop.messages.queries.papers import NONE, own_papers, places
from afterword.loop.messages.types import NotAPaper, PaperTooLarge

PDF = b"%PDF-1.7 an invoice"
pytestmark = pytest.mark.django_db


@contextmanager
def shop(*answers: bytes) -> Iterator[str]:
    """A shop's server that gives these answers in turn, each on a connection of its own."""
    listening, left = socket.create_server(("127.0.0.1", 0)), list(answers)

    def serve() -> None:
        while left:
            line, _ = listening.accept()
            line.recv(65_536)
            line.sendall(left.pop(0))
            line.close()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/invoice"
    listening.close()


def answer(body: bytes, status: str = "200 OK", *more: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *more, "", ""]).encode() + body


def ordered(address: str = "", *, paper: str = "invoice") -> dict[str, Any]:
    """A confirmation that is due; the shop names its invoice there."""
    accounts.save_store("main", by=None, name="Lut", brand={"legal": "Lut SRL\nRO 123456"})
    write.save_manners("main", avoided=[], preferred={}, marks={}, keep_days={}, paper=paper)
    row = due("order_confirmation")
    sql.run("update message_intent set category = 'transactional' where id = %s", [row["id"]])
    if address:
        told = Told("order.paid", AT, "test", "o2", who=Who("c1"), order="o1", personal={"invoice_url": address})
        assert not identity.record([told], received_at=AT).refused
        events.seal(AT + timedelta(seconds=1))
    return row


def leased() -> dict[str, Any]:
    """The delivery, taken up."""
    (row,) = lease(AT + timedelta(minutes=1)).values()
    return {**row, "live": False}


def gone(row: dict[str, Any]) -> tuple[list[tuple[str, bytes]], str]:
    """What the letter encloses, once it went, and what its delivery says of that."""
    ((_, made),) = letters([row], lambda _row: AT)
    assert isinstance(made, Letter), made
    keep({row["id"]: row}, {row["id"]: made}, [Outcome(row["id"], "accepted", "accepted")], AT, True, Handed())
    mail = message_from_bytes(made.mail.raw, policy=policy.default)
    files = [(str(part.get_filename()), bytes(part.get_content())) for part in mail.iter_attachments()]
    return files, str(sql.value("select enclosed from message_delivery"))


def test_a_confirmation_waits_for_the_shops_invoice_and_carries_it() -> None:
    with shop(answer(b"", "302 Found", "Location: /there.pdf"), answer(PDF)) as address:
        ordered(address)
        row = leased()
        (waits,) = papers.awaited([row]).values()
        assert (waits.result, waits.word) == ("deferred", papers.WORD)
        keep({row["id"]: row}, {}, [waits], AT, False, Handed())
        assert sql.rows("select attempts, state from message_delivery") == [(0, "deferred")]
        assert papers.fetch_papers(inside=True) == 1
    assert papers.awaited([row]) == {}
    assert gone(row) == ([("invoice-7.pdf", PDF)], "invoice")
    assert papers.fetch_papers(inside=True) == 0


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (answer(b"", "404 Not Found"), "answered 404"),
        (answer(b"<html>sign in</html>"), "it is no PDF"),
        (answer(b"", "302 Found", "Location: http://[there/"), "it leads to what is no address"),
    ],
)
def test_what_is_no_invoice_is_not_waited_for_and_a_summary_goes(reply: bytes, said: str) -> None:
    with shop(reply) as address:
        ordered(address)
        row = leased()
        assert papers.awaited([row])
        papers.fetch_papers(inside=True)
    assert papers.awaited([row]) == {}
    ((name, content),), facts = gone(row)
    assert (name, content[:5]) == ("order-7.pdf", b"%PDF-")
    assert facts.startswith("summary; ")
    assert said in facts


@pytest.mark.parametrize("address", ["https://shop[1]/invoice.pdf", "https://shop.example:99999/invoice.pdf", "invoice.pdf"])
def test_what_is_no_address_is_not_waited_for_and_holds_up_no_other_invoice(address: str) -> None:
    ordered(address)
    row = leased()
    assert papers.awaited([row])
    with shop(answer(PDF)) as there:
        papers._want({(events.order_id("main", "o2"), "invoice", NONE): ("main", there)}, clock.real_now())
        assert papers.fetch_papers(inside=True) == 2
    assert sql.value("select count(*) from message_paper where state = 'there'") == 1
    assert papers.awaited([row]) == {}
    assert "is no address of the web" in gone(row)[1]


def test_a_server_that_does_not_answer_keeps_no_confirmation_longer_than_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    ordered("http://127.0.0.1:9/invoice")
    row = leased()
    assert papers.awaited([row])
    papers.fetch_papers(inside=True)
    assert sql.value("select state from message_paper") == "wanted", "it is tried again"
    assert papers.awaited([row])
    later = clock.real_now() + papers.PATIENCE
    monkeypatch.setattr(clock, "real_now", lambda: later)
    assert papers.awaited([row]) == {}
    assert gone(row)[1].startswith("summary; the shop's own could not be had: ")


def test_our_own_network_is_not_called_for_an_invoice_nor_an_open_address_behind_a_sealed_one() -> None:
    with pytest.raises(Inside):
        papers.brought("http://127.0.0.1:9/invoice")
    with shop(answer(b"x" * (papers.LARGEST + 10))) as address, pytest.raises(PaperTooLarge):
        papers.brought(address, inside=True)
    with pytest.raises(NotAPaper):
        papers.proved(b"hello")


def test_an_uploaded_invoice_takes_the_place_of_one_that_is_fetched(alice: Member) -> None:
    token = accounts.create_key("main", "shop", by=alice)
    ordered("http://127.0.0.1:9/invoice")
    row = leased()
    assert papers.awaited([row])

    def put(body: bytes, query: str = "order=o1", token: str = token) -> Any:
        address = f"/api/v1/invoices?{query}"
        return Client().post(address, body, content_type="application/pdf", headers={"authorization": f"Bearer {token}"})

    assert put(PDF, token="nobody").status_code == 401
    assert put(b"hello").status_code == 422
    assert put(PDF, "order=").status_code == 422
    assert put(b"%PDF-" + b"x" * papers.LARGEST).status_code == 413
    taken = put(PDF)
    assert (taken.status_code, taken.json()) == (200, {"order": "o1", "kind": "invoice", "size": len(PDF)})
    assert papers.awaited([row]) == {}
    assert gone(row) == ([("invoice-7.pdf", PDF)], "invoice")


def refunded(number: int, address: str = "") -> UUID:
    """The event of a refund of the order."""
    at = AT + timedelta(minutes=number)
    personal = {"invoice_url": address} if address else {}
    properties = {"amount_minor": 100 * number, "currency": "RON", "whole": False}
    told = Told("order.refunded", at, "test", f"r{number}", who=Who("c1"), order="o1", properties=properties, personal=personal)
    assert not identity.record([told], received_at=at).refused
    found = sql.value("select id from event_inbox where name = 'order.refunded'")
    assert isinstance(found, UUID)
    return found


def of_refund(row: dict[str, Any], run: UUID) -> dict[str, Any]:
    return {**row, "message": "refund_done", "run": run}


def test_each_refund_s_mail_carries_its_own_credit_note_or_none() -> None:
    ordered()
    row = leased()
    papers.keep_paper("main", "o1", b"%PDF-first", kind="credit")
    first = refunded(1)
    events.seal(AT + timedelta(minutes=1))
    assert gone(of_refund(row, first)) == ([("credit-note-7.pdf", b"%PDF-first")], "invoice"), "one that came before any is the first one's"
    second = refunded(2)
    events.seal(AT + timedelta(minutes=2))
    ((name, _),), facts = gone(of_refund(row, second))
    assert (name, facts) == ("refund-7.pdf", "summary"), "the first one's credit note is not the second's"
    papers.keep_paper("main", "o1", b"%PDF-second", kind="credit")
    assert gone(of_refund(row, second))[0] == [("credit-note-7.pdf", b"%PDF-second")]
    assert gone(of_refund(row, first))[0] == [("credit-note-7.pdf", b"%PDF-first")]
    third = refunded(3)
    papers.keep_paper("main", "o1", b"%PDF-third", kind="credit")  # told, and not yet sealed
    events.seal(AT + timedelta(minutes=3))
    assert gone(of_refund(row, third))[0] == [("credit-note-7.pdf", b"%PDF-third")]
    assert gone(of_refund(row, UUID(int=1)))[0] == [("credit-note-7.pdf", b"%PDF-third")], "what began otherwise speaks of the latest"


def test_a_second_refund_s_credit_note_is_fetched_while_the_first_one_s_is_there() -> None:
    ordered()
    row = leased()
    with shop(answer(b"%PDF-first"), answer(b"%PDF-second")) as address:
        first = refunded(1, address)
        events.seal(AT + timedelta(minutes=1))
        assert papers.awaited([of_refund(row, first)])
        assert papers.fetch_papers(inside=True) == 1
        assert papers.awaited([of_refund(row, first)]) == {}
        second = refunded(2)
        events.seal(AT + timedelta(minutes=2))
        assert papers.awaited([of_refund(row, second)]) == {}, "nobody names one, so nothing is waited for"
        assert own_papers([of_refund(row, second)]) == {}
        third = refunded(3, address)
        events.seal(AT + timedelta(minutes=3))
        assert papers.awaited([of_refund(row, third)])
        assert papers.fetch_papers(inside=True) == 1
    assert gone(of_refund(row, third))[0] == [("credit-note-7.pdf", b"%PDF-second")]
    assert gone(of_refund(row, first))[0] == [("credit-note-7.pdf", b"%PDF-first")]
    assert places([{**row, "message": "order_confirmation"}]) == {row["id"]: ((row["order_id"], "invoice", NONE),)}


def test_no_batch_carries_more_than_is_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ordered()
    papers.keep_paper("main", "o1", PDF, kind="invoice")
    row = leased()
    batch = [{**row, "id": UUID(int=n)} for n in range(5)]
    assert papers.awaited(batch) == {}
    monkeypatch.setattr(papers, "AT_A_TIME", 2 * len(PDF) + 1)
    put_off = papers.awaited(batch)
    assert list(put_off) == [UUID(int=n) for n in (2, 3, 4)]
    assert {(one.result, one.word, one.said) for one in put_off.values()} == {("deferred", papers.WORD, "goes with the next batch")}


def test_a_replay_fetches_nothing_and_says_so() -> None:
    ordered("http://127.0.0.1:9/invoice")
    ((name, _),), facts = gone(leased())
    assert (name, facts) == ("order-7.pdf", "summary; the shop's own could not be had: it was not fetched")


def test_nothing_travels_unless_the_store_or_the_message_says_so() -> None:
    ordered(paper="off")
    assert gone(leased()) == ([], "")


def test_whoever_is_forgotten_takes_their_papers_along_and_papers_do_not_stay_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    row = ordered()
    papers.keep_paper("main", "o1", PDF, kind="invoice")
    papers.keep_paper("main", "another", PDF, kind="invoice")
    forget([row["customer_id"]])
    assert sql.value("select count(*) from message_paper") == 1
    later = clock.real_now() + papers.KEPT_FOR + timedelta(hours=1)
    monkeypatch.setattr(clock, "real_now", lambda: later)
    assert papers.end_papers() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_wanted_is_fetched_beside_the_worker_as_soon_as_a_letter_wants_it() -> None:
    beside = papers.Fetching(inside=True)
    with shop(answer(PDF)) as address:
        ordered(address)
        beside.start()
        try:
            assert papers.awaited([leased()])
            until = clock.elapsed() + 10
            while sql.value("select state from message_paper") == "wanted" and clock.elapsed() < until:
                clock.rest(0.02)
        finally:
            beside.stop()
    assert sql.rows("select state, content from message_paper") == [("there", PDF)]
