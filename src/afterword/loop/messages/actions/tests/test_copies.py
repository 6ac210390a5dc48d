"""A colleague gets one copy in which nothing is counted; what was sent long ago loses its words; a mail is read in a browser."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.test import Client

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels.door import Envelope, Outcome
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages
from afterword.loop.messages.actions import copies, lease, write
from afterword.loop.messages.actions.outcomes import Handed, keep
from afterword.loop.messages.actions.papers import keep_paper
from afterword.loop.messages.actions.tests.test_write import AT, SECTION, changed, due, letter
from afterword.loop.messages.queries.wordings import draft
from afterword.loop.messages.rules.wording import document

pytestmark = pytest.mark.django_db


def went() -> tuple[Any, str]:
    """A message of the shop's own that went, with a copy asked for; its id, and where it is viewed."""
    begun = write.begin_message("hello", "Hello", "service", "ro", at=AT)
    body = SECTION % 'Salut! <a href="https://shop.example/a">a</a> <a href="{{ links.view }}">v</a>'
    kept = write.save_message({**changed(begun, subject="Comanda", body=body), "copy_to": "boss@shop.example"}, base=begun.mark, at=AT)
    write.publish_message("hello", base=kept.mark, at=AT)
    assert document(draft("hello").wording)["copy_to"] == "boss@shop.example"
    row = due("hello")
    taken = lease.lease(AT + timedelta(minutes=1))[row["id"]]
    made, text = letter(taken)
    keep({row["id"]: {**taken, "live": False}}, {row["id"]: made}, [Outcome(row["id"], "accepted", "accepted")], AT, True, Handed())
    return row["id"], next(word for word in text.split() if "/c/v/" in word)


def test_a_colleague_gets_one_copy_whose_links_lead_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    went()
    sent: list[Envelope] = []

    def taken(envelopes: list[Envelope], server: object) -> list[Outcome]:
        sent.extend(envelopes)
        return [Outcome(one.id, "accepted", "accepted") for one in envelopes]

    monkeypatch.setattr(copies, "send_email", taken)
    assert (copies.send_copies(AT), copies.send_copies(AT)) == (1, 0)
    (copy,) = sent
    mail = message_from_bytes(copy.raw, policy=policy.default)
    assert (mail["To"], mail["Subject"], mail["List-Unsubscribe"]) == ("boss@shop.example", "[Copy] Comanda", None)
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "Salut!" in html
    assert "/c/" not in html


def test_a_colleague_gets_what_is_attached_too(monkeypatch: pytest.MonkeyPatch) -> None:
    write.save_manners("main", avoided=[], preferred={}, marks={}, keep_days={}, paper="invoice")
    shipped = draft("order_confirmation").wording
    kept = write.save_message({**document(shipped), "copy_to": "boss@shop.example", "dated": True}, base=shipped.mark, at=AT)
    write.publish_message("order_confirmation", base=kept.mark, at=AT)
    row = due("order_confirmation")
    tell_promise()
    keep_paper("main", "o1", b"%PDF-1.7 an invoice", kind="invoice")
    taken = lease.lease(AT + timedelta(minutes=1))[row["id"]]
    made, _ = letter(taken)
    keep({row["id"]: {**taken, "live": False}}, {row["id"]: made}, [Outcome(row["id"], "accepted", "accepted")], AT, True, Handed())
    theirs = files(made.mail.raw)
    assert set(theirs) == {"invoice-o1.pdf", "delivery.ics"}
    assert "/c/o/" in theirs["delivery.ics"][1].replace("\r\n ", "")
    sent: list[Envelope] = []

    def take(envelopes: list[Envelope], server: object) -> list[Outcome]:
        sent.extend(envelopes)
        return [Outcome(one.id, "accepted", "accepted") for one in envelopes]

    monkeypatch.setattr(copies, "send_email", take)
    assert copies.send_copies(AT) == 1
    copied = files(sent[0].raw)
    assert copied["invoice-o1.pdf"] == theirs["invoice-o1.pdf"] == ("application/pdf", "%PDF-1.7 an invoice")
    assert copied["delivery.ics"][0] == theirs["delivery.ics"][0]
    assert "/c/" not in copied["delivery.ics"][1], "a colleague's calendar does not hold a customer's keys"
    assert "BEGIN:VEVENT" in copied["delivery.ics"][1]


