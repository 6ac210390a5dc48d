"""Commands of ours in a process that ends: what needs an analysis engine, or long, does not run where pages are served."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from . import clock
from .postgres import address
from .process import command

GLANCE = 0.1  # seconds between two looks at whether it is wanted


@dataclass(frozen=True)
class Ended:
    """How a command ended: 0 is well; `said` is what it told people, its last words where it failed."""

    code: int
    said: str


def run(*arguments: str, patience: float = 60.0, wanted: Callable[[], bool] | None = None) -> Ended:
    """Run a command to its end, for at most so many seconds, and no longer than it is `wanted`."""
    until = clock.elapsed() + patience
    with subprocess.Popen(
        command(*arguments), env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while True:
            try:
                out, err = process.communicate(timeout=max(0.0, min(GLANCE, until - clock.elapsed())))
                return Ended(process.returncode, (err or out).strip())
            except subprocess.TimeoutExpired:
                late = clock.elapsed() >= until
                if late or (wanted is not None and not wanted()):
                    process.kill()
                    process.communicate()
                    said = f"It took longer than {patience:.0f} seconds and was stopped." if late else "Nobody waits for it any more."
                    return Ended(75, said)


def start(*arguments: str) -> None:
    """Start a command and let it go its own way; what it has to say it writes to the database."""
    process = subprocess.Popen(
        command(*arguments), env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    threading.Thread(target=process.wait, daemon=True, name="reaper").start()  # who has ended is not left behind as a zombie


def _environment() -> dict[str, str]:
    """Ours, with the very database that this process uses."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL_FILE"}
    return {**kept, "DATABASE_URL": address.url_of(connection.settings_dict)}
