"""Against a real SMTP server that accepts, defers, refuses and hangs up."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Session
from aiosmtpd.smtp import Envelope as Received

from afterword.loop.channels.email_smtp.send import Pool
from afterword.loop.channels.email_smtp.types import Server, SignInRefused
from afterword.loop.channels.types import Envelope, Outcome


def hang_up(server: SMTP) -> None:
    """Close the connection without a word."""
    assert server.transport is not None
    server.transport.close()


class Postman:
    """Keeps what it accepts. The name left of the @ says what it does."""

    def __init__(self, pipelining: bool = True) -> None:
        self.kept: list[tuple[str, bytes]] = []
        self.pipelining = pipelining
        self.hung_up = 0

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Received, hostname: str, responses: list[str]) -> list[str]:
        session.host_name = hostname
        if self.pipelining:
            responses.insert(1, "250-PIPELINING")
        return responses

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Received, address: str, options: list[str]) -> str:
        what = address.split("@")[0]
        if what.startswith("nobody"):
            return "550 5.1.1 User unknown"
        if what.startswith("later"):
            return "451 4.7.1 Greylisted, try again later"
        if what.startswith("drop-early") and self.hung_up < 1:
            self.hung_up += 1
            hang_up(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Received) -> str:
        what = envelope.rcpt_tos[0].split("@")[0]
        if what.startswith("spam"):
            return "554 5.7.1 Message rejected as spam"
        if what.startswith("full"):
            return "452 4.2.2 Mailbox full"
        if what.startswith("drop-late"):
            hang_up(server)
            return "250 OK"
        if what.startswith("slow"):
            await asyncio.sleep(3)
        assert isinstance(envelope.content, bytes)
        self.kept.append((envelope.rcpt_tos[0], envelope.content))
        return "250 2.0.0 kept"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(params=[True, False], ids=["pipelined", "one by one"])
def postman(request: pytest.FixtureRequest) -> Iterator[tuple[Postman, Controller]]:
    keeper = Postman(request.param)
    controller = Controller(keeper, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=False)
    controller.start()
    yield keeper, controller
    controller.stop()


def sent(controller: Controller, names: list[str], raw: bytes = b"Subject: x\r\n\r\nhi\r\n", **more: Any) -> dict[str, Outcome]:
    given = {"connections": 2, "answer_within": 1.0, "connect_within": 2.0, **more}
    pool = Pool(Server("127.0.0.1", controller.port, tls="none", **given))
    batch = [Envelope(UUID(int=n + 1), "shop@a.example", f"{name}@b.example", raw) for n, name in enumerate(names)]
    found = {names[outcome.id.int - 1]: outcome for outcome in pool.send(batch)}
    pool.close()
    assert len(found) == len(set(names))
    return found


def test_every_recipient_gets_an_answer_of_their_own(postman: tuple[Postman, Controller]) -> None:
    keeper, controller = postman
    found = sent(controller, ["ana", "nobody", "later", "spam", "full", "bogdan", "nobody2", "carla"])
    assert {name: outcome.result for name, outcome in found.items()} == {
        "ana": "accepted", "nobody": "refused", "later": "deferred", "spam": "refused", "full": "deferred",
        "bogdan": "accepted", "nobody2": "refused", "carla": "accepted",
    }  # fmt: skip
    assert (found["nobody"].word, found["nobody"].suppress, found["nobody"].code) == ("no_such_mailbox", True, 550)
    assert (found["later"].word, found["later"].suppress) == ("greylisted", False)
    assert (found["spam"].word, found["spam"].suppress) == ("spam", False)
    assert found["full"].word == "mailbox_full"
    assert sorted(address for address, _ in keeper.kept) == ["ana@b.example", "bogdan@b.example", "carla@b.example"]


def test_what_arrives_is_what_was_sent_dots_and_all(postman: tuple[Postman, Controller]) -> None:
    keeper, controller = postman
    sent(controller, ["ana"], b".Subject: x\r\n\r\n.hi\r\n..\r\nno newline at the end")
    assert keeper.kept[0][1] == b".Subject: x\r\n\r\n.hi\r\n..\r\nno newline at the end\r\n"


def test_a_server_that_hangs_up_before_the_body_loses_nothing_else(postman: tuple[Postman, Controller]) -> None:
    _, controller = postman
    found = sent(controller, ["ana", "drop-early", "bogdan", "carla"], connections=1)
    assert found["drop-early"].result == "deferred"
    assert not found["drop-early"].in_doubt
    assert {found[name].result for name in ("ana", "bogdan", "carla")} == {"accepted"}


def test_a_lost_answer_after_the_body_is_said_to_be_in_doubt(postman: tuple[Postman, Controller]) -> None:
    _, controller = postman
    found = sent(controller, ["ana", "drop-late", "bogdan"], connections=1)
    assert (found["drop-late"].result, found["drop-late"].in_doubt) == ("deferred", True)
    assert found["bogdan"].result == "accepted"


def test_a_server_that_does_not_answer_in_time_is_left(postman: tuple[Postman, Controller]) -> None:
    _, controller = postman
    found = sent(controller, ["slow", "ana"], connections=1)
    assert (found["slow"].result, found["slow"].in_doubt) == ("deferred", True)
    assert found["ana"].result == "accepted"


def test_hundreds_go_over_few_connections_and_each_once(postman: tuple[Postman, Controller]) -> None:
    keeper, controller = postman
    names = [f"p{n}" for n in range(300)]
    found = sent(controller, names, connections=3, mails_per_connection=50)
    assert all(outcome.result == "accepted" for outcome in found.values())
    assert sorted(address.split("@")[0] for address, _ in keeper.kept) == sorted(names)


def test_connections_stay_open_between_batches(postman: tuple[Postman, Controller]) -> None:
    _, controller = postman
    pool = Pool(Server("127.0.0.1", controller.port, tls="none", connections=1))
    for n in range(3):
        outcomes = list(pool.send([Envelope(UUID(int=n), "a@a.example", f"p{n}@b.example", b"x\r\n")]))
        assert outcomes[0].result == "accepted"
        assert pool._idle[0].carried == n + 1
    pool.close()


def test_nobody_at_the_port_defers_everything() -> None:
    pool = Pool(Server("127.0.0.1", 9, tls="none", connect_within=1.0))
    outcomes = list(pool.send([Envelope(UUID(int=n), "a@a.example", "b@b.example", b"x") for n in range(20)]))
    assert [o.result for o in outcomes] == ["deferred"] * 20
    assert outcomes[0].word == "network"
    pool.close()


class Moody:
    """A server that refuses every third recipient and hangs up for good at its so manyth line."""

    def __init__(self, lines: int, pipelining: bool) -> None:
        self.left, self.kept = lines, 0
        self.greeting = b"250-moody\r\n250-PIPELINING\r\n250 ok\r\n" if pipelining else b"250 ok\r\n"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation."""
        writer.write(b"220 moody\r\n")
        words = refused = False
        while (line := await reader.readline()) and self.left > 0:
            self.left -= 1
            if not self.left:
                break
            if words and line != b".\r\n":
                continue
            if words:
                words, self.kept = False, self.kept + 1
                writer.write(b"250 kept\r\n")
            elif line.startswith(b"DATA"):
                words = not refused
                writer.write(b"503 nobody\r\n" if refused else b"354 go on\r\n")
            elif line.startswith(b"RCPT"):
                refused = int(line.split(b"<")[1].split(b"@")[0]) % 3 == 2
                writer.write(b"550 no such user\r\n" if refused else b"250 ok\r\n")
            else:
                writer.write(self.greeting if line.startswith(b"EHLO") else b"250 ok\r\n")
        writer.close()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "one by one"])
