"""Only what is proven to belong to nobody is taken away, and only after a while."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from afterword.kit.postgres.orphans import GRACE, remember, sweep
from afterword.kit.postgres.places import Place

NOW = datetime(2026, 5, 1, tzinfo=UTC)
LATER = NOW + GRACE + timedelta(hours=1)
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers live away from their home")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the data lie."""
    made = tmp_path / "var"
    made.mkdir()
    return made


def home(tmp_path: Path, root: Path, name: str = "shop") -> tuple[Path, Path]:
    """A home and the place of its data."""
    home, folder = tmp_path / "homes" / name, root / f"{name}-1"
    home.mkdir(parents=True)
    (home / "postgres.place").write_text(folder.name, encoding="ascii")
    (folder / "pg18").mkdir(parents=True)
    remember(Place("18", folder, "afterword"), home)
    return home, folder


def test_the_data_of_a_home_that_is_gone_go_after_a_week(tmp_path: Path, root: Path) -> None:
    gone, folder = home(tmp_path, root)
    _, stays = home(tmp_path, root, "other")
    shutil.rmtree(gone)
    assert sweep(NOW, root) == []
    assert sweep(NOW + timedelta(days=6), root) == []
    assert sweep(LATER, root) == [folder]
    assert not folder.exists()
    assert stays.exists()


def test_a_home_that_comes_back_finds_its_data_and_the_week_begins_anew(tmp_path: Path, root: Path) -> None:
    gone, folder = home(tmp_path, root)
    gone.rename(tmp_path / "away")
    assert sweep(NOW, root) == []
    (tmp_path / "away").rename(gone)
    assert sweep(LATER, root) == []
    gone.rename(tmp_path / "away")
    assert sweep(LATER + timedelta(days=1), root) == []
    assert folder.exists()


def test_a_disk_that_is_not_mounted_proves_nothing(tmp_path: Path, root: Path) -> None:
    _, folder = home(tmp_path, root)
    (tmp_path / "homes").rename(tmp_path / "unmounted")
    (tmp_path / "homes").mkdir()  # the empty folder that a disk is mounted on
    assert sweep(NOW, root) == sweep(LATER, root) == []
    shutil.rmtree(tmp_path / "homes")
    assert sweep(NOW, root) == sweep(LATER, root) == []
    assert folder.exists()


def test_what_names_no_home_is_let_be(tmp_path: Path, root: Path) -> None:
    for name in ("postgresql-18", "older"):
        (root / name).mkdir()
    assert sweep(NOW, root) == sweep(LATER, root) == []
    assert {one.name for one in root.iterdir()} == {"postgresql-18", "older"}


def test_a_home_with_new_data_no_longer_needs_the_old(tmp_path: Path, root: Path) -> None:
    kept, folder = home(tmp_path, root)
    (kept / "postgres.place").write_text("shop-2", encoding="ascii")
    sweep(NOW, root)
    assert sweep(LATER, root) == [folder]
