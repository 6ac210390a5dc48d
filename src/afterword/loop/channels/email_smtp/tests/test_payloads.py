"""DKIM as an independent verifier reads it, and return paths."""

from __future__ import annotations

import time
from uuid import uuid4

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afterword.loop.channels.email_smtp.payloads import Signer, new_key, return_path, returned, signed

PRIVATE, PUBLIC = new_key()
SIGNER = Signer("shop.example", "aw1", PRIVATE)
MAIL = (
    b"From: Shop <hello@shop.example>\r\nTo: Ana  Pop <ana@example.com>\r\nSubject: =?utf-8?b?xIM=?=\r\n folded  subject\r\n"
    b"Date: Mon, 04 May 2026 08:00:00 +0000\r\nMessage-ID: <1@shop.example>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nList-Unsubscribe: <https://shop.example/u>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nHello  Ana, \r\n\r\nThank you.\r\n\r\n\r\n"
)


def verified(mail: bytes) -> bool:
    """What dkimpy says."""
    record = f"v=DKIM1; k=rsa; p={PUBLIC}".encode()
    return bool(dkim.verify(mail, dnsfunc=lambda name, timeout=5: record if name == b"aw1._domainkey.shop.example." else None))


def test_another_program_verifies_what_we_sign() -> None:
    assert verified(signed(MAIL, SIGNER, int(time.time())))


@pytest.mark.parametrize("change", [(b"Thank", b"Sank"), (b"Subject: ", b"Subject: Win! "), (b"hello@", b"hullo@"), (b"One-Click", b"No")])
def test_what_was_changed_on_the_way_no_longer_verifies(change: tuple[bytes, bytes]) -> None:
    assert not verified(signed(MAIL, SIGNER, int(time.time())).replace(*change, 1))


def test_a_second_from_breaks_the_signature() -> None:
    mail = signed(MAIL, SIGNER, int(time.time()))
    assert not verified(mail.replace(b"To: Ana", b"From: Evil <evil@example.org>\r\nTo: Ana", 1))


def test_space_that_relays_change_does_no_harm() -> None:
    mail = signed(MAIL, SIGNER, int(time.time()))
    assert verified(mail.replace(b"Hello  Ana, \r\n", b"Hello Ana,\r\n").replace(b"\r\n\r\n\r\n", b"\r\n"))


@settings(deadline=None)  # two signatures in RSA may take long where the machine is busy
@given(st.binary(max_size=400).map(lambda b: b.replace(b"\r", b"").replace(b"\n", b"\r\n")))
def test_any_body_verifies(body: bytes) -> None:
    head, _, _ = MAIL.partition(b"\r\n\r\n")
    assert verified(signed(head + b"\r\n\r\n" + body + b"\r\n", SIGNER, 1_780_000_000))


def test_a_return_path_leads_back_to_its_message_and_cannot_be_made_up() -> None:
    id, secret = uuid4(), b"secret"
    address = return_path(id, "bounces.shop.example", secret)
    assert len(address.partition("@")[0]) <= 64  # RFC 5321, 4.5.3.1.1
    assert returned(address.upper(), secret) == id
    assert returned(address.replace(id.hex, uuid4().hex), secret) is None
    assert returned(address, b"another") is None
    assert returned("ana@example.com", secret) is None
