"""`python -m benchmarks [B4]`: measure, print, and write `RESULTS.md`. Each benchmark runs in a process of its own.

`B5_LARGE` (a hundred million events) runs only when it is named.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

from .ground import HOME, ROOT, Figure, machine

BENCHES = ("B1", "B3", "B4", "B5", "B6", "B7", "B8", "B9")
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
KEPT = HOME / "figures.json"
# What each comes up against on two cores, as profiles show it.
LIMITS = {
    "B1": "the two cores: the web process that reads, checks and resolves in Python, PostgreSQL that writes an event with its source, "
    "its personal part and their indexes, and the worker that seals them at the same time. A bare COPY does none of this.",
    "B3": "the rounds of the worker (seal, tick, judge, hand over): under a steady flow one begins every 0.1 s, which leaves the "
    "processor to the intake; rendering, signing and handing over a mail takes 1 ms.",
    "B4": "one core, because a version is moved in one transaction: an index descent for every visit and quarter of the log (2 to 4 µs "
    "each), and a row of `standing` with its four indexes (10 µs). A hundred new events cost what looking costs in every version (1 ms).",
    "B5": "both cores, writing: 19 columns for each of ten million visits, of which SQL by hand writes 5; then the joins with the log. "
    "What does not fit into memory is spilled: ten times the events take some thirty times as long.",
    "B6": "reading the orders of 180 days once and grouping them by customer; one event costs the round trips of seven segments.",
    "B7": "one core of Python for rendering and MIME, while the signing (RSA) and the sink share the other.",
    "B8": "the interpreter with Django and the engines' libraries in each of three processes.",
    "B9": "counting every message of a journey by its state, from an index (0.1 µs each); all else reads a page of rows by an index.",
}


def main() -> None:
    wanted = [name.upper() for name in sys.argv[1:] if name] or list(BENCHES)
    kept: dict[str, list[dict[str, str]]] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    failed = []
    for name in wanted:
        print(f"{name} …", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name.lower()}"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:
            failed.append(name)
            continue
        figures = json.loads(done.stdout.strip().splitlines()[-1])
        kept[name] = [{**f, "on": f"{datetime.now(UTC):%Y-%m-%d}"} for f in figures]
        for f in figures:
            print(f"  {f['work']}: {f['figure']}  (goal {f['goal']}; {f['against']})", flush=True)
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps(kept))
    RESULTS.write_text(_page(kept), encoding="utf-8")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _page(kept: dict[str, list[dict[str, str]]]) -> str:
    lines = [
        "# Results",
        "",
        f"Measured by `make bench` on {machine()}. Everything runs on this one machine, with fsync on.",
        "The goals stand in the table; a ratio is always to something measured in the same run.",
        "",
        "| # | work | goal | measured | against | on |",
        "|---|---|---|---|---|---|",
    ]
    for name in sorted(kept):
        lines += [f"| {f['bench']} | {f['work']} | {f['goal']} | **{f['figure']}** | {f['against']} | {f['on']} |" for f in kept[name]]
    lines += ["", "## What each comes up against", "", *(f"* **{name}**: {limit}" for name, limit in LIMITS.items())]
    return "\n".join(lines) + "\n"


def tell(figures: list[Figure]) -> None:
    """What a benchmark prints last: its figures, for the page."""
    print(json.dumps([f.__dict__ for f in figures]))


if __name__ == "__main__":
    main()
