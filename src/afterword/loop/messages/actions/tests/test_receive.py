"""Mail that comes in: reports, complaints, answers of people and of machines, and what is nobody's."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.messages import door as messages

from .test_hand_over import released

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def store() -> None:
    accounts.save_store("main", by=None, name="Lut", brand={"sender_email": "shop@lut.example"})


def sent() -> UUID:
    """A message that went to Ana."""
    id = released("win_back", "ana")
    sql.run("update message_intent set state = 'sent', sent_at = planned_at where id = %s", [id])
    sql.run("update message_delivery set state = 'accepted', address = 'ana@b.example' where intent_id = %s", [id])
    return id


def came(raw: bytes, *to: str) -> str:
    return messages.receive(messages.Arrival(raw, to), clock.now()).kind


def told(name: str) -> list[tuple[Any, ...]]:
    return sql.rows("select message_id, properties from event_inbox where name = %s", [name])


def private(name: str) -> list[dict[str, Any]]:
    rows = sql.rows("select p.properties::text from event_personal p join event_inbox e on e.id = p.event_id where e.name = %s", [name])
    import json

    return [json.loads(text) for (text,) in rows]


def answer(**headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ana <ana@b.example>", "shop@lut.example", "Re: Hello again"
    mail["Message-ID"] = f"<{uuid4()}@b.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("The lid was broken.\n\nOn Mon, 4 May 2026, Lut wrote:\n> Hello Ana\n> how are you\n")
    return mail


def bounce(id: UUID, status: str = "5.1.1", said: str = "550 5.1.1 no such user") -> bytes:
    return (
        "From: MAILER-DAEMON@b.example\r\nTo: shop@lut.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n'
        f"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; b.example\r\n\r\n"
        f"Final-Recipient: rfc822; ana@b.example\r\n"
        f"Action: failed\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {said}\r\n\r\n"
        f"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}@lut.example>\r\n\r\n--x--\r\n"
    ).encode()


def complaint(id: UUID) -> bytes:
    return (
        "From: fbl@b.example\r\nTo: abuse@lut.example\r\nSubject: FW: spam\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nabuse\r\n'
        "--x\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\nOriginal-Rcpt-To: ana@b.example\r\n\r\n"
        f"--x\r\nContent-Type: message/rfc822\r\n\r\nFrom: shop@lut.example\r\nMessage-ID: <{id}@lut.example>\r\n\r\nHello\r\n--x--\r\n"
    ).encode()


def test_an_answer_belongs_to_the_message_it_answers_and_what_it_quotes_is_left_out() -> None:
    id = sent()
    mail = answer(In_Reply_To=f"<{id}@lut.example>")
    assert came(mail.as_bytes()) == "reply"
    ((message, properties),) = told("message.replied")
    assert message == id
    assert '"automatic": false' in str(properties).replace("'", '"').replace("False", "false")
    assert private("message.replied") == [{"text": "The lid was broken."}]
    came(mail.as_bytes())  # brought twice by a server that did not hear us
    assert len(told("message.replied")) == 1


def test_a_mail_of_its_own_from_a_known_address_belongs_to_the_last_message() -> None:
    id = sent()
    assert came(answer().as_bytes()) == "reply"
    assert told("message.replied")[0][0] == id
    assert private("message.replied")[0]["text"].startswith("Re: Hello again")


@pytest.mark.parametrize(
    "headers",
    [{"Auto_Submitted": "auto-replied"}, {"X_Autoreply": "yes"}, {"Precedence": "auto_reply"}, {"X_Autorespond": "away"}],
)
def test_a_machine_that_answers_is_not_a_person(headers: dict[str, str]) -> None:
    id = sent()
    assert came(answer(In_Reply_To=f"<{id}@lut.example>", **headers).as_bytes()) == "automatic"
    assert "True" in str(told("message.replied")) or "true" in str(told("message.replied"))


def test_a_mailbox_that_is_not_there_closes_the_address_once() -> None:
    id = sent()
    assert (came(bounce(id)), came(bounce(id))) == ("report", "report")
    assert [m for m, _ in told("message.bounced")] == [id]
    assert len(told("address.bounced")) == 1


def test_a_full_mailbox_does_not_close_the_address() -> None:
    id = sent()
    came(bounce(id, "4.2.2", "452 4.2.2 mailbox full"))
    assert (len(told("message.bounced")), told("address.bounced")) == (1, [])


def test_whoever_calls_it_spam_hears_no_more() -> None:
    id = sent()
    assert came(complaint(id)) == "report"
    assert [m for m, _ in told("message.complained")] == [id]
    assert len(told("consent.withdrawn")) == 2
    assert len(told("address.bounced")) == 1
    came(complaint(id))
    assert len(told("consent.withdrawn")) == 2


def test_what_comes_to_a_return_path_is_a_bounce_even_if_it_does_not_say_so() -> None:
    id = sent()
    path = channels.return_path(id, "bounces.lut.example", accounts.secret())
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "postmaster@b.example", "Mail could not be delivered"
    mail.set_content("We tried.")
    assert came(mail.as_bytes(), path) == "report"
    assert [m for m, _ in told("message.bounced")] == [id]


def test_a_report_that_somebody_made_up_touches_nobody() -> None:
    sent()
    assert came(bounce(uuid4())) == "unknown"
    assert told("message.bounced") == []
    assert sql.value("select count(*) from event_quarantine") == 1


def test_a_stranger_waits_in_quarantine_word_for_word() -> None:
    mail = answer()
    mail.replace_header("From", "nobody@elsewhere.example")
    assert came(mail.as_bytes()) == "unknown"
    assert bytes(sql.value("select body from event_quarantine")) == mail.as_bytes()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=600), st.sampled_from(["", "multipart/report; report-type=delivery-status", "text/html; charset=klingon"]))
def test_nothing_that_comes_in_breaks_the_door(noise: bytes, kind: str) -> None:
    came(b"From: x\r\nContent-Type: " + kind.encode() + b"\r\n\r\n" + noise, "b-zz@x")


def test_text_is_found_in_html_and_a_wrong_charset_loses_letters_only() -> None:
    head = b"From: a@b.example\r\nContent-Type: text/html; charset=klingon\r\n\r\n"
    raw = head + b"<style>x</style><p>Bun\xc4\x83</p><br>ziua &amp; mul\xc8\x9bam"
    assert channels.read_answer(raw).text == "Bună\n\nziua & mulțam"


@pytest.mark.parametrize("quote", ["Pe lun., 4 mai 2026, Lut a scris:", "пн, 4 трав. 2026 р. Lut пише:", "2026년 5월 4일 Lut님이 작성:",
                                   "เมื่อ จ. 4 พ.ค. 2026 Lut เขียนว่า:", "Em seg., 4 de mai. de 2026, Lut escreveu:"])  # fmt: skip
def test_quotations_are_known_in_six_languages(quote: str) -> None:
    raw = f"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nMulțumesc\r\n\r\n{quote}\r\n> Salut\r\n".encode()
    assert channels.read_answer(raw).text == "Mulțumesc"