def tell_promise() -> None:
    promised = {"promised_from": (AT + timedelta(days=2)).isoformat(), "promised_to": (AT + timedelta(days=3)).isoformat()}
    told = Told("order.updated", AT, "test", "o1b", who=Who("c1"), order="o1", properties=promised)
    assert not identity.record([told], received_at=AT).refused
    events.seal(AT + timedelta(seconds=1))


def files(raw: bytes) -> dict[str, tuple[str, str]]:
    """Each attached file: its kind without its name, and what it says."""
    found = {}
    for part in message_from_bytes(raw, policy=policy.default).iter_attachments():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        kind = "; ".join(one for one in str(part["Content-Type"]).split("; ") if not one.startswith("name="))
        found[str(part.get_filename())] = (kind, content.decode())
    return found


def test_no_body_is_read_but_of_what_is_copied_now() -> None:
    asked = {"since": AT, "now": AT, "most": 1}
    plan = [line for (line,) in sql.rows("explain (verbose) " + copies.DUE.format(senders=copies.NOBODY), asked)]
    limit = next(n for n, line in enumerate(plan) if "Limit" in line)
    assert not [line for line in plan[limit:] if "Key" in line and "body" in line], plan


def test_what_a_journey_sends_is_copied_to_whom_it_names_once_beside_the_messages_own(monkeypatch: pytest.MonkeyPatch) -> None:
    went()
    sql.run("update message_intent set version_id = 7")
    sent: list[Envelope] = []

    def taken(envelopes: list[Envelope], server: object) -> list[Outcome]:
        sent.extend(envelopes)
        return [Outcome(one.id, "accepted", "accepted") for one in envelopes]

    monkeypatch.setattr(copies, "send_email", taken)
    monkeypatch.setattr(copies, "_senders", {})
    copies.register_copies("one", "select 7, 'ops@shop.example'")
    copies.register_copies("two", "select 7, 'boss@shop.example' union all select 8, 'nobody@shop.example'")
    assert (copies.send_copies(AT), copies.send_copies(AT)) == (2, 0)
    assert sorted(one.recipient for one in sent) == ["boss@shop.example", "ops@shop.example"]
    assert sql.value("select count(*) from event_inbox where name like 'message.%%'") == sql.value(
        "select count(*) from event_inbox where name = 'message.sent'"
    ), "a copy is no message to the customer"


def test_bodies_are_kept_as_long_as_the_store_says() -> None:
    id, address = went()
    accounts.stores()
    write.save_manners("main", avoided=[], preferred={}, marks={}, keep_days={"service": 30})
    assert copies.end_bodies(AT + timedelta(days=29)) == 0
    assert copies.end_bodies(AT + timedelta(days=31)) == 1
    assert sql.rows("select body, subject, state from message_delivery where intent_id = %s", [id]) == [(None, "", "accepted")]
    assert Client().get(address.split("/c/", 1)[1].join(["/c/", ""])).status_code == 404


def test_a_mail_is_read_in_a_browser_and_nothing_is_counted() -> None:
    _, address = went()
    path = "/c/" + address.split("/c/", 1)[1]
    page = Client().get(path)
    html = page.content.decode()
    assert (page.status_code, "Salut!" in html, "/c/i/" in html) == (200, True, False)
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert not page.cookies
    assert sql.value("select count(*) from event_inbox where name in ('message.opened', 'message.clicked')") == 0
    assert Client().get(path[:-3] + "abc").status_code == 404
    assert messages.listing.page_of(sql.value("select id from message_intent"), sql.value("select id from orders_order")) == ""
