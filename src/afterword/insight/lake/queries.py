"""Reads: the lake as tables of a DuckDB connection, under the names that expressions use."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from afterword.kernel.shapes import Event, readable, view_name, wide_name
from afterword.loop.conditions.types import COMMON

from .actions.export import SNAPSHOTS, event_types, files

DUCK = {
    "uuid": "uuid", "string": "varchar", "int64": "bigint", "float64": "double", "boolean": "boolean", "timestamp('UTC')": "timestamptz",
}  # fmt: skip

RECALLED = """
create or replace view event_recalled as
select *, known_at as seen_from, '9999-12-31 00:00:00+00'::timestamptz as forgotten_at from event_any
"""
GIVEN = """
union all by name select e.* replace (p.customer_id as customer_id), p.seen_from, p.forgotten_at
from event_past p join event_any e on e.id = p.id
"""


def mount(connection: Any, folder: Path, definitions: Iterable[type[Event]], *, hold: bool = True) -> None:
    """Make the lake's tables visible on a DuckDB connection; what has no file yet is an empty table.

    Args:
        hold: read the events into memory once (right for many passes), or read the files each time (right for one).
    """
    kind, definitions = "table" if hold else "view", list(definitions)
    for definition in definitions:
        view, types = view_name(definition.name), event_types(definition)
        there = sorted(str(f) for f in files(folder, view))
        _lay(connection, kind, view, types, there)
    connection.execute(_wide(definitions))
    connection.execute("create or replace view event_lately as select * from event_any")
    for name, types in SNAPSHOTS.items():
        path = folder / "now" / f"{name}.parquet"
        _lay(connection, kind, name, types, [str(path)] if path.exists() else [])
    given = connection.execute("select count(*) from event_past").fetchone()[0]
    connection.execute(RECALLED + (GIVEN if given else ""))


def _lay(connection: Any, kind: str, name: str, types: dict[str, str], paths: list[str]) -> None:
    if not paths:
        connection.execute(f"create or replace table {name} ({', '.join(f'{quoted(c)} {DUCK[t]}' for c, t in types.items())})")
        return
    source = f"read_parquet([{', '.join(_text(p) for p in paths)}], union_by_name = true)"
    # Files that are older than a property do not have its column.
    there = {row[0] for row in connection.execute(f"describe select * from {source}").fetchall()}
    columns = ", ".join(f"{quoted(c) if c in there else 'null'}::{DUCK[t]} as {quoted(c)}" for c, t in types.items())
    connection.execute(f"create or replace {kind} {name} as select {columns} from {source}")


def _wide(definitions: Iterable[type[Event]]) -> str:
    """The view over all events: each typed table, its properties under their wide names."""
    common = ", ".join(quoted(c) for c in COMMON)
    parts = []
    for definition in definitions:
        own = "".join(f", {quoted(p.name)} as {quoted(wide_name(definition.name, p.name))}" for p in readable(definition))
        parts.append(f"select {common}, '{definition.name}' as name{own} from {view_name(definition.name)}")
    return "create or replace view event_any as " + " union all by name ".join(parts)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A column's name as SQL takes it, whatever word it is."""
    return f'"{name}"'
