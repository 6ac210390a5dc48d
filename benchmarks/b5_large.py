"""B5 once more with ten times the events: a hundred million, on DuckDB, in a file with a bound on its memory. Takes some minutes."""

from __future__ import annotations

import os
import resource
import sys
import time

from . import b5
from .__main__ import tell
from .ground import HOME, Figure

RUNS, MEMORY = 20_000_000, "6GB"


def measure() -> list[Figure]:
    texts = b5.statements()
    from afterword.insight.backtests.actions.replay import Replay
    from afterword.insight.lake import door as lake
    from afterword.kit.engines import duck
    from afterword.loop.events import door as events

    b5.RUNS = RUNS
    folder, file = HOME / f"lake-{RUNS}-ids", HOME / "b5_large.duckdb"
    b5.lay(folder)
    file.unlink(missing_ok=True)
    began = time.perf_counter()
    with duck(file, spill=HOME / "spill", memory=MEMORY) as con:
        lake.mount(con, folder, events.vocabulary, hold=False)

        def tell_step(step: str, added: int) -> None:
            print(f"  {step}: {added:,} visits, {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)

        visits = Replay(con, "b5", texts, progress=tell_step).run(b5.START, b5.END)
    took = time.perf_counter() - began
    file.unlink()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return [
        Figure(
            "B5",
            f"backtest, 100 M events, {RUNS / 1e6:.0f} M runs, 6 steps, in a file, {MEMORY} for the engine",
            "does not fall over",
            f"{took:.0f} s, peak {peak:.1f} GiB",
            f"{visits / 1e6:.0f} M visits, {visits / took:,.0f} a second",
        )
    ]


if __name__ == "__main__":
    os.environ["AFTERWORD_HOME"] = str(HOME / "b5")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterword.project.settings")
    (HOME / "b5").mkdir(parents=True, exist_ok=True)
    tell(measure())
