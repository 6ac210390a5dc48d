"""A conversation as senders hold it, in whatever pieces it arrives."""

import asyncio
import smtplib
from collections.abc import Callable, Coroutine
from email.message import EmailMessage
from typing import Any

import pytest

from afterword.faces.mailbox.actions import Arrived
from afterword.faces.mailbox.hooks import Conversation

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, bytes]]


def held(talk: Talk, broken: bool = False) -> tuple[bytes, list[Arrived]]:
    """Run a talk against a real server; what was said last, and what was kept."""
    kept: list[Arrived] = []

    async def keep(mails: list[Arrived]) -> None:
        await asyncio.sleep(0.01)
        if broken:
            raise OSError
        kept.extend(mails)

    async def run() -> bytes:
        server = await asyncio.get_running_loop().create_server(lambda: Conversation(keep), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        try:
            async with asyncio.timeout(10):
                return await talk(reader, writer)
        finally:
            writer.close()
            server.close()

    return asyncio.run(run()), kept


TWO = (
    b"EHLO me\r\nMAIL FROM:<a@x.example> SIZE=9\r\nRCPT TO:<b@x.example>\r\nRCPT TO:<c@x.example>\r\nDATA\r\n"
    b"Subject: 1\r\n\r\n..dot\r\nend\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<\xc3\xa9@x.example>\r\nDATA\r\n.\r\nQUIT\r\n"
)


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 10_000])
def test_what_is_pipelined_is_understood_however_it_is_cut(piece: int) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        for n in range(0, len(TWO), piece):
            writer.write(TWO[n : n + piece])
            await asyncio.sleep(0)
        return await reader.read()

    said, kept = held(talk)
    assert [(one.sender, one.recipient, one.raw) for one in kept] == [
        ("a@x.example", "b@x.example", b"Subject: 1\r\n\r\n.dot\r\nend\r\n"),
        ("a@x.example", "c@x.example", b"Subject: 1\r\n\r\n.dot\r\nend\r\n"),
        ("", "é@x.example", b""),
    ]
    codes = [line[:3] for line in said.splitlines() if line[3:4] == b" "]
    assert codes == [b"220", b"250", b"250", b"250", b"250", b"354", b"250", b"250", b"250", b"354", b"250", b"221"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"HELLO\r\n", b"500"), (b"RCPT TO:<b@x.example>\r\n", b"503"), (b"DATA\r\n", b"503"), (b"MAIL FROM: nobody\r\n", b"501"),
        (b"MAIL FROM:<a b@x.example>\r\n", b"501"), (b"x" * 9000, b"500"), (b"STARTTLS\r\n", b"500"), (b"NOOP\r\n", b"250"),
    ],
)  # fmt: skip
def test_what_is_out_of_order_is_said_so(said: bytes, code: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        await reader.readline()
        writer.write(said)
        return await reader.readline()

    answer, kept = held(talk)
    assert answer.startswith(code)
    assert not kept


def test_what_cannot_be_kept_is_to_be_sent_again_and_what_follows_is_still_heard() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(TWO)
        return await reader.read()

    said, _ = held(talk, broken=True)
    assert said.count(b"451 4.3.0") == 2
    assert said.endswith(b"221 2.0.0 Bye\r\n")


def test_a_sender_from_the_standard_library_is_understood() -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Grüße", "a@x.example", "b@x.example"
    mail.set_content("x\n" * 500)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        host, port = writer.get_extra_info("peername")

        def send() -> None:
            with smtplib.SMTP(host, port) as smtp:
                smtp.send_message(mail)

        await asyncio.get_running_loop().run_in_executor(None, send)
        return b""

    _, kept = held(talk)
    assert [one.recipient for one in kept] == ["b@x.example"]
