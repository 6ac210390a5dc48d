"""`afterword reference`: the printed reference of the events."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .actions.reference import print_reference
from .door import vocabulary

app = typer.Typer()


@app.command("reference")
def reference_command(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="where it goes")] = Path("docs/reference"),
) -> None:
    """Print the reference of every event, and its JSON Schema, from the definitions."""
    typer.echo(f"{print_reference(vocabulary, folder)} files in {folder}")
