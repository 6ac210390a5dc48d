"""`afterword import`: a file of history."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from afterword.kernel.documents import NotPlain, values
from afterword.kit import clock

from .actions.files import import_file
from .rules.mapping import FileMapping, read_mapping
from .types import BadMapping, Imported

app = typer.Typer()
LARGEST_MAPPING = 64_000  # bytes
said = Console(highlight=False)


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a .jsonl, .csv, .tsv or .parquet file; .gz may follow")],
    mapping: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="YAML: which columns become which events")] = None,
    store: Annotated[str, typer.Option(help="the key of the store it belongs to")] = "main",
    form: Annotated[str, typer.Option("--format", help="what the lines of a .jsonl are: native or segment")] = "native",
    report: Annotated[Path | None, typer.Option(help="where refused rows are listed; beside the file unless given")] = None,
) -> None:
    """Import a file of history. What cannot be read is listed in the report; a second start goes on where the first stopped."""
    document = _mapping(mapping) if mapping else None
    counts = TextColumn("{task.fields[counts]}")
    with Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), counts, console=said) as bar:
        task = bar.add_task(file.name, total=1.0, counts="")

        def show(part: float, done: Imported) -> None:
            bar.update(task, completed=part, counts=f"{done.accepted:,} new, {done.repeated:,} known, {done.refused:,} refused")

        done = import_file(file, store=store, now=clock.now(), mapping=document, form=form, report=report, progress=show)
        bar.update(task, completed=1.0)
    said.print(f"{done.rows:,} rows: {done.accepted:,} events are new, {done.repeated:,} were known, {done.refused:,} rows refused.")
    for complaint in done.complaints[:5]:
        said.print(f"  {complaint}", markup=False)
    if done.refused:
        said.print(f"All refused rows, with the reason: {done.report}", markup=False)


def _mapping(path: Path) -> FileMapping:
    try:
        if path.stat().st_size > LARGEST_MAPPING:
            raise BadMapping(fault=f"{path} is larger than {LARGEST_MAPPING // 1000} kB; a mapping says once what a column is")
        return read_mapping(values(path.read_text(encoding="utf-8"), longest=LARGEST_MAPPING))
    except (NotPlain, UnicodeDecodeError) as error:
        raise BadMapping(fault=f"{path}, {str(error)[:200]}") from None
