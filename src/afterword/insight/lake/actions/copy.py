"""A copy of the lake for engines that do not know ids as Parquet's UUIDs (Spark 4 refuses them): there they are 16 plain bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from afterword.kit.engines import duck

Progress = Callable[[str, int], None]


def copy(folder: Path, to: Path, *, progress: Progress | None = None) -> int:
    """Write every file of the lake anew below another folder, which a cluster can reach; how many. What is there already is left."""
    done = 0
    with duck(spill=to / "spill") as connection:
        for path in sorted(folder.glob("**/*.parquet")):
            target = to / path.relative_to(folder)
            if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            source = f"read_parquet({_text(path)})"
            kinds = connection.execute(f"describe select * from {source}").fetchall()
            columns = ", ".join(
                f"unhex(replace(\"{name}\"::varchar, '-', '')) as \"{name}\"" if kind == "UUID" else f'"{name}"' for name, kind, *_ in kinds
            )
            draft = target.with_suffix(".draft")
            connection.execute(f"copy (select {columns} from {source}) to {_text(draft)} (format parquet, compression zstd)")
            draft.rename(target)
            done += 1
            if progress:
                progress(str(path.relative_to(folder)), done)
    return done


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
