"""Export: what was sealed since the last time, one typed Parquet file a name and month; histories and rules as snapshots.

Files are written beside their place and renamed, and the watermark moves last, so a kill leaves no half a file behind and
the next export writes the same names again.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
from django.db import connection

from afterword.kernel.shapes import Event, readable, view_name
from afterword.kit import sql
from afterword.kit.engines import duck
from afterword.kit.env import home
from afterword.loop.conditions.types import COLUMN_TYPES, COMMON, CUSTOMER_HISTORY, LOCAL_CLOCK, ORDER_HISTORY, PAST
from afterword.loop.events import door as events
from afterword.loop.messages.types import CONSENT, REACH, RULES, SUPPRESSED, WAYS, WORTH

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
ARROW: dict[str, Any] = {
    "uuid": pa.string(), "string": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "boolean": pa.bool_(),
    "timestamp('UTC')": pa.timestamp("us", "UTC"),
}  # fmt: skip
STAMP = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
SNAPSHOTS = {
    "customer_history": CUSTOMER_HISTORY, "order_history": ORDER_HISTORY, "local_clock": LOCAL_CLOCK, "consent_history": CONSENT,
    "suppressed": SUPPRESSED, "store_rule": RULES, "event_past": PAST, "channel_reach": REACH, "message_way": WAYS,
    "message_worth": WORTH,
}  # fmt: skip
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Exported:
    """The window that was exported, and how many events and history rows were written."""

    since: datetime
    until: datetime
    events: int
    rows: int


def lake_folder() -> Path:
    """Where the lake lies."""
    return home() / "lake"


def export(folder: Path | None = None, *, progress: Progress | None = None) -> Exported:
    """Export every event that was sealed since the last export, and the histories as they are now.

    Args:
        folder: where the lake lies; the installation's own by default.
        progress: told of each table and how many rows it got.
    """
    folder = folder or lake_folder()
    own = folder == lake_folder()
    since = (sql.value("select exported_until from lake_watermark") if own else None) or BEGINNING
    if own and since > BEGINNING and not (folder / "events").exists():
        since = BEGINNING
    until = events.frontier() or since
    written = 0
    for definition in events.vocabulary:
        count = _export_events(folder, definition, since, until) if until > since else 0
        written += count
        if progress and count:
            progress(definition.name, count)
    rows = sum(_snapshot(folder, name, types, progress) for name, types in SNAPSHOTS.items())
    if own:
        sql.run(
            "insert into lake_watermark (exported_until) values (%s) "
            "on conflict (one) do update set exported_until = excluded.exported_until",
            [until],
        )
    return Exported(since, until, written, rows)


def event_types(definition: type[Event]) -> dict[str, str]:
    """The columns of the typed events of a name."""
    return {**COMMON, **{p.name: COLUMN_TYPES[p.kind] for p in readable(definition)}}


def _export_events(folder: Path, definition: type[Event], since: datetime, until: datetime) -> int:
    types = event_types(definition)
    view = view_name(definition.name)
    months = sql.rows(
        f"select distinct date_trunc('month', known_at, 'UTC') from {view} where known_at > %s and known_at <= %s order by 1",
        [since, until],
    )
    total = 0
    for (month,) in months:
        within = f"known_at > '{since.isoformat()}' and known_at <= '{until.isoformat()}'"
        where = f"{within} and date_trunc('month', known_at, 'UTC') = '{month.isoformat()}'"
        table = _read(view, types, where)
        stamp = f"{since:%Y%m%dT%H%M%S%f}-{until:%Y%m%dT%H%M%S%f}"
        _write(folder / "events" / view / f"{month:%Y-%m}" / f"{stamp}.parquet", table, types)
        total += table.num_rows
    return total


def _snapshot(folder: Path, name: str, types: dict[str, str], progress: Progress | None) -> int:
    table = _read(name, types, "true")
    _write(folder / "now" / f"{name}.parquet", table, types)
    if progress:
        progress(name, table.num_rows)
    return int(table.num_rows)


def _read(source: str, types: dict[str, str], where: str) -> Any:
    """A table or view as Arrow, by COPY, which is the quickest way out of PostgreSQL."""
    columns = ", ".join(_spelt(name, kind) for name, kind in types.items())
    buffer = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"copy (select {columns} from {source} where {where}) to stdout (format csv)") as copy:
        for piece in copy:
            buffer.write(piece)
    arrow = {name: ARROW[kind] for name, kind in types.items()}
    if not buffer.tell():
        return pa.table({name: pa.array([], kind) for name, kind in arrow.items()})
    buffer.seek(0)
    return csv.read_csv(
        buffer,
        read_options=csv.ReadOptions(column_names=list(types)),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=arrow,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )


def _spelt(name: str, kind: str) -> str:
    if kind == "timestamp('UTC')":
        return f"to_char(\"{name}\" at time zone 'UTC', '{STAMP}') as \"{name}\""
    return f'"{name}"'


def _write(path: Path, table: Any, types: dict[str, str]) -> None:
    """Write a file beside its place and rename it. Ids are written as 16 bytes, which spares every reader a cast."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with duck(threads=1) as connection:
        connection.register("given", table)
        columns = ", ".join(f'"{name}"::uuid as "{name}"' if kind == "uuid" else f'"{name}"' for name, kind in types.items())
        connection.execute(
            f"copy (select {columns} from given) to '{str(draft).replace(chr(39), chr(39) * 2)}' (format parquet, compression zstd)"
        )
    draft.rename(path)


def forget(folder: Path | None = None) -> None:
    """Throw the lake away; the next export writes all of it again."""
    shutil.rmtree(folder or lake_folder(), ignore_errors=True)
    sql.run("delete from lake_watermark")


def files(folder: Path, view: str) -> Iterable[Path]:
    """The files of one name."""
    return (folder / "events" / view).glob("*/*.parquet")
