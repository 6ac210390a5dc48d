"""Importing files: rows become events in batches; how far it got is written with each batch, so that a kill repeats nothing."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction

from afterword.kernel.errors import Complaint
from afterword.loop.accounts import door as accounts
from afterword.loop.events import door as events
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity

from ..models import FileImport
from ..native.payloads import understand
from ..rules.mapping import FileMapping, bodies_of, columns_of
from ..segment.payloads import understand as understand_segment
from ..types import BadMapping, Imported, Understood, UnknownFormat

SOURCE = "import"
BATCH = 1000
Row = tuple[int, Any, float]
Progress = Callable[[float, Imported], None]
_DECODER = msgspec.json.Decoder()


def import_file(
    path: Path, *, store: str, now: datetime, mapping: FileMapping | None = None, form: str = "native", report: Path | None = None,
    progress: Progress | None = None,
) -> Imported:  # fmt: skip
    """Import a file; goes on where an earlier import of it stopped. `progress` hears the part done (0–1) after each batch.

    Without a mapping each line is an event in our own words, or a Segment message (`form="segment"`). The events are marked as
    imported, so that they start no runs; when nothing was ever sealed here, they are known as of when they occurred.
    """
    accounts.store(store)
    report = report or path.with_name(path.name + ".refused.csv")
    state = _state(path, store, now, mapping, form)
    done = Imported(state.rows, state.accepted, state.repeated, state.refused, str(report))
    first_ever = events.frontier() is None
    if state.finished_at is None:
        rows = rows_of(path, mapping)
        understood = partial(_understood, mapping=mapping, form=form, store=store, name=path.name, now=now)
        with _report_of(report, state.report_bytes) as out:
            for _ in islice(rows, state.rows):
                pass
            while chunk := list(islice(rows, BATCH)):
                _write(chunk, understood, state, done, out, now)
                if progress:
                    progress(chunk[-1][2], done)
        FileImport.objects.filter(mark=state.mark).update(finished_at=now)
    while first_ever and events.waiting() and events.seal(now, known="occurred").count:
        pass  # a new installation learns its history as it happened; each seal takes a part
    return done


def _state(path: Path, store: str, now: datetime, mapping: FileMapping | None, form: str) -> FileImport:
    """How far this very file, with this mapping, into this store, has come."""
    mark = sha256(f"{path.resolve()}|{path.stat().st_size}|{store}|{mapping!r}|{form}".encode()).hexdigest()
    return FileImport.objects.get_or_create(mark=mark, defaults={"file": str(path), "store": store, "started_at": now})[0]


def _report_of(report: Path, length: int) -> io.BufferedRandom:
    """The report, as long as it was when the last batch was written."""
    report.touch()
    out = report.open("r+b")
    out.truncate(length)
    out.seek(length)
    if not length:
        out.write(b"row,path,fault,expected\r\n")
    return out


def _write(
    chunk: list[Row], understood: Callable[[int, Any], Understood], state: FileImport, done: Imported, out: io.BufferedRandom, now: datetime
) -> None:
    """One batch: its events, and how far the import is now, in one transaction."""
    told: list[Told] = []
    origins: list[int] = []
    refused: list[tuple[int, Complaint]] = []
    for number, value, _ in chunk:
        one = understood(number, value)
        refused += [(number, complaint) for complaint in one.complaints]
        told += one.told
        origins += [number] * len(one.told)
    with transaction.atomic():
        recorded = identity.record(told, received_at=now, places=[f"{number}" for number in origins])
        for complaint in recorded.refused:
            row, _, where = complaint.path.partition(".")
            refused.append((int(row), Complaint(where, complaint.fault, complaint.expected)))
        _note(refused, out)
        done.rows += len(chunk)
        done.accepted += recorded.accepted
        done.repeated += recorded.repeated
        done.refused += len({number for number, _ in refused})
        done.complaints = [*done.complaints, *(complaint for _, complaint in refused)][:20]
        FileImport.objects.filter(mark=state.mark).update(
            rows=done.rows, accepted=done.accepted, repeated=done.repeated, refused=done.refused, report_bytes=out.tell()
        )


def _note(refused: list[tuple[int, Complaint]], out: io.BufferedRandom) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows((number, c.path, c.fault, c.expected) for number, c in sorted(refused, key=lambda one: one[0]))
    out.write(text.getvalue().encode("utf-8", "replace"))
    out.flush()


def _understood(number: int, value: Any, *, mapping: FileMapping | None, form: str, store: str, name: str, now: datetime) -> Understood:
    """What one row tells."""
    if isinstance(value, Complaint):
        return Understood(complaints=(value,))
    source = (mapping.source if mapping else None) or name
    if mapping is None and form == "segment":
        one = understand_segment(value, store=store, currency=accounts.store(store).currency, received_at=now)
        return Understood(tuple(_marked(told, source) for told in one.told), one.complaints)
    bodies, found = ([value], []) if mapping is None else bodies_of(value, number, mapping)
    told: list[Told] = []
    for body in bodies:
        one = understand(body, store=store, received_at=now, source=SOURCE)
        told += [_marked(event, source) for event in one.told]
        found += one.complaints
    return Understood(tuple(told), tuple(found))


def _marked(told: Told, source: str) -> Told:
    return replace(told, source=SOURCE, source_id=f"{source}:{told.source_id}")


def rows_of(path: Path, mapping: FileMapping | None) -> Iterator[Row]:
    """(row, value, part done) of a file: JSON objects of .jsonl, mappings of .csv, .tsv and .parquet. Rows count from 1."""
    plain = path.name.removesuffix(".gz").lower()
    if plain.endswith((".jsonl", ".ndjson")):
        return _lines(path)
    if mapping is None:
        raise BadMapping(fault="a table needs one; without a mapping only .jsonl can be read")
    if plain.endswith((".csv", ".tsv")):
        return _table(path, "\t" if plain.endswith(".tsv") else ",", mapping)
    if plain.endswith(".parquet"):
        return _parquet(path, mapping)
    raise UnknownFormat(path=path)


def _opened(path: Path) -> tuple[io.BufferedReader, io.BufferedReader]:
    raw = path.open("rb")
    return raw, io.BufferedReader(gzip.GzipFile(fileobj=raw)) if path.name.endswith(".gz") else raw


def _lines(path: Path) -> Iterator[Row]:
    raw, plain = _opened(path)
    size = max(path.stat().st_size, 1)
    with raw:
        for number, line in enumerate(plain, start=1):
            try:
                value: Any = _DECODER.decode(line) if line.strip() else Complaint("", "is empty", "a JSON object")
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                value = Complaint("", f"is no JSON ({error})"[:200], "a JSON object in UTF-8")
            yield number, value, raw.tell() / size


def _table(path: Path, delimiter: str, mapping: FileMapping) -> Iterator[Row]:
    raw, plain = _opened(path)
    size = max(path.stat().st_size, 1)
    with raw:
        text = io.TextIOWrapper(plain, encoding="utf-8-sig", errors="surrogateescape", newline="")
        reader = csv.DictReader(text, delimiter=delimiter)
        _check_columns(reader.fieldnames or (), mapping)
        for number, row in enumerate(reader, start=1):
            yield number, row, raw.tell() / size


def _parquet(path: Path, mapping: FileMapping) -> Iterator[Row]:
    import pyarrow.parquet as parquet

    file = parquet.ParquetFile(path)
    _check_columns(file.schema_arrow.names, mapping)
    columns = [name for name in file.schema_arrow.names if name in columns_of(mapping)]
    total, number = max(file.metadata.num_rows, 1), 0
    for batch in file.iter_batches(BATCH, columns=columns):
        for row in batch.to_pylist():
            number += 1
            yield number, row, number / total


def _check_columns(found: Any, mapping: FileMapping) -> None:
    missing = sorted(columns_of(mapping) - set(found))
    if missing:
        raise BadMapping(fault=f"the file has no column “{missing[0]}”; it has {', '.join(list(map(str, found))[:30])}")
