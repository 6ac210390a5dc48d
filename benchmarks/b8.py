"""B8: what everything that `afterword up` starts weighs when nothing happens, and how soon a second start shows a page."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from afterword.kit.postgres.server import Server

from .__main__ import tell
from .ground import HOME, ROOT, Figure
from .live import answering, shop

PORT = 8170
QUIET = 45  # seconds after the first pages, so that nothing of the start is left under way
ROUNDS = 3


def processes(of: subprocess.Popen[bytes], home: Path) -> list[psutil.Process]:
    """The supervisor, all it started, and the database, which stands apart."""
    family = [psutil.Process(of.pid), *psutil.Process(of.pid).children(recursive=True)]
    master = psutil.Process(int(Server(home).place.data.joinpath("postmaster.pid").read_text().split()[0]))
    theirs = [master, *master.children(recursive=True)]
    return list({p.pid: p for p in [*family, *theirs]}.values())


def weight(pid: int) -> float:
    """Proportional memory of a process in MB: what it shares counts by its part."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def second_start(home: Path) -> float:
    """Seconds from the command to the first page, of an installation that has run before."""
    env = {**os.environ, "AFTERWORD_HOME": str(home), "AFTERWORD_MAILBOX_PORT": str(PORT + 1)}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "afterword.project.main", "up", "--port", str(PORT)],
        env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        answering(PORT)
        return time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(40)


def measure() -> list[Figure]:
    with shop("b8", port=PORT) as running:
        for path in ("/sign-in", "/health", "/sign-in"):
            answering(PORT, path=path)
        time.sleep(QUIET)
        parts: dict[str, float] = {}
        for process in processes(running.process, running.home):
            role = _role(process)
            parts[role] = parts.get(role, 0.0) + weight(process.pid)
    starts = [second_start(HOME / "b8") for _ in range(ROUNDS)]
    load = os.getloadavg()[0]
    told = ", ".join(f"{role} {mb:.0f}" for role, mb in sorted(parts.items(), key=lambda part: -part[1]))
    return [
        Figure("B8", "idle, all processes together (proportional memory)", "< 400 MB", f"{sum(parts.values()):.0f} MB", told),
        Figure(
            "B8", "second start to first page", "< 6 s", f"{min(starts):.1f} s", f"at most {max(starts):.1f} s of {ROUNDS}; load {load:.1f}"
        ),
    ]


def _role(process: psutil.Process) -> str:
    if process.name() == "postgres":
        return "database"
    words = process.cmdline()
    return next((role for role in ("worker", "web", "up") if role in words), "others").replace("up", "supervisor")


if __name__ == "__main__":
    tell(measure())
