"""What leaves is signed and comes back to where it should, at its pace; a server that fails is left in peace and found again."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import dkim
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as Received

from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.messages import door as messages
from afterword.loop.messages.queries import servers

from .test_hand_over import released

pytestmark = pytest.mark.django_db(transaction=True)


class Keeper:
    """A mail server of the world: keeps who sent what to whom."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str, bytes]] = []

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Received) -> str:
        content = envelope.content or b""
        self.kept.append((envelope.mail_from or "", envelope.rcpt_tos[0], content if isinstance(content, bytes) else content.encode()))
        return "250 kept"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Keeper, Controller]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    keeper = Keeper()
    controller = Controller(keeper, hostname="127.0.0.1", port=port)
    controller.start()
    for name, value in (("SMTP_HOST", "127.0.0.1"), ("SMTP_PORT", port), ("SMTP_TLS", "none")):
        monkeypatch.setenv(f"AFTERWORD_{name}", str(value))
    servers.outside.cache_clear()
    accounts.save_store("main", by=None, name="Lut", brand={"sender_email": "hello@news.lut.example"})
    messages.go_live("win_back", answer="does_not", by=None, at=clock.now())
    yield keeper, controller
    with suppress(RuntimeError):  # where a test has stopped it
        controller.stop(no_assert=True)
    servers.outside.cache_clear()


def waiting() -> list[tuple[str, int]]:
    return [(state, attempts) for state, attempts in sql.rows("select state, attempts from message_delivery where state <> 'accepted'")]


def test_what_leaves_is_signed_for_the_domain_above_the_sender_and_comes_back_to_its_own_address(world: tuple[Keeper, Any]) -> None:
    channels.add_domain("Lut.example", at=clock.now())
    channels.set_domain("lut.example", return_host="bounces.lut.example", per_minute=None, warm_from=None)
    id = released("win_back", "ana")
    messages.hand_over(clock.real_now())
    sender, recipient, raw = world[0].kept[0]
    assert recipient == "ana@b.example"
    assert sender.endswith("@bounces.lut.example")
    assert channels.returned(sender, accounts.secret()) == id
    domain = channels.domains()["lut.example"]
    name = f"{domain.selector}._domainkey.lut.example.".encode()
    record = f"v=DKIM1; k=rsa; p={domain.public_key}".encode()
    assert dkim.verify(raw, dnsfunc=lambda asked, timeout=5: record if asked == name else None)
    assert b"h=from:to:subject" in raw
    assert b"list-unsubscribe-post" in raw.partition(b"\r\n\r\n")[0].lower()


def test_a_receiving_domain_gets_no_more_in_a_minute_than_it_should_and_nobody_loses_a_try(world: tuple[Keeper, Any]) -> None:
    channels.add_domain("lut.example", at=clock.now())
    channels.set_domain("lut.example", return_host="", per_minute=2, warm_from=None)
    for n in range(5):
        released("win_back", f"p{n}")
    now = clock.real_now().replace(second=1) + timedelta(minutes=1)
    messages.hand_over(now)
    assert (len(world[0].kept), waiting()) == (2, [("deferred", 0)] * 3)
    messages.hand_over(now + timedelta(seconds=20))
    assert len(world[0].kept) == 2
    messages.hand_over(now + timedelta(minutes=1))
    assert len(world[0].kept) == 4


def test_a_new_domain_says_little_on_its_first_day_and_twice_as_much_on_the_next(world: tuple[Keeper, Any]) -> None:
    today = clock.real_now()
    channels.add_domain("lut.example", at=today)
    channels.set_domain("lut.example", return_host="", per_minute=None, warm_from=today.date())
    for n in range(53):
        released("win_back", f"p{n}")
    messages.hand_over(clock.real_now())
    assert (len(world[0].kept), len(waiting())) == (50, 3)
    tomorrow = sql.value("select min(next_at) from message_delivery where state = 'deferred'")
    assert tomorrow == today.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    messages.hand_over(tomorrow)
    assert len(world[0].kept) == 53


def test_a_server_that_is_away_is_left_in_peace_and_found_again_without_a_lost_try(world: tuple[Keeper, Controller]) -> None:
    world[1].stop()
    released("win_back", "ana")
    now = last = clock.real_now()
    for _ in range(3):
        last = now
        messages.hand_over(last)
        now = sql.value("select max(next_at) from message_delivery")
    (rest,) = channels.failing()
    assert (rest.failures, rest.rests_until) == (3, last + timedelta(seconds=30))
    released("win_back", "bogdan")
    messages.hand_over(last + timedelta(seconds=10))
    assert sorted(waiting()) == [("deferred", 0), ("deferred", 3)]
    assert sql.value("select min(next_at) from message_delivery") == rest.rests_until
    back = Controller(world[0], hostname="127.0.0.1", port=world[1].port)
    back.start()
    messages.hand_over(now + timedelta(hours=1))
    back.stop()
    assert sorted(r for _, r, _ in world[0].kept) == ["ana@b.example", "bogdan@b.example"]
    assert channels.failing() == []
