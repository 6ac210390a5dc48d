"""The frame of the doubles: an HTTP service on this machine that asks as strictly as the one it stands for, and can misbehave."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

from afterword.loop.channels.types import Call, Link, Note

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
Answer = tuple[int, Mapping[str, str], bytes]


@dataclass
class Asked:
    """A request that a double got."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Double:
    """What a double got, what it took, and how it misbehaves: `faults` are used up one a request before anything is looked at.

    drop: reads, keeps, and closes without an answer; lose: closes before it keeps anything; slow: answers after a while.
    """

    answer: Callable[[Double, Asked], Answer]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    taken: list[Any] = field(default_factory=list)
    faults: list[str | Answer] = field(default_factory=list)
    slow_for: float = 0.2
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def serving(answer: Callable[[Double, Asked], Answer]) -> Iterator[Double]:
    """The double, while it serves."""
    double = Double(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            with double.lock:
                double.asked.append(asked)
                fault = double.faults.pop(0) if double.faults else None
                if fault == "lose":
                    self.close_connection = True
                    return
                given = fault if isinstance(fault, tuple) else double.answer(double, asked)
            if fault == "drop":
                self.close_connection = True
                return
            if fault == "slow":
                time.sleep(double.slow_for)
            status, headers, content = given
            self.send_response(status)
            for name, value in {"content-length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET = do_PUT = _serve

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    double.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()


def answered(status: int, said: Any, **headers: str) -> Answer:
    """An answer in JSON."""
    return status, {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}, json.dumps(said).encode()


def note(recipient: str, text: str = "Your parcel comes tomorrow.", *, id: UUID | None = None, **more: Any) -> Note:
    """A note to somebody."""
    given: dict[str, Any] = {"title": "Your parcel", "locale": "en", "category": "transactional", "message": "shipping_notice", "at": NOW}
    return Note(id or uuid4(), recipient, text=text, **(given | more))


def linked(recipient: str, **more: Any) -> Note:
    """A note with a button."""
    return note(recipient, links=(Link("Where it is", "https://care.shop.example/c/s/k3J9"),), **more)


def call(
    body: bytes, url: str = "https://care.shop.example/hooks/x/k", *, headers: Mapping[str, str] | None = None, method: str = "POST",
    query: Mapping[str, str] | None = None,
) -> Call:  # fmt: skip
    """A request that came in."""
    return Call(method, url, query or {}, headers or {}, body)
