"""Engines for analysis: a DuckDB connection, and where one machine is outgrown a Spark session, as this house wants them.

DuckDB's wheel carries parquet, json and icu; nothing is downloaded. Spark is an extra (`pip install afterword[spark]`) and wants
Java 17 or newer. Sessions are in UTC.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb


@contextmanager
def duck(database: Path | None = None, *, memory: str = "3GB", threads: int | None = None, spill: Path | None = None) -> Iterator[Any]:
    """A DuckDB connection, in memory unless a file is named; it spills to `spill` instead of growing past `memory`."""
    config: dict[str, Any] = {"threads": threads or os.cpu_count() or 2, "memory_limit": memory, "preserve_insertion_order": False}
    if spill is not None:
        spill.mkdir(parents=True, exist_ok=True)
        config["temp_directory"] = str(spill)
    connection = duckdb.connect(str(database) if database else ":memory:", config=config)
    try:
        connection.execute("set timezone = 'UTC'")
        yield connection
    finally:
        connection.close()


@contextmanager
def spark(master: str, *, memory: str = "1g", partitions: int = 4, name: str = "afterword") -> Iterator[Any]:
    """A session on a Spark cluster; a division by nothing and a cast that fails are missing values, as in the other engines.

    Args:
        master: the cluster's address, such as spark://host:7077.
        partitions: of shuffles; a few for each core of the cluster.
    """
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master(master)
        .appName(name)
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.ansi.enabled", "false")
        .config("spark.sql.shuffle.partitions", str(partitions))
        .config("spark.executor.memory", memory)
        .config("spark.driver.memory", memory)
        .config("spark.sql.constraintPropagation.enabled", "false")  # it loses columns of unions whose parts were checkpointed
        .config("spark.sql.warehouse.dir", f"{tempfile.gettempdir()}/afterword-spark")  # else a folder wherever one happens to stand
        .config("spark.ui.enabled", "false")
        .config("spark.sql.autoBroadcastJoinThreshold", str(2**20))  # sizes are guessed from packed files
        .getOrCreate()
    )
    try:
        yield session
    finally:
        session.stop()
