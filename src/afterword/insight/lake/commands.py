"""`afterword lake …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from . import door

app = typer.Typer()
lake = typer.Typer(no_args_is_help=True, help="The log as Parquet files, for analysis and backtests.")
app.add_typer(lake, name="lake")
said = Console(stderr=True, highlight=False)


@lake.command()
def export(
    folder: Annotated[Path | None, typer.Option(help="Where to write; the installation's own lake by default.")] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Throw the lake away first.")] = False,
) -> None:
    """Export what was sealed since the last time."""
    if anew:
        door.forget(folder)
    with said.status("exporting") as status:
        done = door.export(folder, progress=lambda name, count: status.update(f"{name}: {count:,}"))
    said.print(
        f"{done.events:,} events up to {done.until:%-d %B %Y %H:%M:%S} UTC, "
        f"{done.rows:,} rows of history, in {folder or door.lake_folder()}"
    )


@lake.command()
def copy(
    to: Annotated[Path, typer.Argument(help="Where to: a folder that the cluster can reach.")],
    folder: Annotated[Path | None, typer.Option(help="The lake; the installation's own by default.")] = None,
) -> None:
    """Copy the lake for engines that do not know UUIDs, such as Spark; what is there already is left."""
    with said.status("copying") as status:
        done = door.copy(folder or door.lake_folder(), to, progress=lambda name, _: status.update(name))
    said.print(f"{done} files written below {to}")
