"""Bounces and complaints as real servers write them."""

from pathlib import Path
from uuid import UUID

import pytest

from afterword.loop.channels.email_smtp.receipts import answer, read
from afterword.loop.channels.email_smtp.words import understood

ID = "01934b2e-0000-7000-8000-000000000001"
SAMPLES = Path(__file__).parents[1] / "samples"
BOUNCE, COMPLAINT, AWAY, REPLY = (
    (SAMPLES / f"{name}.eml").read_text(encoding="utf-8") for name in ("bounce", "complaint", "away", "reply")
)
FAILED = ("failed", "5.1.1", "550 5.1.1 <anna@b.example>: Recipient address rejected: User unknown")


@pytest.mark.parametrize(
    ("action", "status", "said", "kind", "word", "suppress"),
    [
        ("failed", "5.1.1", "550 5.1.1 <anna@b.example>: Recipient address rejected: User unknown", "bounced", "no_such_mailbox", True),
        ("failed", "5.2.2", "552 5.2.2 mailbox full", "bounced", "mailbox_full", False),
        ("failed", "5.7.1", "554 5.7.1 Service unavailable; listed by blocklist", "bounced", "spam", False),
        ("failed", "5.0.0", "550 the account is disabled", "bounced", "mailbox_closed", True),
        ("delayed", "4.4.1", "connection timed out", "delayed", "network", False),
        ("delivered", "2.0.0", "250 ok", "delivered", "accepted", False),
    ],
)
def test_a_delivery_report_says_who_why_and_which(action: str, status: str, said: str, kind: str, word: str, suppress: bool) -> None:
    raw = BOUNCE.replace(f"Action: {FAILED[0]}", f"Action: {action}").replace(f"Status: {FAILED[1]}", f"Status: {status}")
    raw = raw.replace(f"smtp; {FAILED[2]}", f"smtp; {said}")
    (receipt,) = read(raw.encode())
    assert (receipt.kind, receipt.word, receipt.suppress) == (kind, word, suppress)
    assert receipt.message_id == UUID(ID)
    assert receipt.recipient == "anna@b.example"


def test_what_no_database_keeps_is_left_out() -> None:
    raw = BOUNCE.replace(FAILED[2], f"{FAILED[2]}\x00").replace("anna@b.example", "anna\x00@b.example")
    (receipt,) = read(raw.encode())
    assert "\x00" not in receipt.recipient + receipt.said
    assert "\x00" not in read(COMPLAINT.replace("anna@", "an\x00na@").encode())[0].recipient
    assert answer(b"From: a\x00na@b.example\r\n\r\nThank you!").sender == "ana@b.example"


def test_a_complaint_closes_the_address() -> None:
    (receipt,) = read(COMPLAINT.encode())
    assert (receipt.kind, receipt.suppress, receipt.recipient, receipt.message_id) == ("complained", True, "anna@b.example", UUID(ID))
    assert read(COMPLAINT.replace("abuse", "not-spam").encode()) == []


@pytest.mark.parametrize("raw", [b"", b"From: a@b.example\r\n\r\nThank you!", b"\xff\xfe\x00", b"Content-Type: multipart/report\r\n\r\nx"])
def test_what_is_no_report_gives_nothing(raw: bytes) -> None:
    assert read(raw) == []


@pytest.mark.parametrize(
    ("code", "said", "result", "word", "suppress"),
    [
        (250, "2.0.0 queued", "accepted", "accepted", False),
        (421, "4.7.0 Try again later, rate limited", "deferred", "too_many", False),
        (550, "5.7.26 unauthenticated mail is prohibited", "refused", "sender_not_allowed", False),
        (550, "5.7.1 Our system has detected that this message is spam", "refused", "spam", False),
        (550, "No such user here", "refused", "no_such_mailbox", True),
        (450, "4.1.1 no such user yet", "deferred", "no_such_mailbox", False),
        (799, "what", "deferred", "unknown", False),
    ],
)
def test_codes_become_our_words(code: int, said: str, result: str, word: str, suppress: bool) -> None:
    found, meaning = understood(code, said)
    assert (found, meaning.word, meaning.suppress) == (result, word, suppress)


def test_a_person_s_answer_and_a_machine_s_are_told_apart() -> None:
    said, machine = answer(REPLY.encode()), answer(AWAY.encode())
    assert (said.automatic, said.text, said.answers[0]) == (False, "Where is it?", UUID(ID))
    assert (machine.automatic, machine.answers[0]) == (True, UUID(ID))
