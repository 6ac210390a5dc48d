"""A backtest on a cluster says what is missing before it begins anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from afterword.insight.backtests.actions import cluster
from afterword.insight.backtests.commands import _not_on_spark
from afterword.insight.backtests.types import NoJava, NoSpark, NotOnSpark


def java(folder: Path, said: str) -> str:
    """A folder with a `java` that says this of itself."""
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin" / "java"
    program.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    program.chmod(0o755)
    return str(folder)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda name: None)
    with pytest.raises(NoSpark, match=r"pip install \"afterword\[spark\]\""):
        cluster.need_spark()


def test_a_missing_or_old_java_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda name: name)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nothing"))
    with pytest.raises(NoJava, match="none was found"):
        cluster.need_spark()
    monkeypatch.setenv("JAVA_HOME", java(tmp_path / "old", 'openjdk version "11.0.2" 2019-01-15'))
    with pytest.raises(NoJava, match="11"):
        cluster.need_spark()
    monkeypatch.setenv("JAVA_HOME", java(tmp_path / "new", 'openjdk version "17.0.21.1" 2026-11-17'))
    cluster.need_spark()


def test_what_a_cluster_is_not_asked_is_refused() -> None:
    with pytest.raises(NotOnSpark, match="--against"):
        _not_on_spark("2", None)
    with pytest.raises(NotOnSpark, match="--assume"):
        _not_on_spark("", ["ask:survey.answered=12%"])
    _not_on_spark("", [])
