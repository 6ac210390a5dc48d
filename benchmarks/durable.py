"""The rival of B3 and B4: one durable workflow a customer, on a PostgreSQL of the same kind, by DBOS (`pip install dbos` to have it run).

For B3 each writes a letter in one step and hands it to the mail server in the next; there is no intake, identity, consent, language
or guard about it. For B4 each does what a visit does: it wakes from a wait, looks something up, decides, and begins the next wait.
DBOS writes each step of each workflow down on its own; that is its promise, and what it costs.
"""

from __future__ import annotations

import logging
import os
import smtplib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

WORKFLOWS = int(os.environ.get("B4_WORKFLOWS", "1000"))


def workflows_a_second(parameters: dict[str, Any]) -> float | None:
    """How many of them DBOS moves one step in a second; None where it is not installed.

    Args:
        parameters: how to connect, as Django's connection says it.
    """
    with _launched(parameters) as (dbos, launch):
        if dbos is None:
            return None

        @dbos.step()
        def look(n: int) -> int:
            return n % 2

        @dbos.workflow()
        def visit(n: int) -> int:
            dbos.sleep(0.001)
            found = look(n)
            dbos.sleep(0.001)
            return found

        launch()
        began = time.perf_counter()
        handles = [dbos.start_workflow(visit, n) for n in range(WORKFLOWS)]
        assert sum(handle.get_result() for handle in handles) == WORKFLOWS // 2
        return WORKFLOWS / (time.perf_counter() - began)


def confirmations(parameters: dict[str, Any], port: int, rate: int, seconds: int) -> list[float] | None:
    """How many seconds after its order each confirmation was accepted by the mail server on `port`, at so many orders a second."""
    with _launched(parameters) as (dbos, launch):
        if dbos is None:
            return None

        @dbos.step()
        def write(n: int) -> str:
            return f"From: shop@bench.example\r\nTo: d{n}@bench.example\r\nSubject: Order {n}\r\n\r\n" + "Thank you. " * 2000 + "\r\n"

        @dbos.step()
        def hand_over(n: int, letter: str) -> float:
            with smtplib.SMTP("127.0.0.1", port) as server:
                server.sendmail("shop@bench.example", [f"d{n}@bench.example"], letter)
            return time.perf_counter()

        @dbos.workflow()
        def confirm(n: int) -> float:
            return hand_over(n, write(n))

        launch()
        dbos.start_workflow(confirm, 0).get_result()
        sent, began = [], time.perf_counter()
        for n in range(rate * seconds):
            time.sleep(max(0.0, began + n / rate - time.perf_counter()))
            sent.append((time.perf_counter(), dbos.start_workflow(confirm, n)))
        return [handle.get_result() - at for at, handle in sent]


@contextmanager
def _launched(parameters: dict[str, Any]) -> Iterator[tuple[Any, Callable[[], None]]]:
    """DBOS on a database of its own, and how to launch it once its workflows are known; (None, …) where it is not installed."""
    if find_spec("dbos") is None:
        print("DBOS is not installed: the rival is left out", file=sys.stderr)
        yield None, lambda: None
        return
    import psycopg
    from dbos import DBOS

    logging.disable(logging.WARNING)
    names = {"host": "host", "port": "port", "user": "user", "password": "password"}
    given = {names[k]: str(v) for k, v in parameters.items() if k in names and v}
    with psycopg.connect(**given, dbname=parameters["dbname"], autocommit=True) as admin:
        admin.execute("drop database if exists rival_dbos with (force)")
        admin.execute("create database rival_dbos")
    where = "&".join(f"{k}={v}" for k, v in given.items() if k in ("host", "port"))
    url = f"postgresql+psycopg://{given.get('user', '')}@/rival_dbos?{where}"
    DBOS(config={"name": "rival", "system_database_url": url, "run_admin_server": False})

    try:
        yield DBOS, DBOS.launch
    finally:
        DBOS.destroy()
        logging.disable(logging.NOTSET)
