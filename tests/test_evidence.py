"""What is asked of real data by `make evidence` is asked of a small shop here, so that it goes on asking the product as it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from evidence import e1, e2, e3
from evidence.ground import Finding, Table, record

from afterword.insight.lake import door as lake
from afterword.loop.events.types import Told, Who
from afterword.loop.journeys import door as journeys
from afterword.sample.rules.histories import History
from afterword.sample.types import StoreSetup

DAY, WEEK = timedelta(days=1), timedelta(days=7)
T0 = datetime(2026, 1, 5, 9, tzinfo=UTC)
MOMENT = T0 + 3 * WEEK
PEOPLE = 260


def bought(n: int, at: datetime) -> Told:
    who = Who(external_id=f"p{n}", email=f"p{n}@example.com", verified=True)
    minor = 1000 + 37 * n
    return Told(
        "order.placed", at, "tiny", f"{n}-{at:%m%d}", who=who, order=f"{n}-{at:%m%d}",
        properties={"currency": "GBP", "total_minor": minor, "total_base_minor": minor, "items": 1, "language": "en"},
    )  # fmt: skip


@pytest.fixture
def past() -> History:
    """Everybody buys within three weeks, and every fourth once more in the two weeks after."""
    told = [bought(n, T0 + (n % 20) * DAY + timedelta(seconds=n)) for n in range(PEOPLE)]
    told += [bought(n, MOMENT + (1 + n % 11) * DAY + timedelta(seconds=n)) for n in range(0, PEOPLE, 4)]
    told.append(bought(1, MOMENT + 9 * WEEK))
    store = StoreSetup("main", "Tiny", "GBP", ("en",), "UTC", {"sender_name": "Tiny", "sender_email": "hello@tiny.example"}, None)
    source = History("tiny", (store,), told, {})
    record(source, WEEK)
    return source


@pytest.mark.django_db
def test_every_claim_is_asked_of_a_shop(past: History, tmp_path: Path) -> None:
    first = e1.measure([e1.Case(None, 0.5, 0, 2)], [e1.Case(None, 0.5, 0.5, 2)], (MOMENT,), past.ends_at)
    nothing, known, rivals = first.tables
    assert 28 < float(known.rows[0][3].split()[0]) < 47, "half of the three quarters who bought nothing"
    assert known.rows[-1][5] in ("–", "100.0 %", "50.0 %")
    assert nothing.rows[0][3] in ("0%", "50%", "100%")
    assert rivals.rows[0][1] == str(PEOPLE)
    third = e3.measure([e3.Case(None, 0.5, True, 2)], (MOMENT, MOMENT + 2 * WEEK), past.ends_at)
    assert third.tables[0].rows[0][3] == "2"
    lake.export(tmp_path)
    asked = e2.Past("tiny", (T0 + 2 * WEEK,), past.starts_at)
    text = {"order_confirmation": journeys.shipped()["order_confirmation"]}
    rows = list(e2.foreseen(asked, text, tmp_path))
    assert [row[:2] for row in rows] == [("tiny", "order confirmation")]
    assert rows[0][2] == str(sum(t.occurred_at >= MOMENT - WEEK for t in past.told(T0, MOMENT)))


def test_errors_are_counted_by_day_and_week() -> None:
    monday = datetime(2026, 2, 2, tzinfo=UTC)
    lived: dict[date, int] = {(monday + n * DAY).date(): 10 for n in range(7)} | {(monday - n * DAY).date(): 8 for n in range(1, 8)}
    asked = {monday: {(monday - n * DAY).date(): 9 for n in range(1, 29)}}
    assert e2.errors(lived, asked) == ("70", "1.0", "2.0", "10 %", "20 %", "-10 %")


def test_a_finding_is_printed_whole() -> None:
    found = Finding("E9", "it holds", "some", "a coin", (Table(("a", "b"), (("1", "2"),), "both"),), "so it is", "not always")
    page = "\n".join(found.text())
    for part in ("## E9: it holds", "**both**", "| a | b |\n|---|---|\n| 1 | 2 |", "so it is", "not always"):
        assert part in page
