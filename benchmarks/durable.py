"""The rival of B4: one durable workflow a customer, on the same PostgreSQL, by DBOS (a real package; `pip install dbos` to have it run).

Each does what a visit of B4 does: it wakes from a wait, looks something up, decides, and begins the next wait. DBOS writes each
step of each workflow down on its own; that is its promise, and what it costs.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from importlib.util import find_spec
from typing import Any

WORKFLOWS = int(os.environ.get("B4_WORKFLOWS", "1000"))


def workflows_a_second(parameters: dict[str, Any]) -> float | None:
    """How many of them DBOS moves one step in a second; None where it is not installed.

    Args:
        parameters: how to connect, as Django's connection says it.
    """
    if find_spec("dbos") is None:
        print("DBOS is not installed: the rival is left out", file=sys.stderr)
        return None
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

    @DBOS.step()
    def look(n: int) -> int:
        return n % 2

    @DBOS.workflow()
    def visit(n: int) -> int:
        DBOS.sleep(0.001)
        found = look(n)
        DBOS.sleep(0.001)
        return found

    DBOS.launch()
    try:
        began = time.perf_counter()
        handles = [DBOS.start_workflow(visit, n) for n in range(WORKFLOWS)]
        assert sum(handle.get_result() for handle in handles) == WORKFLOWS // 2
        return WORKFLOWS / (time.perf_counter() - began)
    finally:
        DBOS.destroy()
        logging.disable(logging.NOTSET)
