"""Settings out of the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from afterword.kit import env


def test_a_value_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("hush\n")
    monkeypatch.setenv("THING_FILE", str(tmp_path / "key"))
    assert env.env_str("THING") == "hush"
    monkeypatch.setenv("THING_FILE", str(tmp_path / "missing"))
    with pytest.raises(env.BadSetting, match="THING_FILE"):
        env.env_str("THING")


def test_what_makes_no_sense_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "perhaps")
    with pytest.raises(env.BadSetting, match=r"THING is “perhaps”; expected yes or no"):
        env.env_bool("THING", False)
    with pytest.raises(env.BadSetting, match="a whole number"):
        env.env_int("THING", 1)
    monkeypatch.setenv("THING", "99")
    with pytest.raises(env.BadSetting, match="from 1 to 64"):
        env.env_int("THING", 4, least=1, most=64)
    monkeypatch.delenv("THING")
    with pytest.raises(env.MissingSetting, match="THING_FILE"):
        env.env_needed("THING")


def test_words_and_switches_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "a, b,,c")
    assert env.env_list("THING") == ("a", "b", "c")
    monkeypatch.setenv("THING", "Yes")
    assert env.env_bool("THING", False)


def test_a_secret_is_minted_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    kept = tmp_path / "home" / "secret_key"
    first = env.env_secret("NO_SUCH_SECRET", kept)
    assert len(first) > 40
    assert env.env_secret("NO_SUCH_SECRET", kept) == first
    assert kept.stat().st_mode & 0o777 == 0o600
