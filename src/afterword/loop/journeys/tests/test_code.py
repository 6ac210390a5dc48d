"""Journeys as code: planned, applied all or none, exported word for word, and never over somebody else's work."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from afterword.loop.journeys import commands, door
from afterword.loop.journeys.models import Journey, Version
from afterword.loop.journeys.types import WrongDocuments

AT = datetime(2026, 5, 1, tzinfo=UTC)
TEXT = """journey: tea
name: Tea   # a comment that stays
priority: normal
trigger: {event: order.delivered}
steps:
  - id: days
    wait: 3d
  - id: ask
    send: {message: csat, useful_for: 4d}
"""
pytestmark = pytest.mark.django_db


def states(*texts: str) -> list[str]:
    return [change.state for change in door.plan(texts).changes]


def test_a_new_document_becomes_a_draft_and_applying_it_again_changes_nothing() -> None:
    assert states(TEXT) == ["new"]
    assert door.apply([TEXT], at=AT).changing
    assert Journey.objects.get(key="tea").draft == TEXT
    assert states(TEXT) == ["kept"]
    assert not Version.objects.exists()
    door.apply([TEXT], at=AT, publish=True)
    assert states(TEXT) == ["same"]
    assert not door.apply([TEXT], at=AT, publish=True).changing
    assert Version.objects.count() == 1


def test_what_is_exported_can_be_changed_and_applied_and_changed_again() -> None:
    door.apply([TEXT], at=AT, publish=True)
    exported = door.export(["tea"])["tea"]
    assert exported.splitlines()[1] == f"base: {door.mark(TEXT)}"
    assert exported.replace(f"base: {door.mark(TEXT)}\n", "") == TEXT
    for length in ("4d", "5d"):
        text = exported.replace("wait: 3d", f"wait: {length}")
        assert states(text) == ["changed"]
        door.apply([text], at=AT, publish=True)
        assert Journey.objects.get(key="tea").draft == TEXT.replace("wait: 3d", f"wait: {length}")


def test_somebody_else_s_work_is_not_overwritten() -> None:
    door.apply([TEXT], at=AT, publish=True)
    exported = door.export()["tea"]
    theirs = TEXT.replace("wait: 3d", "wait: 9d")
    door.keep_draft(theirs, at=AT)
    mine = exported.replace("wait: 3d", "wait: 4d")
    conflict = door.plan([mine]).changes[0]
    assert (conflict.state, "draft since version 1" in conflict.why) == ("conflict", True)
    door.publish("tea", at=AT)
    assert "has moved on" in door.plan([mine]).changes[0].why
    assert "does not say what it is based on" in door.plan([TEXT]).changes[0].why
    with pytest.raises(WrongDocuments, match="moved on"):
        door.apply([mine], at=AT)
    assert Journey.objects.get(key="tea").draft == theirs
    door.apply([mine], at=AT, over=True)
    assert Journey.objects.get(key="tea").draft == TEXT.replace("wait: 3d", "wait: 4d")


def test_a_folder_is_applied_whole_or_not_at_all() -> None:
    broken = TEXT.replace("journey: tea", "journey: cup").replace("csat", "csta")
    with pytest.raises(WrongDocuments, match=r"cup, line 9: .* there is no message “csta”"):
        door.apply([TEXT, broken], at=AT, publish=True)
    assert not Journey.objects.exists()
    with pytest.raises(WrongDocuments, match="two documents are called “tea”"):
        door.apply([TEXT, TEXT], at=AT)


def test_a_plan_says_which_steps_change() -> None:
    door.apply([TEXT], at=AT, publish=True)
    text = door.export()["tea"].replace("wait: 3d", "wait: 5d") + "  - {id: end_of_it, exit: enough}\n"
    told = {one.key: one.kind for one in door.plan([text]).changes[0].differences}
    assert told["days"] == "changed"
    assert told["end_of_it"] == "new"


def test_the_command_line_lints_plans_and_applies_a_folder(tmp_path: Path) -> None:
    run = CliRunner().invoke
    file = tmp_path / "tea.yaml"
    file.write_text(TEXT.replace("csat", "csta"), encoding="utf-8")
    linted = run(commands.app, ["journey", "lint", str(tmp_path)])
    assert (linted.exit_code, f"{file}:9:12: error:" in linted.output.replace("\n", "")) == (1, True), linted.output
    assert json.loads(run(commands.app, ["journey", "lint", str(file), "--json"]).output)[str(file)][0]["mend"] == "Did you mean “csat”?"
    file.write_text(TEXT, encoding="utf-8")
    assert run(commands.app, ["journey", "lint", str(tmp_path), "--strict"]).exit_code == 0
    assert run(commands.app, ["journey", "plan", str(tmp_path), "--exit-code"]).exit_code == 3
    assert run(commands.app, ["journey", "apply", str(tmp_path), "--publish"]).exit_code == 0
    assert run(commands.app, ["journey", "plan", str(tmp_path), "--exit-code"]).exit_code == 0
    assert run(commands.app, ["journey", "export", "--to", str(tmp_path / "out")]).exit_code == 0
    assert (tmp_path / "out" / "tea.yaml").read_text(encoding="utf-8") == door.export()["tea"]
    assert json.loads(run(commands.app, ["journey", "schema"]).output)["title"] == "Afterword journey"
    assert "gift" in run(commands.app, ["journey", "gallery", "--tag", "delivery"]).output


def test_a_file_that_is_no_text_is_named_and_a_mark_of_byte_order_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_bytes(b"\xff\xfej")
    with pytest.raises(commands.NoText, match=r"odd\.yaml is no text in UTF-8 \(byte 1"):
        commands.documents([tmp_path])
    (tmp_path / "odd.yaml").write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert list(commands.documents([tmp_path]).values()) == [TEXT]
