"""Commands of ours in a process that ends: what needs an analysis engine, or long, does not run where pages are served."""

from __future__ import annotations

import os
import subprocess
import threading
from dataclasses import dataclass

from django.db import connection

from .postgres import address
from .process import command


@dataclass(frozen=True)
class Ended:
    """How a command ended: 0 is well; `said` is what it told people, its last words where it failed."""

    code: int
    said: str


def run(*arguments: str, patience: float = 60.0) -> Ended:
    """Run a command to its end, for at most so many seconds."""
    try:
        done = subprocess.run(command(*arguments), env=_environment(), capture_output=True, text=True, timeout=patience, check=False)
    except subprocess.TimeoutExpired:
        return Ended(75, f"It took longer than {patience:.0f} seconds and was stopped.")
    return Ended(done.returncode, (done.stderr or done.stdout).strip())


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