def test_wherever_a_server_dies_each_envelope_is_answered_for_once(pipelining: bool) -> None:
    async def heard(lines: int) -> tuple[list[int], int]:
        moody = Moody(lines, pipelining)
        server = await asyncio.start_server(moody.talk, "127.0.0.1", 0)
        pool = Pool(Server("127.0.0.1", server.sockets[0].getsockname()[1], tls="none", connections=1, answer_within=1.0))
        batch = [Envelope(UUID(int=n + 1), "shop@a.example", f"{n}@b.example", b"Subject: x\r\n\r\nhi\r\n") for n in range(7)]
        outcomes = await asyncio.to_thread(lambda: list(pool.send(batch)))
        pool.close()
        server.close()
        assert sum(outcome.result == "accepted" for outcome in outcomes) <= moody.kept
        return sorted(outcome.id.int for outcome in outcomes), moody.left

    lines, left = 1, 0
    while not left:  # until it has more patience than we have lines
        found, left = asyncio.run(heard(lines))
        assert found == list(range(1, 8)), f"hung up at line {lines}"
        lines += 1
    assert lines > 40


def test_an_address_that_would_speak_smtp_never_reaches_the_server(postman: tuple[Postman, Controller]) -> None:
    keeper, controller = postman
    found = sent(controller, ["ana>\r\nRCPT TO:<evil", "bogdan"])
    assert [o.result for o in found.values()].count("refused") == 1
    assert [address for address, _ in keeper.kept] == ["bogdan@b.example"]


def test_a_wrong_password_is_said_once_and_for_all() -> None:
    refuse = Controller(
        Postman(), hostname="127.0.0.1", port=free_port(), auth_require_tls=False,
        authenticator=lambda *_: AuthResult(success=False, handled=False),
    )  # fmt: skip
    refuse.start()
    pool = Pool(Server("127.0.0.1", refuse.port, "u", "p", tls="none"))
    with pytest.raises(SignInRefused) as said:
        list(pool.send([Envelope(UUID(int=1), "a@a.example", "b@b.example", b"x")]))
    assert said.value.permanent
    pool.close()
    refuse.stop()


def test_a_server_without_encryption_is_not_trusted_with_mail(postman: tuple[Postman, Controller]) -> None:
    keeper, controller = postman
    pool = Pool(Server("127.0.0.1", controller.port, tls="starttls"))
    outcomes = list(pool.send([Envelope(UUID(int=1), "a@a.example", "b@b.example", b"x")]))
    assert outcomes[0].result == "deferred"
    assert "no encryption" in outcomes[0].said
    assert not keeper.kept
    pool.close()


def test_threads_end_with_their_pools() -> None:
    before = set(threading.enumerate())
    pool = Pool(Server("127.0.0.1", 9, tls="none"))
    (own,) = [one for one in threading.enumerate() if one not in before and one.name.startswith("smtp")]
    pool.close()
    own.join(2)
    assert not own.is_alive()
