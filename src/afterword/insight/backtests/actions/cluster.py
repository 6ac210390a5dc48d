"""A backtest on a Spark cluster: the lake copied to where the cluster reads it, the same statements and guard, counted there.

Reactions are not made up there: where a later step hangs on one, it is what really came.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from afterword.kit.engines import spark
from afterword.loop.conditions.types import LOCAL_CLOCK
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.types import Journey

from ...lake import door as lake
from ..types import Backtest, NoCluster, NoJava, NoSpark
from .ask import FLOW, PER_DAY, PER_PERSON, VERDICTS, Progress, struck
from .cluster_guard import SparkGuard
from .spark import TYPES, SparkReplay, mount, statements

OLDEST_JAVA = 17


def backtest_on_spark(
    text: str, *, since: datetime, until: datetime, master: str, shared: Path, guard: bool = True, folder: Path | None = None,
    pinned: Mapping[str, str] | None = None, progress: Progress | None = None,
) -> Backtest:  # fmt: skip
    """Ask a journey document of the past on a cluster. Raises NoSpark, NoJava, NoCluster.

    Args:
        master: the cluster's address, such as spark://host:7077.
        shared: a folder that this machine and the cluster see under the same path; the lake is copied there.
        guard: also ask the guard of every message, with the other journeys' messages as they really went.
    """
    need_spark()
    journey = journeys.understood(text, pinned)
    clocked, began = {}, time.perf_counter()
    lake.copy(folder or lake.lake_folder(), shared, progress=progress)
    clocked["copy"], began = time.perf_counter() - began, time.perf_counter()
    with reached(master) as session:
        mount(session, shared, events.vocabulary)
        _strike(session, journey, since, until)
        clocked["read"], began = time.perf_counter() - began, time.perf_counter()
        SparkReplay(session, journey.key, statements(journey), journey.subject == "customer").run(since, until)
        flow = [tuple(row) for row in session.sql(FLOW).collect()]
        entered = int(session.sql("select count(*) from pass where step = 'trigger'").collect()[0][0])
        clocked["journey"], began = time.perf_counter() - began, time.perf_counter()
        found = Backtest(journey.key, since, until, entered, flow, seconds=clocked)
        if guard:
            SparkGuard(session, journey, progress).judge(until)
            found.verdicts, found.per_day, found.per_person = (
                [tuple(row) for row in session.sql(text).collect()] for text in (VERDICTS, PER_DAY, PER_PERSON)
            )
            clocked["guard"] = time.perf_counter() - began
    return found


def need_spark() -> None:
    """Refuse in words where the package or Java is missing, before anything is begun."""
    if find_spec("pyspark") is None:
        raise NoSpark
    home = os.environ.get("JAVA_HOME", "")
    java = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if java is None:
        raise NoJava(found="none was found")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version.group(1)) < OLDEST_JAVA:
        raise NoJava(found=said.splitlines()[0] if said else "it does not say which it is")


@contextmanager
def reached(master: str) -> Iterator[Any]:
    """A session on the cluster. Raises NoCluster where it cannot be had."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1" if "//127.0.0.1" in master or "//localhost" in master else "")
    if not os.environ["SPARK_LOCAL_IP"]:
        del os.environ["SPARK_LOCAL_IP"]
    try:
        with spark(master) as session:
            session.sparkContext.setLogLevel("ERROR")
            yield session
    except (Py4JError, PySparkException) as error:
        raise NoCluster(master=master, said=str(error).strip().splitlines()[0][:300]) from error


def _strike(session: Any, journey: Journey, since: datetime, until: datetime) -> None:
    """The clocks of a journey that was never published."""
    there = {row[0] for row in session.sql("select distinct clock from local_clock").collect()}
    zones = {row[0] for row in session.sql("select distinct zone from local_clock").collect()}
    rows = struck(journey, there, zones, since, until)
    if rows:
        schema = ", ".join(f"{name} {TYPES[kind]}" for name, kind in LOCAL_CLOCK.items())
        more = session.createDataFrame(rows, schema)
        session.table("local_clock").unionByName(more).createOrReplaceTempView("local_clock")
