"""B3: an order is placed over HTTP; when has a mail server accepted its confirmation? Fifty orders a second."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import sys
import threading
import time
from datetime import UTC, datetime
from statistics import quantiles

from .__main__ import tell
from .durable import confirmations
from .ground import Figure, installation
from .live import Shop, shop

RATE, SECONDS = 50, 20
_TO = re.compile(rb"RCPT TO:<b(\d+)@", re.I)


class Sink:
    """A mail server that accepts everything and notes when it said so."""

    def __init__(self) -> None:
        self.accepted: dict[int, float] = {}
        self.port = 0
        self._ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        self._ready.wait()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=1 << 22)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await asyncio.Event().wait()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        who = -1
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"EHLO":
                writer.write(b"250-sink\r\n250 PIPELINING\r\n")
            elif word == b"DATA":
                writer.write(b"354 go\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                self.accepted[who] = time.perf_counter()
                writer.write(b"250 ok\r\n")
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                if found := _TO.search(line):
                    who = int(found.group(1))
                writer.write(b"250 ok\r\n")
        writer.close()


def order(n: int) -> bytes:
    """One order of one person."""
    now = datetime.now(UTC).isoformat()
    return json.dumps(
        {
            "events": [
                {
                    "name": "order.placed",
                    "occurred_at": now,
                    "id": f"b3-{n}",
                    "order": f"B{n}",
                    "customer": {"external_id": f"b{n}", "email": f"b{n}@bench.example", "verified": True},
                    "properties": {
                        "currency": "EUR",
                        "total_minor": 2450,
                        "items": 1,
                        "number": f"B{n}",
                        "email": f"b{n}@bench.example",
                        "full_name": "Ana Pop",
                        "lines": [{"product": "honey", "title": "Honey", "quantity": 1, "unit_price_minor": 2450}],
                    },
                }
            ],
        }
    ).encode()


def measure() -> list[Figure]:
    sink = Sink()
    outside = {"AFTERWORD_SMTP_HOST": "127.0.0.1", "AFTERWORD_SMTP_PORT": str(sink.port), "AFTERWORD_SMTP_TLS": "none"}
    with shop("b3", port=8441, rehearsal=False, **outside) as bench:
        _place(bench, range(40), rate=20)  # everything has been used once
        time.sleep(2)
        sent = _place(bench, range(100, 100 + RATE * SECONDS), rate=RATE)
        deadline = time.perf_counter() + 20
        while time.perf_counter() < deadline and not set(sent) <= set(sink.accepted):
            time.sleep(0.1)
    took = sorted(sink.accepted[n] - at for n, at in sent.items() if n in sink.accepted)
    missing = len(sent) - len(took)
    cuts = quantiles(took, n=100)
    print(f"{len(took)} accepted, {missing} missing, p50 {cuts[49]:.3f} p95 {cuts[94]:.3f} p99 {cuts[98]:.3f}", file=sys.stderr)
    assert not missing, missing
    rival = _durable(sink)
    ends = f"p50 {rival[49] * 1000:.0f} ms, p95 {rival[94] * 1000:.0f} ms" if rival else ""
    against = f"; a durable workflow each in the same process, no intake or guard (DBOS): {ends}" if rival else ""
    return [
        Figure(
            "B3",
            f"order placed → confirmation accepted by the mail server, {RATE} orders/s",
            "p50 < 300 ms, p95 < 1 s",
            f"p50 {cuts[49] * 1000:.0f} ms, p95 {cuts[94] * 1000:.0f} ms",
            f"p99 {cuts[98] * 1000:.0f} ms; {len(took):,} orders, none lost{against}",
        )
    ]


def _durable(sink: Sink) -> list[float] | None:
    """The hundredths of the same by a durable workflow an order, which knows nothing of consent, journeys or languages."""
    with installation("b3-rival"):
        from django.db import connection

        took = confirmations(connection.get_connection_params(), sink.port, RATE, SECONDS)
    return quantiles(took, n=100) if took else None


def _place(bench: Shop, numbers: range, *, rate: float) -> dict[int, float]:
    """Place orders at a steady rate over four connections; when each was sent."""
    sent: dict[int, float] = {}
    began = time.perf_counter()

    def client(k: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", bench.port, timeout=30)
        for i, n in enumerate(numbers):
            if i % 4 != k:
                continue
            time.sleep(max(0.0, began + i / rate - time.perf_counter()))
            sent[n] = time.perf_counter()
            connection.request("POST", "/api/v1/events", order(n), bench.headers())
            answer = connection.getresponse()
            said = answer.read()
            if answer.status not in (200, 202):
                raise RuntimeError(f"{answer.status} {said[:300]!r}")

    threads = [threading.Thread(target=client, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return sent


if __name__ == "__main__":
    tell(measure())
