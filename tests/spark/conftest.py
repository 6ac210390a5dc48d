"""A standalone cluster on this machine: a master and two workers, each a process of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def _free() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _until(log: Path, pattern: str, seconds: float = 90) -> None:
    for _ in range(int(seconds * 4)):
        if log.exists() and re.search(pattern, log.read_text(errors="replace")):
            return
        time.sleep(0.25)
    raise AssertionError(f"{log.name} does not say “{pattern}”: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster of three processes."""
    pyspark = pytest.importorskip("pyspark", reason="Spark is an extra: make test-spark installs it")
    home, logs, port = Path(pyspark.__file__).parent, tmp_path_factory.mktemp("spark"), _free()
    address = f"spark://127.0.0.1:{port}"
    settings = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_WORKER_DIR": str(logs / "work")}
    run = str(home / "bin" / "spark-class")
    kinds = "org.apache.spark.deploy"
    master = [run, f"{kinds}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(_free())]
    worker = [run, f"{kinds}.worker.Worker", "--cores", "1", "--memory", "3g", "--host", "127.0.0.1", address]
    running: list[subprocess.Popen[bytes]] = []
    try:
        for number, command in enumerate((master, worker, worker)):
            log = logs / f"{number}.log"
            extra = ["--webui-port", str(_free())] if number else []
            with log.open("wb") as out:
                running.append(
                    subprocess.Popen([*command[:-1], *extra, command[-1]] if number else command, stdout=out, stderr=out, env=settings)
                )
            _until(log, "Successfully registered" if number else "Starting Spark master|I have been elected leader")
        yield address
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def session(cluster: str) -> Iterator[Any]:
    """A session on it."""
    from afterword.kit.engines import spark

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    with spark(cluster, memory="2g") as found:
        found.sparkContext.setLogLevel("ERROR")
        yield found
