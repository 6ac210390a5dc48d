"""`afterword errands …`: what journeys have done besides writing; whom they call; what was given up."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from afterword.kit import clock

from . import door

app = typer.Typer()
errands = typer.Typer(no_args_is_help=True, help="Tasks, tags and calls of journeys: endpoints, and what was given up.")
app.add_typer(errands, name="errands")
said = Console(highlight=False)


@errands.command()
def dead() -> None:
    """List what was given up, with what the other side said."""
    rows = door.dead()
    table = Table("when", "journey", "step", "kind", "attempts", "said")
    for row in rows:
        table.add_row(f"{row['planned_at']:%Y-%m-%d %H:%M}", row["origin"], row["step"], row["kind"], str(row["attempts"]), row["said"])
    said.print(table if rows else "Nothing was given up.")


@errands.command()
def replay() -> None:
    """Take everything up again that was given up."""
    said.print(f"{door.replay(clock.now())} errands are taken up again.")


@errands.command()
def endpoint(
    key: Annotated[str, typer.Argument(help="How journeys name it.")],
    url: Annotated[str, typer.Argument(help="Where it is: https://…")] = "",
    close: Annotated[bool, typer.Option(help="Call it no more.")] = False,
) -> None:
    """Know an endpoint, or change its address; prints its secret, once."""
    if close:
        door.close_endpoint(key, at=clock.now(), why="closed on the command line")
        said.print(f"{key} is called no more.")
        return
    secret = door.open_endpoint(key, url, at=clock.now())
    said.print(f"{key}: the secret, shown this once:\n{secret}", soft_wrap=True)


@errands.command()
def endpoints() -> None:
    """List whom journeys may call."""
    table = Table("key", "address", "since", "state")
    for row in door.endpoints():
        table.add_row(row["key"], row["url"], f"{row['made_at']:%Y-%m-%d}", f"closed: {row['closed_why']}" if row["closed_at"] else "open")
    said.print(table)
