"""`afterword import`, as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from afterword.loop.consent import commands as consent
from afterword.loop.intake import commands
from afterword.loop.intake.types import BadMapping

pytestmark = pytest.mark.django_db
YAML = """
zone: Europe/Bucharest
currency: RON
events:
  - name: order.placed
    order: no
    occurred_at: bought
    customer: {external_id: who}
    properties:
      currency: {value: RON}
      total_minor: {column: total, as: money}
"""


def test_a_file_is_imported_with_a_word_on_what_was_refused(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(YAML.replace("no\n", '"no"\n'))
    (tmp_path / "orders.csv").write_text("no,bought,who,total\n1,2026-01-05 10:00,7,12.90\n2,never,8,1\n")
    app = commands.app
    done = CliRunner().invoke(app, [str(tmp_path / "orders.csv"), "--mapping", str(tmp_path / "mapping.yaml")])
    assert done.exit_code == 0, done.output
    assert "2 rows: 1 events are new, 0 were known, 1 rows refused." in done.output
    assert "bought: is 'never'; expected instant." in done.output
    assert "orders.csv.refused.csv" in done.output.replace("\n", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &x {b: 1}\nevents: [*x]", "alias"),
        ("events:\n" + "  - name: order.placed\n" * 9000, "larger than 64 kB"),
        ("x: 1\nx: 2", "duplicate key"),
    ],
)
def test_a_mapping_that_could_fill_the_memory_is_refused_at_once(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "mapping.yaml").write_text(text)
    (tmp_path / "e.csv").write_text("a\n1\n")
    with pytest.raises(BadMapping, match=words):
        CliRunner().invoke(commands.app, [str(tmp_path / "e.csv"), "--mapping", str(tmp_path / "mapping.yaml")], catch_exceptions=False)


def test_a_mapping_that_is_no_yaml_says_so(tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text("events: [")
    (tmp_path / "e.jsonl").write_text(json.dumps({}))
    done = CliRunner().invoke(commands.app, [str(tmp_path / "e.jsonl"), "--mapping", str(tmp_path / "mapping.yaml")])
    assert isinstance(done.exception, BadMapping)


def test_consents_are_taken_over_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("email,state\nana@example.com,granted\nx,granted\n")
    done = CliRunner().invoke(consent.app, [str(tmp_path / "c.csv")])
    assert "1 granted" in done.output
    assert "row 3.who.email" in done.output


def test_the_mapping_of_the_how_to_works(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[5] / "docs" / "how-to" / "import-history.md").read_text()
    (tmp_path / "orders.yaml").write_text(page.split("```yaml\n")[1].split("```")[0])
    rows = "order_id,bought,customer_id,email,total,country,status,cancelled\n1,2026-01-05 10:00,7,ana@example.com,12.90,Romania,ok,\n"
    (tmp_path / "orders.csv").write_text(rows + "2,2026-01-06 10:00,8,ion@example.com,1,Moldova,returned,07.01.2026 09:30\n")
    done = CliRunner().invoke(commands.app, [str(tmp_path / "orders.csv"), "--mapping", str(tmp_path / "orders.yaml")])
    assert "2 rows: 3 events are new, 0 were known, 0 rows refused." in done.output
