"""`python -m benchmarks [B4]`: measure, print, and write `RESULTS.md`. Each benchmark runs in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

from .ground import HOME, ROOT, Figure, machine

BENCHES = ("B1", "B3", "B4", "B5", "B6", "B7", "B8")
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
KEPT = HOME / "figures.json"


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
    return "\n".join(lines) + "\n"


def tell(figures: list[Figure]) -> None:
    """What a benchmark prints last: its figures, for the page."""
    print(json.dumps([f.__dict__ for f in figures]))


if __name__ == "__main__":
    main()
