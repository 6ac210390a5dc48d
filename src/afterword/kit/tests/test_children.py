"""Commands in a process that ends."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from django.db import connection

from afterword.kit import children, clock


@pytest.mark.django_db(transaction=True)
def test_a_command_runs_on_this_very_database_and_its_refusal_is_heard() -> None:
    refused = children.run("journey", "show", "unheard_of")
    assert (refused.code, "unheard_of" in refused.said) == (2, True)
    assert connection.settings_dict["NAME"] in children._environment()["DATABASE_URL"]


def test_a_command_that_takes_too_long_is_stopped_and_says_so() -> None:
    ended = children.run("--help", patience=0.01)
    assert (ended.code, "was stopped" in ended.said) == (75, True)


def test_a_command_that_is_started_is_waited_for_by_nobody_and_left_behind_as_no_zombie(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[subprocess.Popen[bytes]] = []

    class Seen(subprocess.Popen[bytes]):
        def __init__(self, *given: Any, **options: Any) -> None:
            super().__init__(*given, **options)
            made.append(self)

    monkeypatch.setattr(subprocess, "Popen", Seen)
    children.start("--help")
    for _ in range(300):
        if made[0].returncode is not None:
            break
        clock.rest(0.1)
    assert made[0].returncode == 0


def test_a_command_that_nobody_waits_for_any_more_is_stopped() -> None:
    began = clock.elapsed()
    assert children.run("--help", wanted=lambda: False).said == "Nobody waits for it any more."
    assert clock.elapsed() - began < 2
