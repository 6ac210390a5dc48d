"""The ground that benchmarks stand on: an installation of their own, its data kept between runs, and the table they print."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HOME = Path(os.environ.get("AFTERWORD_BENCH_HOME", str(ROOT / ".afterword" / "bench")))


@dataclass(frozen=True)
class Figure:
    """One line of the results: what was measured, the goal, the figure, and the ratio to what it is held against."""

    bench: str
    work: str
    goal: str
    figure: str
    against: str = ""


@contextmanager
def installation(name: str) -> Iterator[None]:
    """A durable installation of its own, with Django set up on it; its data stay for the next run."""
    home = HOME / name
    home.mkdir(parents=True, exist_ok=True)
    os.environ["AFTERWORD_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterword.project.settings")
    import django

    from afterword.kit.postgres.server import Server

    server = Server(home)
    server.join()
    try:
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        yield
    finally:
        from django.db import connections

        connections.close_all()
        server.leave()


def timed(work: Callable[[], Any], *, rounds: int = 1) -> float:
    """The least time of some rounds, in seconds."""
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


def machine() -> str:
    """The machine, in a line."""
    model = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        model = next((line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")), model)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )
