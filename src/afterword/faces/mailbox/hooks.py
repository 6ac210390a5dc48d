"""The receiving side of an SMTP conversation (RFC 5321), for the local mailbox.

Bodies are looked through as a whole, not line by line as general servers do: that is six times faster, and a replay sends
tens of thousands of mails here. Only what a sender on this machine needs: no sign-in, no encryption.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import cast

from .actions import Arrived

LARGEST = 20_000_000
LONGEST_LINE = 4096
MOST_RECIPIENTS = 100
IDLE = 300.0
_PATH = re.compile(rb"^\s*(?:FROM|TO)\s*:\s*<([^<>\x00-\x20]*)>(?:\s+(.*))?$", re.IGNORECASE)
_OFFERS = (b"PIPELINING", b"8BITMIME", b"SMTPUTF8", b"ENHANCEDSTATUSCODES", b"SIZE %d" % LARGEST)

Keep = Callable[[list[Arrived]], Awaitable[None]]


class Conversation(asyncio.Protocol):
    """One connection. What is pipelined waits its turn while a mail is being kept."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._buffer = bytearray()
        self._seen = 0
        self._body = False
        self._busy = False
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._transport: asyncio.Transport | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast(asyncio.Transport, transport)
        self._say(b"220 mailbox.local Afterword mailbox")

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more: what was not ended by its dot is forgotten."""
        self._transport = None
        if self._idle is not None:
            self._idle.cancel()

    def data_received(self, data: bytes) -> None:
        """Hear more."""
        self._buffer += data
        self._go_on()
        if self._busy and len(self._buffer) > LARGEST and self._transport is not None:
            self._transport.pause_reading()

    def _say(self, *lines: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(b"\r\n".join(lines) + b"\r\n")
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE, self._transport.close)

    def _go_on(self) -> None:
        while not self._busy and self._transport is not None:
            if not (self._take_body() if self._body else self._take_line()):
                return

    def _take_line(self) -> bool:
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) > LONGEST_LINE:
                self._leave(b"500 5.5.2 Line too long")
            return False
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        word, _, rest = line.partition(b" ")
        answer = _COMMANDS.get(word.upper())
        if answer is None or len(line) > LONGEST_LINE:
            self._say(b"500 5.5.2 I do not know that")
        else:
            answer(self, rest)
        return True

    def _take_body(self) -> bool:
        if self._buffer.startswith(b".\r\n"):
            body, size = b"", 3
        else:
            end = self._buffer.find(b"\r\n.\r\n", max(0, self._seen - 4))
            if end < 0:
                self._seen = len(self._buffer)
                if self._seen > LARGEST:
                    self._leave(b"552 5.3.4 Too large")
                return False
            body, size = bytes(self._buffer[: end + 2]), end + 5
        del self._buffer[:size]
        self._body, self._seen, self._busy = False, 0, True
        raw = body.replace(b"\r\n..", b"\r\n.")
        raw = raw[1:] if raw.startswith(b"..") else raw
        mails = [Arrived(self._sender or "", to, raw) for to in self._recipients]
        self._forget()
        self._task = asyncio.get_running_loop().create_task(self._kept(mails))
        return False

    async def _kept(self, mails: list[Arrived]) -> None:
        try:
            await self._keep(mails)
            answer = b"250 2.0.0 Kept"
        except Exception as fault:  # whatever kept it from being written, the sender is told to try again
            answer = f"451 4.3.0 Could not be kept: {type(fault).__name__}".encode()
        self._say(answer)
        self._busy = False
        if self._transport is not None:
            self._transport.resume_reading()
        self._go_on()

    def _leave(self, last: bytes) -> None:
        self._say(last)
        if self._transport is not None:
            self._transport.close()

    def _forget(self) -> None:
        self._sender, self._recipients = None, []

    def hello(self, rest: bytes) -> None:
        """EHLO: what this server can do."""
        self._forget()
        said = [b"mailbox.local", *_OFFERS]
        self._say(*(b"250-" + one for one in said[:-1]), b"250 " + said[-1])

    def old_hello(self, rest: bytes) -> None:
        """HELO."""
        self._forget()
        self._say(b"250 mailbox.local")

    def mail(self, rest: bytes) -> None:
        """MAIL FROM."""
        found = _PATH.match(rest)
        if found is None:
            self._say(b"501 5.1.7 MAIL FROM:<address>")
        else:
            self._forget()
            self._sender = found.group(1).decode("utf-8", "replace")
            self._say(b"250 2.1.0 OK")

    def recipient(self, rest: bytes) -> None:
        """RCPT TO."""
        found = _PATH.match(rest)
        if self._sender is None:
            self._say(b"503 5.5.1 MAIL first")
        elif found is None or not found.group(1):
            self._say(b"501 5.1.3 RCPT TO:<address>")
        elif len(self._recipients) >= MOST_RECIPIENTS:
            self._say(b"452 4.5.3 Too many recipients")
        else:
            self._recipients.append(found.group(1).decode("utf-8", "replace"))
            self._say(b"250 2.1.5 OK")

    def data(self, rest: bytes) -> None:
        """DATA: the body follows, if anybody is to receive it."""
        if not self._recipients:
            self._say(b"503 5.5.1 RCPT first")
        else:
            self._body = True
            self._say(b"354 End with a dot on a line of its own")

    def reset(self, rest: bytes) -> None:
        """RSET."""
        self._forget()
        self._say(b"250 2.0.0 OK")

    def nothing(self, rest: bytes) -> None:
        """NOOP."""
        self._say(b"250 2.0.0 OK")

    def verify(self, rest: bytes) -> None:
        """VRFY: everybody can receive here."""
        self._say(b"252 2.1.5 Send some mail")

    def leave(self, rest: bytes) -> None:
        """QUIT."""
        self._leave(b"221 2.0.0 Bye")


_COMMANDS: dict[bytes, Callable[[Conversation, bytes], None]] = {
    b"EHLO": Conversation.hello, b"HELO": Conversation.old_hello, b"MAIL": Conversation.mail, b"RCPT": Conversation.recipient,
    b"DATA": Conversation.data, b"RSET": Conversation.reset, b"NOOP": Conversation.nothing, b"VRFY": Conversation.verify,
    b"QUIT": Conversation.leave,
}  # fmt: skip
