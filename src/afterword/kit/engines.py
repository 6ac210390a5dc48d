"""Engines for analysis: a DuckDB connection as this house wants it.

DuckDB's wheel carries parquet, json and icu; nothing is downloaded. Sessions are in UTC.
"""

from __future__ import annotations

import os
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
