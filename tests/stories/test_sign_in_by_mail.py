"""Somebody of the team forgot the password: the link comes as a real letter, works once, and lies where owners alone can read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from afterword.faces.mailbox.jobs import Mailbox
from afterword.faces.mailbox.queries import mails, raw_mail
from afterword.faces.mailbox.rules import opened
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.messages.queries import servers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    mailbox = Mailbox(port=0)
    mailbox.start()
    monkeypatch.setenv("AFTERWORD_MAILBOX_PORT", str(mailbox.port))
    monkeypatch.delenv("AFTERWORD_SMTP_HOST", raising=False)
    servers.mailbox.cache_clear()
    cache.clear()
    yield
    mailbox.stop()
    servers.mailbox.cache_clear()
    cache.clear()


def letter(count: int = 1) -> tuple[int, str]:
    """The newest letter once there are so many: its id, and the link in it."""
    for _ in range(100):
        if mails().total >= count:
            row = mails().rows[0]
            found = re.search(r"/sign-in/[\w-]{20,}", opened(raw_mail(row.id)).text)
            assert found is not None
            return row.id, found.group(0)
        clock.rest(0.1)
    raise AssertionError("no letter came")


def test_a_forgotten_password_is_a_letter_with_a_link_that_works_once(client: Client, alice: Any) -> None:
    said = client.post("/sign-in/link", {"email": "ALICE@shop.example"}).content.decode()
    assert said.replace("ALICE@", "eve@") == client.post("/sign-in/link", {"email": "eve@shop.example"}).content.decode()
    _, link = letter()
    clock.rest(0.3)
    assert mails().total == 1, "nobody else got one"
    assert client.post(link).headers["Location"] == "/"
    assert Client().post(link).status_code == 410


def test_a_link_ends_by_the_real_time(client: Client, alice: Any) -> None:
    client.post("/sign-in/link", {"email": alice.email})
    _, link = letter()
    with time_machine.travel(clock.real_now() + timedelta(minutes=31)):
        assert client.post(link).status_code == 410


def test_nobody_is_sent_more_than_five_in_an_hour(client: Client, alice: Any) -> None:
    for _ in range(8):
        client.post("/sign-in/link", {"email": alice.email})
    letter(5)
    clock.rest(0.3)
    assert sql.value("select count(*) from accounts_signinlink") == 5
    assert client.post("/sign-in/link", {"email": alice.email}).status_code == 200
    client.post("/sign-in/link", {"email": alice.email})
    assert client.post("/sign-in/link", {"email": alice.email}).status_code == 429


def test_an_invitation_is_a_letter_too_and_colleagues_cannot_read_it(signed_in: Callable[[Any], Client], alice: Any) -> None:
    said = signed_in(alice).post("/settings/team/invite", {"email": "nou@shop.example", "name": "Nou", "role": "support"}).content.decode()
    assert "on its way to nou@shop.example" in said
    id, link = letter()
    colleague = accounts.create_member("sam@shop.example", "support", by=None, password="sam has a password")
    for address in ("", f"{id}/", f"{id}/html", f"{id}/source/", f"{id}/text/"):
        assert signed_in(alice).get(f"/mailbox/{address}").status_code == 200
        answer = signed_in(colleague).get(f"/mailbox/{address}")
        assert link not in answer.content.decode()
        assert answer.status_code == (404 if address else 200)
    assert Client().post(link).headers["Location"] == "/"
