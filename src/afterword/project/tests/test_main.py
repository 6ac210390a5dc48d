"""The command line says what to do; it never shows a traceback for what a person can change."""

from __future__ import annotations

from typing import NoReturn

import psycopg
import pytest

from afterword.kernel.errors import Failed, Refused
from afterword.project import main


@pytest.mark.parametrize(
    ("raised", "code", "words"),
    [
        (Refused("This [bold]cannot[/] be."), 2, "Refused: This [bold]cannot[/] be."),
        (Failed("The mail server is away."), 75, "Failed: The mail server is away."),
        (Failed("It is broken.", permanent=True), 1, "Failed: It is broken."),
        (psycopg.errors.UndefinedTable('relation "x" does not exist'), 2, "Run: afterword upgrade"),
        (psycopg.OperationalError("connection refused"), 75, "afterword doctor"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    raised: Exception, code: int, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> NoReturn:
        raise raised

    monkeypatch.setattr(main, "app", fail)
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == code
    assert words in capsys.readouterr().err


def test_what_is_a_mistake_of_ours_is_shown_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> NoReturn:
        raise ValueError("ours")

    monkeypatch.setattr(main, "app", fail)
    with pytest.raises(ValueError, match="ours"):
        main.main()
