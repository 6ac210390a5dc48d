"""B7: mails rendered and accepted by a sink on this machine, through letters, MIME and the pooled SMTP client that a shop uses."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any
from uuid import UUID

from . import b7_render
from .__main__ import tell
from .ground import Figure, installation

MAILS, BATCH = 4000, 400
CONNECTIONS = 4
SINK = """
import asyncio, sys

class Sink(asyncio.Protocol):
    \"\"\"Says yes to everything, without parsing more than it must.\"\"\"
    def connection_made(self, transport):
        self.transport, self.rest, self.data = transport, b"", False
        transport.write(b"220 sink\\r\\n")

    def data_received(self, chunk):
        held, out = self.rest + chunk, []
        while held:
            if self.data:
                end = held.find(b"\\r\\n.\\r\\n")
                if end < 0:
                    break
                held, self.data = held[end + 5:], False
                out.append(b"250 kept\\r\\n")
                continue
            end = held.find(b"\\r\\n")
            if end < 0:
                break
            word, held = held[:4].upper(), held[end + 2:]
            if word == b"DATA":
                self.data = True
                out.append(b"354 go on\\r\\n")
            elif word == b"EHLO":
                out.append(b"250-sink\\r\\n250-PIPELINING\\r\\n250-SMTPUTF8\\r\\n250 8BITMIME\\r\\n")
            else:
                out.append(b"250 fine\\r\\n")
        self.rest = held
        self.transport.write(b"".join(out))

async def main():
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


def lay() -> list[dict[str, Any]]:
    """Orders as the simulator's customers placed them, and the confirmation that each of them gets: the rows of a hand-over."""
    from datetime import UTC, datetime

    from afterword.kernel.ids import keyed_id
    from afterword.kit import sql
    from afterword.loop.accounts import door as accounts
    from afterword.loop.channels import door as channels
    from afterword.loop.events import door as events
    from afterword.loop.identity import door as identity
    from afterword.sample import door as sample

    until = datetime(2026, 6, 1, tzinfo=UTC)
    if not sql.value("select count(*) from orders_order"):
        shop = sample.simulated(customers=3000, days=365, seed=7, until=until)
        for store in shop.stores:
            accounts.save_store(
                store.key, by=None, name=store.name, currency=store.currency, languages=store.languages, zone=store.zone,
                brand=dict(store.brand),
            )  # fmt: skip
        told = [one for one in shop.told(shop.starts_at, until) if one.name == "order.placed"][:MAILS]
        for n in range(0, len(told), 2000):
            identity.record(told[n : n + 2000], received_at=until)
        events.seal(until)
    for domain in {store.brand.sender_email.rpartition("@")[2] for store in accounts.stores()} - {""}:
        channels.add_domain(domain, at=until)
    found = sql.records(
        "select id as order_id, customer_id, store, 'order_confirmation' as message, placed_at as at from orders_order "
        "order by id limit %s",
        [MAILS],
    )
    return [{**row, "id": keyed_id(b"bench", "mail", "", str(row["order_id"]))} for row in found]


def written(rows: list[dict[str, Any]]) -> tuple[list[Any], float]:
    """Every letter as it travels, and the processor seconds that loading, rendering and MIME took."""
    from afterword.loop.channels.types import Envelope
    from afterword.loop.messages.actions.depart import departing
    from afterword.loop.messages.queries.letters import Letter, letters

    made: list[Envelope] = []
    began = time.process_time()
    for n in range(0, len(rows), BATCH):
        found = [letter for _, letter in letters(rows[n : n + BATCH], lambda row: row["at"]) if isinstance(letter, Letter)]
        made += departing([(letter, False) for letter in found], rows[0]["at"])[0]
    assert len(made) == len(rows)
    return made, time.process_time() - began


def sent(rows: list[dict[str, Any]], server: Any) -> float:
    """Seconds to write and send all of them, a batch at a time, as the worker does."""
    from afterword.loop.channels.door import send_email

    began = time.perf_counter()
    for n in range(0, len(rows), BATCH):
        envelopes, _ = written(rows[n : n + BATCH])
        accepted = [outcome for outcome in send_email(envelopes, server) if outcome.result == "accepted"]
        assert len(accepted) == len(envelopes)
    return time.perf_counter() - began


def bare(envelope: Any, server: Any) -> float:
    """Seconds to send one ready-made message as often: the same client, the same sink."""
    from afterword.loop.channels.door import send_email
    from afterword.loop.channels.types import Envelope

    again = [Envelope(UUID(int=n + 1), envelope.sender, envelope.recipient, envelope.raw, envelope.utf8) for n in range(MAILS)]
    began = time.perf_counter()
    for n in range(0, MAILS, BATCH):
        assert all(outcome.result == "accepted" for outcome in send_email(again[n : n + BATCH], server))
    return time.perf_counter() - began


def measure() -> list[Figure]:
    from afterword.loop.channels.email_smtp.types import Server

    rows = lay()
    sink = subprocess.Popen([sys.executable, "-c", SINK], stdout=subprocess.PIPE, text=True)
    try:
        assert sink.stdout is not None
        server = Server("127.0.0.1", int(sink.stdout.readline()), tls="none", connections=CONNECTIONS)
        made, _ = written(rows)  # warm: templates compiled, catalogues read
        sent(rows[:BATCH], server)
        whole = min(sent(rows, server) for _ in range(3))
        alone = min(written(rows)[1] for _ in range(3))
        plain = min(bare(made[0], server) for _ in range(3))
    finally:
        sink.kill()
        sink.wait()
    total, core, generator = len(rows) / whole, len(rows) / alone, MAILS / plain
    size = sum(len(e.raw) for e in made) / len(made) / 1024
    load = os.getloadavg()[0]
    return [
        Figure(
            "B7",
            f"{len(rows):,} order confirmations ({size:.0f} kB each) rendered, signed (RSA 2048) and accepted by a sink, one sender",
            "≥ 1,000 a second",
            f"{total:.0f} a second",
            f"{total / generator:.2f} × a bare SMTP generator ({generator:,.0f} a second); load {load:.1f}",
        ),
        Figure(
            "B7",
            "loading, rendering, MIME and DKIM alone",
            "≥ 1,000 a second and core",
            f"{core:.0f} a second and core",
            f"load {load:.1f}",
        ),
        *b7_render.measure(),
    ]


if __name__ == "__main__":
    with installation("b7"):
        tell(measure())
