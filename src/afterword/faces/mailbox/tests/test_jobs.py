"""Mails come in over real SMTP and are committed when the sender is told so."""

from uuid import UUID

import pytest

from afterword.faces.mailbox import actions
from afterword.faces.mailbox.jobs import Mailbox
from afterword.kit import clock, sql
from afterword.loop.channels.door import Envelope, Server, send_email

RAW = "Subject: Привіт\r\nTo: =?utf-8?b?6rmA7ISc7Jew?= <s@b.example>\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\n\r\nx\r\n".encode()


@pytest.mark.django_db(transaction=True)
def test_what_the_sender_was_told_is_kept_is_kept() -> None:
    mailbox = Mailbox(port=0)
    mailbox.start()
    batch = [Envelope(UUID(int=n), "shop@a.example", f"p{n}@b.example", RAW) for n in range(120)]
    outcomes = list(send_email(batch, Server("127.0.0.1", mailbox.port, tls="none")))
    kept = int(sql.value("select count(*) from mailbox_mail"))
    mailbox.stop()
    assert {outcome.result for outcome in outcomes} == {"accepted"}
    assert kept == len(outcomes) == 120
    assert sql.one("select to_name, shown_at::text from mailbox_mail limit 1") == ("김서연", "2026-03-02 10:00:00+00")


@pytest.mark.django_db(transaction=True)
def test_what_could_not_be_kept_is_to_be_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox = Mailbox(port=0)
    mailbox.start()
    server, one = Server("127.0.0.1", mailbox.port, tls="none"), Envelope(UUID(int=1), "shop@a.example", "p@b.example", RAW)
    monkeypatch.setattr(actions, "COLUMNS", ("no_such_column",))
    outcomes = list(send_email([one], server))
    monkeypatch.undo()
    again = list(send_email([one], server))
    mailbox.stop()
    assert outcomes[0].result == "deferred"
    assert again[0].result == "accepted"


@pytest.mark.django_db(transaction=True)
def test_a_patient_mailbox_takes_the_port_when_the_other_lets_go() -> None:
    first = Mailbox(port=0)
    first.start()
    second = Mailbox(port=first.port, patient=True)
    second.start()
    first.stop()
    envelope, outcomes = Envelope(UUID(int=1), "shop@a.example", "p@b.example", RAW), ["deferred"]
    for _ in range(40):
        outcomes = [one.result for one in send_email([envelope], Server("127.0.0.1", first.port, tls="none", idle_for=0.0))]
        if outcomes == ["accepted"]:
            break
        clock.rest(0.1)
    second.stop()
    assert outcomes == ["accepted"]


def test_a_patient_mailbox_that_never_got_the_port_ends_too() -> None:
    first = Mailbox(port=0)
    first.start()
    second = Mailbox(port=first.port, patient=True)
    second.start()
    second.stop()
    first.stop()
    assert not second._thread.is_alive()
