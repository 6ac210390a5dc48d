"""B1, and B2 with it: intake over HTTP. Batches of a hundred events, durable and de-duplicated; and one event a request."""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
import uuid
from datetime import UTC, datetime

from .__main__ import tell
from .ground import Figure
from .live import Shop, shop

SECONDS, CLIENTS = 12, 6
ROWS = 200_000
COLUMNS = (
    "id, name, occurred_at, received_at, known_at, source, store, customer_id, order_id, shipment_id, product_id, message_id, "
    "dice, customer_dice, properties"
)
BARE = '{}\tproduct.viewed\t2026-05-01\t2026-05-01\t2026-05-01\tapi\tmain\t{}\t\\N\t\\N\t\\N\t\\N\t1\t1\t{{"title": "Linden honey"}}\n'


def batch(n: int) -> bytes:
    """A hundred native events of distinct customers and orders."""
    now = datetime.now(UTC).isoformat()
    return json.dumps({"events": [event(now) for _ in range(n)]}).encode()


def event(now: str) -> dict[str, object]:
    """One page view of a known customer."""
    mark = uuid.uuid4().hex
    return {
        "name": "product.viewed", "occurred_at": now, "id": mark, "customer": {"external_id": f"c{int(mark[:4], 16) % 2000}"},
        "product": "p1", "properties": {"title": "Linden honey", "price_minor": 2450, "currency": "EUR"},
    }  # fmt: skip


def measure() -> list[Figure]:
    with shop("b1", port=8431) as bench:
        path = "/api/v1/events"
        sent: list[int] = []
        bodies = [[batch(100) for _ in range(160)] for _ in range(CLIENTS)]
        began = time.perf_counter()
        threads = [threading.Thread(target=_pour, args=(bench, path, mine, began, sent)) for mine in bodies]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        rate = sum(sent) / (time.perf_counter() - began)
        one = _one_by_one(bench, path)
        bare = _bare_copy(bench)
    single = f"single p50 {one[0] * 1000:.1f} p99 {one[1] * 1000:.1f} ms at {one[2]:.0f}/s"
    print(f"{rate:,.0f}/s, bare COPY {bare:,.0f}/s, {single}", file=sys.stderr)
    return [
        Figure(
            "B1",
            "intake over HTTP, batches of 100, durable, de-duplicated",
            "≥ 10,000 events/s, 15 % of a bare COPY",
            f"{rate:,.0f} events/s",
            f"{rate / bare:.0%} of a bare COPY ({bare:,.0f} rows/s)",
        ),
        Figure(
            "B2",
            f"one event a request, {one[2]:.0f} requests/s",
            "p99 < 50 ms at 500/s",
            f"p99 {one[1] * 1000:.0f} ms",
            f"p50 {one[0] * 1000:.1f} ms",
        ),
    ]


def _pour(bench: Shop, path: str, bodies: list[bytes], began: float, sent: list[int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", bench.port, timeout=30)
    for body in bodies:
        connection.request("POST", path, body, bench.headers())
        answer = connection.getresponse()
        said = answer.read()
        if answer.status not in (200, 202):
            raise RuntimeError(f"{answer.status} {said[:300]!r}")
        sent.append(100)
        if time.perf_counter() - began > SECONDS:
            return


def _one_by_one(bench: Shop, path: str, rate: float = 500.0) -> tuple[float, float, float]:
    """Requests at a steady rate from several clients; p50, p99 and the rate that was kept."""
    taken: list[float] = []
    began = time.perf_counter()

    def client(k: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", bench.port, timeout=30)
        for n in range(int(rate * 8 / 10)):
            due = began + (n * 10 + k) / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            asked = time.perf_counter()
            connection.request("POST", path, batch(1), bench.headers())
            connection.getresponse().read()
            taken.append(time.perf_counter() - max(asked, due))

    threads = [threading.Thread(target=client, args=(k,)) for k in range(10)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    kept = len(taken) / (time.perf_counter() - began)
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.99)], kept


def _bare_copy(bench: Shop) -> float:
    """Rows a second of a COPY of such rows into a table with the log's columns and indexes."""
    import os

    os.environ["AFTERWORD_HOME"] = str(bench.home)
    import psycopg

    from afterword.kit.postgres.server import Server

    with psycopg.connect(**Server(bench.home).parameters("afterword")) as connection:  # type: ignore[arg-type]
        connection.execute("create table bare (like event including indexes)")
        rows = "".join(BARE.format(uuid.uuid4(), uuid.uuid4()) for _ in range(ROWS))
        began = time.perf_counter()
        with connection.cursor().copy(f"copy bare ({COLUMNS}) from stdin") as copy:
            copy.write(rows)
        connection.commit()
        return ROWS / (time.perf_counter() - began)


if __name__ == "__main__":
    tell(measure())
