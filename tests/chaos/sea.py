"""A mail server in a storm, in a process of its own: it drops connections, defers, refuses, loses its answers, and may be killed.

What it accepts it writes down first (`accepted.log`: when, Message-ID, recipient, whether the answer was meant to arrive), as a server
that keeps to RFC 5321 does, and then answers, or does not.

    python -m tests.chaos.sea PORT FOLDER SEED
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import sys
import time
from pathlib import Path

_ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.IGNORECASE | re.MULTILINE)
# Of a hundred conversations or messages so many …
DROPPED_AT_ONCE, DROPPED_IN_WORDS, ANSWER_LOST, DEFERRED, GREYLISTED, TOO_BUSY = 3, 1, 2, 4, 2, 1


class Sea:
    """The server: its dice, its log, and whom it has told to come again."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        self.log = os.open(folder / "accepted.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.said = os.open(folder / "said.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(self, what: str) -> None:
        """Count what was done to somebody."""
        os.write(self.said, f"{what}\n".encode())

    def roll(self, percent: float) -> bool:
        """So often of a hundred times."""
        return self.dice.random() * 100 < percent

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation."""
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.roll(DROPPED_AT_ONCE):
            self.note("dropped when it came")
            return
        writer.write(b"220 sea ESMTP\r\n")
        recipient = b""
        while line := await reader.readline():
            word = line[:4].upper()
            if word in (b"EHLO", b"HELO"):
                writer.write(b"250-sea\r\n250-PIPELINING\r\n250 SMTPUTF8\r\n")
            elif word == b"RCPT":
                recipient = line.split(b"<", 1)[1].split(b">", 1)[0]
                answer = self._recipient(recipient)
                writer.write(answer)
                if not answer.startswith(b"2"):
                    recipient = b""
            elif word == b"DATA":
                if not recipient:
                    writer.write(b"503 5.5.1 nobody to receive\r\n")
                    continue
                writer.write(b"354 go on\r\n")
                if not await self._words(reader, writer, recipient):
                    return
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                return
            else:
                writer.write(b"250 ok\r\n")

    def _recipient(self, recipient: bytes) -> bytes:
        if recipient.startswith(b"gone"):
            self.note("refused for ever")
            return b"550 5.1.1 no such user\r\n"
        for share, said, words in (
            (DEFERRED, "deferred", b"451 4.3.0 try again later\r\n"),
            (GREYLISTED, "greylisted", b"450 4.7.1 greylisted\r\n"),
            (TOO_BUSY, "too busy", b"452 4.2.2 mailbox full\r\n"),
        ):
            if self.roll(share):
                self.note(said)
                return words
        return b"250 ok\r\n"

    async def _words(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, recipient: bytes) -> bool:
        if self.roll(DROPPED_IN_WORDS):
            self.note("dropped amid the words")
            return False
        raw = await reader.readuntil(b"\r\n.\r\n")
        found = _ID.search(raw)
        lost = self.roll(ANSWER_LOST)
        mark = found.group(1).decode() if found else "?"
        os.write(self.log, f"{time.time():.6f}\t{mark}\t{recipient.decode()}\t{'lost' if lost else 'said'}\n".encode())
        if lost:
            self.note("accepted, answer lost")
            return False
        writer.write(b"250 2.0.0 kept\r\n")
        return True


async def serve(port: int, folder: Path, seed: int) -> None:
    """Listen until somebody kills us."""
    server = await asyncio.start_server(Sea(folder, seed).talk, "127.0.0.1", port, limit=1 << 22)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
