"""Every recorded conversation is held again with a server that keeps to its lines, and understood as it says."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from uuid import UUID

import pytest

from afterword.loop.channels.email_smtp.send import Pool
from afterword.loop.channels.email_smtp.types import Server
from afterword.loop.channels.types import Envelope

SESSIONS = (Path(__file__).parents[1] / "samples" / "sessions.txt").read_text(encoding="utf-8")
PARTS = dict(part.split("\n", 1) for part in SESSIONS.split("\n### ")[1:])


class Script:
    """A server that says its lines and asks that the client says exactly its own."""

    def __init__(self, lines: list[str]) -> None:
        self.lines, self.wrong = lines, list[str]()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.door.getsockname()[1])
        self.thread = threading.Thread(target=self._play, daemon=True)
        self.thread.start()

    def _play(self) -> None:
        line, _ = self.door.accept()
        with line, line.makefile("rb") as reader:
            for one in self.lines:
                if one.startswith("S: "):
                    line.sendall(one[3:].encode() + b"\r\n")
                elif (came := reader.readline().decode().rstrip("\r\n")) != one[3:]:
                    self.wrong.append(f"{came!r} instead of {one[3:]!r}")
                    return


@pytest.mark.parametrize("name", list(PARTS))
def test_a_conversation_goes_as_it_is_recorded(name: str) -> None:
    head, *lines = PARTS[name].strip().splitlines()
    script = Script(lines)
    pool = Pool(Server("127.0.0.1", script.port, tls="none", connections=1, answer_within=2.0))
    (outcome,) = pool.send(
        [Envelope(UUID(int=1), "shop@lut.example", "ana@b.example", b"Subject: Your parcel\r\n\r\n.It comes tomorrow.\r\n")]
    )
    pool.close()
    script.thread.join(2)
    assert script.wrong == []
    means = f"{outcome.result} {outcome.word}" + (" suppress" if outcome.suppress else "")
    assert means == head.removeprefix("# means: ")
