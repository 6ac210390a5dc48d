"""`afterword import-consents`: what customers allowed before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from afterword.kit import clock

from .actions.saying import import_consents

app = typer.Typer()
said = Console(highlight=False)


@app.command("import-consents")
def import_consents_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV: external_id, email or phone; channel, purpose, state")],
    store: Annotated[str, typer.Option(help="the key of the store it belongs to")] = "main",
) -> None:
    """Take over consents, withdrawals and suppressed addresses, before the first mail leaves."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        done = import_consents(lines, store=store, at=clock.now())
    said.print(f"{done.granted:,} granted, {done.withdrawn:,} withdrawn, {done.suppressed:,} suppressed, {done.repeated:,} known already.")
    if done.unproven:
        said.print(f"{done.unproven:,} of those granted count for nothing: no words and no page prove them.")
    for complaint in done.refused[:20]:
        said.print(f"  {complaint}", markup=False)
    if done.refused:
        said.print(f"{len(done.refused):,} lines were refused.")
