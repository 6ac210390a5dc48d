"""The other driver, as small as the live one: the same steps bound to DuckDB, one pass, the horizon at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.types import TRIGGER

TYPES = {"string": "varchar", "int32": "integer", "int64": "bigint", "timestamp('UTC')": "timestamptz"}
ALL = ", ".join(journeys.COLUMNS)
Progress = Callable[[str, int], None]


def replay(connection: Any, statements: Mapping[str, str], *, since: datetime, until: datetime, progress: Progress | None = None) -> int:
    """Move every run that enters in `(since, until]` to the horizon; how many rows the table `pass` holds afterwards.

    Args:
        connection: a DuckDB connection on which the world's tables (typed events, histories, clocks) can be seen.
        statements: step → statement for DuckDB, in order, the trigger first.
        progress: told of each step and the rows it added.
    """
    bind(connection, since, until)
    connection.execute(f"create or replace table pass ({', '.join(f'{n} {TYPES.get(k, k)}' for n, k in journeys.PASS.items())})")
    connection.execute(
        "create table if not exists standing (journey varchar, run uuid, subject_id uuid, customer_id uuid)"
    )  # nobody has entered before
    total, waiting = 0, {TRIGGER}
    for step, text in statements.items():
        if step not in waiting:
            continue
        added = connection.execute(f"insert into pass ({ALL}) {text}").fetchone()[0]
        total += added
        if added:
            waiting |= {row[0] for row in connection.execute("select distinct next_step from pass where step = ?", [step]).fetchall()}
        if progress:
            progress(step, added)
    return total


def bind(connection: Any, since: datetime, until: datetime) -> None:
    """Fix the two bounds of the pass."""
    for name, at in (("since", since), ("until", until)):
        connection.execute(f"create or replace macro {name}() as '{at.isoformat()}'::timestamptz")
