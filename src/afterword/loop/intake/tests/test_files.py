"""Importing files."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from afterword.kit import sql
from afterword.loop.events import door as events
from afterword.loop.identity import door as identity
from afterword.loop.intake import door
from afterword.loop.intake.actions import files
from afterword.loop.intake.rules.mapping import read_mapping
from afterword.loop.intake.types import BadMapping, UnknownFormat

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db
MAPPING = read_mapping({
    "zone": "Europe/London",
    "currency": "GBP",
    "events": [
        {
            "name": "order.placed", "if": {"status": ["ok", "back"]}, "id": "no", "order": "no", "occurred_at": "bought",
            "customer": {"external_id": "who", "email": "mail", "verified": True},
            "properties": {"currency": {"value": "GBP"}, "total_minor": {"column": "total", "as": "money"}},
        },
        {"name": "order.cancelled", "if": {"status": "back"}, "order": "no",
         "occurred_at": {"column": "returned", "format": "%d/%m/%Y %H:%M", "as": "instant"}},
    ],
})  # fmt: skip
CSV = """no,status,bought,returned,who,mail,total
1,ok,2026-01-05 10:00,,7,ana@example.com,12.90
2,back,2026-07-05 10:00,06/07/2026 11:30,8,,"1.5"
3,ok,yesterday,,9,,10
4,other,2026-01-05 10:00,,9,,10
5,ok,2026-01-06 10:00,,,,10
"""


def test_a_table_becomes_events_and_what_is_refused_is_listed_by_row(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(CSV)
    done = door.import_file(file, store="main", now=T0.replace(year=2027), mapping=MAPPING)
    assert (done.rows, done.accepted, done.refused) == (5, 3, 2)
    refused = list(csv.reader(Path(done.report).read_text().splitlines()))
    assert [row[:2] for row in refused] == [["row", "path"], ["3", "bought"], ["5", "who"]]
    found = sql.rows("select name, occurred_at, properties ->> 'total_minor' from event where source = 'import' order by occurred_at")
    assert [(row[0], row[1].isoformat(), row[2]) for row in found] == [
        ("order.placed", "2026-01-05T10:00:00+00:00", "1290"),
        ("order.placed", "2026-07-05T09:00:00+00:00", "150"),
        ("order.cancelled", "2026-07-06T10:30:00+00:00", None),
    ]
    assert identity.customer_by("email", "", "ana@example.com")
    assert sql.value("select bool_and(known_at = occurred_at) from event where source = 'import'")
    again = door.import_file(file, store="main", now=T0.replace(year=2027), mapping=MAPPING)
    assert (again.rows, again.accepted) == (5, 3)
    assert sql.value("select count(*) from event where source = 'import'") == 3


def test_an_import_goes_on_where_it_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events.seal(T0)
    file = tmp_path / "events.jsonl.gz"
    lines = [json.dumps({"name": "page.viewed", "customer": {"external_id": str(n)}, "id": str(n)}) for n in range(25)]
    lines[7], lines[13] = "{", "[]"
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    monkeypatch.setattr(files, "BATCH", 10)

    def killed(part: float, done: Any) -> None:
        if done.rows == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        door.import_file(file, store="main", now=T0, progress=killed)
    done = door.import_file(file, store="main", now=T0)
    assert (done.rows, done.accepted, done.repeated, done.refused) == (25, 23, 0, 2)
    assert len(Path(done.report).read_text().splitlines()) == 3
    assert sql.value("select count(*) from event_inbox where name = 'page.viewed'") == 23


def test_parquet_and_segment_lines_are_read_too(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    row = {"no": 1, "status": "ok", "bought": datetime(2026, 1, 5, tzinfo=UTC), "returned": None, "who": 7, "mail": "", "total": 12.9}
    table = pa.Table.from_pylist([{**row, "more": 1}])
    parquet.write_table(table, tmp_path / "orders.parquet")
    assert door.import_file(tmp_path / "orders.parquet", store="main", now=T0, mapping=MAPPING).accepted == 1
    (tmp_path / "s.jsonl").write_text(json.dumps({"type": "page", "userId": "1", "messageId": "m"}) + "\n")
    assert door.import_file(tmp_path / "s.jsonl", store="main", now=T0, form="segment").accepted == 1


def test_a_mapping_that_cannot_work_says_where(tmp_path: Path) -> None:
    for given, place in [
        ({}, "events"), ({"events": [{}]}, "events[0]"), ({"events": [{"name": "x", "nmae": 1}]}, "events[0].nmae"),
        ({"events": [{"name": "x", "id": {"column": "a", "value": 1}}]}, "events[0].id"),
        ({"events": [{"name": "x"}], "zone": "Mars"}, "zone"),
        ({"events": [{"name": "x", "properties": {"a": {"column": "b", "as": "cash"}}}]}, "events[0].properties.a.as"),
    ]:  # fmt: skip
        with pytest.raises(BadMapping) as caught:
            read_mapping(given)
        assert place in str(caught.value)
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(BadMapping, match="no column"):
        door.import_file(tmp_path / "x.csv", store="main", now=T0, mapping=MAPPING)
    (tmp_path / "x.xls").write_text("")
    with pytest.raises(UnknownFormat):
        door.import_file(tmp_path / "x.xls", store="main", now=T0, mapping=MAPPING)
