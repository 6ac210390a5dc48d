"""`afterword journey …`: journeys as text, on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from afterword.kit import clock

from . import door

app = typer.Typer()
journey = typer.Typer(no_args_is_help=True, help="Journeys as text: check, keep, print. `afterword publish` makes one live.")
app.add_typer(journey, name="journey")
said = Console(highlight=False)
Document = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A journey's YAML document.")]
Key = Annotated[str, typer.Argument(help="The journey's key.")]


@journey.command()
def lint(file: Document) -> None:
    """Check a document; what is wrong is told with its place."""
    found = door.understood(file.read_text(encoding="utf-8"))
    said.print(f"{found.key}: {len(found.steps)} steps, starts on {found.trigger.event}. Nothing is wrong with it.")


@journey.command()
def keep(file: Document) -> None:
    """Keep a document as the draft of its journey. Nothing runs differently until it is published."""
    row = door.keep_draft(file.read_text(encoding="utf-8"), at=clock.now())
    said.print(f"Kept as the draft of {row.key}.")


@journey.command()
def show(key: Key) -> None:
    """Print a journey's document word for word."""
    typer.echo(door.text_of(key), nl=False)
