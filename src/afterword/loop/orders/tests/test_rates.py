"""Rates by hand and from files; where one is missing is said."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.orders import door
from afterword.loop.orders.commands import app

DAY = date(2026, 4, 1)


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "rates.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_central_bank_s_table_is_read_the_other_way_round(tmp_path: Path) -> None:
    file = written(tmp_path, "Date,USD,RON,KRW,\n2026-04-02,1.25,5,N/A,\n2026-04-01,1.2,4,1500,\n")
    found = list(door.rates_in(file, "ECB", per_base=True))
    assert [(r.currency, r.valid_on.day, r.rate) for r in found[:2]] == [("USD", 2, Decimal("0.8")), ("RON", 2, Decimal("0.2"))]
    assert len(found) == 5
    assert found[-1].rate == Decimal("0.0006666667")


def test_a_list_of_rates_is_read_as_it_stands(tmp_path: Path) -> None:
    file = written(tmp_path, "currency,date,rate\nron,2026-04-01,0.2\n\nUSD,2026-04-01,0.9\n")
    assert [(r.currency, r.rate) for r in door.rates_in(file, "me")] == [("RON", Decimal("0.2")), ("USD", Decimal("0.9"))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "line 1 a, b is no rate"),
        ("currency,date,rate\nRON,yesterday,0.2\n", "line 2 “yesterday”"),
        ("currency,date,rate\nRON,2026-04-01,0.2\nRON,2026-04-02,-1\n", "line 3 “-1”"),
        ("currency,date,rate\nRON,2026-04-01,nan\n", "a positive number"),
        ("currency,date,rate\nLEI2,2026-04-01,1\n", "three letters"),
        ("", "nothing"),
    ],
)
def test_what_is_no_rate_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(door.BadRate) as refusal:
        list(door.rates_in(written(tmp_path, text), "x"))
    assert words in str(refusal.value)


@pytest.mark.django_db
def test_the_later_word_for_a_day_counts_and_is_audited(tmp_path: Path) -> None:
    file = written(tmp_path, "currency,date,rate\nRON,2026-04-01,0.2\nRON,2026-04-01,0.21\nEUR,2026-04-01,1\n")
    run = CliRunner()
    assert "1 rates kept" in run.invoke(app, ["rates", "import", str(file), "--source", "by hand"]).output
    assert "Kept" in run.invoke(app, ["rates", "set", "ron", "4", "--on", "2026-04-02", "--source", "ECB", "--per-base"]).output
    assert [(r.valid_on.day, r.rate, r.source) for r in door.rates_kept("EUR")] == [(2, Decimal("0.25"), "ECB")]
    assert "1 RON = 0.25 EUR" in run.invoke(app, ["rates", "show"]).output
    assert sql.value("select rate from currency_rate where valid_on = %s", [DAY]) == Decimal("0.21")
    assert accounts.audited().filter(what="currency rates kept").count() == 2
